// The pages' templates, files of web/src: filled on the server, so that a page says what it must without
// script.
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
// {{raw:name}}          the value as it is: HTML that we have made
// {{asset:book.css}}    where the browser finds that asset
// {{#name}}…{{/name}}   what is between, if there is a value; {{^name}}…{{/name}} if there is none
// A name that is not given is empty. Sections of one name do not nest.
std::string fill_template(std::string_view text, const std::vector<Placeholder>& values);

}  // namespace calcom::proxy
