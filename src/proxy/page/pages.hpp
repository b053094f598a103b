// Selects the page handler for a path and serves the assets. Each page has its own files.
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
