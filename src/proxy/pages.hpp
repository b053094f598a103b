// Which page a path belongs to. Assets are answered here; what a page is for stands in its own files.
#pragma once

#include "proxy/page.hpp"

namespace calcom::proxy {

class Pages final : public PageHandler {
 public:
  explicit Pages(PageHandler& booking) : booking_(booking) {}

  void serve(const PageRequest& request, Done done) override;

 private:
  PageHandler& booking_;
};

}  // namespace calcom::proxy
