// Which page a path belongs to. Assets are answered here; what a page is for stands in its own files.
#pragma once

#include "proxy/page.hpp"

namespace calcom::proxy {

class Pages final : public PageHandler {
 public:
  // nullptr: there is no such page here.
  explicit Pages(PageHandler* admin) : admin_(admin) {}

  void serve(const PageRequest& request, Done done) override;

 private:
  PageHandler* admin_;
};

}  // namespace calcom::proxy
