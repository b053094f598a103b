// Which page a path belongs to. Assets are answered here; the files of a page say what it is for.
#pragma once

#include "proxy/http/page_handler.hpp"

namespace calcom::proxy {

class Pages final : public PageHandler {
 public:
  // admin: nullptr if there is no operator page.
  Pages(PageHandler& booking, PageHandler* admin) : booking_(booking), admin_(admin) {}

  void serve(const PageRequest& request, Done done) override;

 private:
  PageHandler& booking_;
  PageHandler* admin_;
};

}  // namespace calcom::proxy
