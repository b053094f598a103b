// Whether a request for the operator page is answered at all, before anything else is asked: it must come
// over loopback to a loopback name, or over HTTPS to a name that was configured. A foreign page whose
// name resolves to this address (DNS rebinding) sends its own name and gets 404.
#pragma once

#include <string>
#include <string_view>

#include "proxy/http/page_handler.hpp"

namespace calcom::proxy {

enum class AdminGate { kClosed, kNeedsHttps, kOpen };

// allowed_host: a name without a port that is accepted besides those of loopback; empty for none.
AdminGate admin_gate(const PageRequest& request, std::string_view allowed_host);

// Whether our own page sent the request, according to the browser's headers. Programs other than browsers send
// no such headers and have no cookie that another page could misuse.
bool is_from_own_page(const PageRequest& request);

bool is_loopback_name(std::string_view host);

}  // namespace calcom::proxy
