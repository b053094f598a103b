// Fills the templates of the pages (web/src/*.html), so that a page is readable without JavaScript.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace calcom::proxy {

struct Placeholder {
  std::string name;
  std::string value;  // text; empty is the same as not given
};

// {{name}}              the value, escaped
// {{raw:name}}          the value as it is: HTML made by the proxy
// {{asset:book.css}}    address of that asset
// {{#name}}…{{/name}}   the text between, if there is a value; {{^name}}…{{/name}} if there is none
// A name that is not given is empty. Sections of one name do not nest.
std::string fill_template(std::string_view text, const std::vector<Placeholder>& values);

}  // namespace calcom::proxy
