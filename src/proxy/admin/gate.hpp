// Whether a request for the operator page is answered at all, before anything else is asked: it must come
// over loopback to a loopback name, or over HTTPS to a name that was configured. A web page elsewhere that
// lets its own name point here (DNS rebinding) asks with its own name and finds nothing.
#pragma once

#include <string>
#include <string_view>

#include "proxy/http/page.hpp"

namespace calcom::proxy {

enum class AdminGate { kClosed, kNeedsHttps, kOpen };

// allowed_host: a name besides those of loopback, without a port; empty: none.
AdminGate admin_gate(const PageRequest& request, std::string_view allowed_host);

// A request that changes something was sent by a page of ours, as far as the browser tells. Programs that
// are no browsers tell nothing, and have no cookie that anybody could misuse.
bool is_from_own_page(const PageRequest& request);

bool is_loopback_name(std::string_view host);

}  // namespace calcom::proxy
