// See email.hpp: say it once, lay it out twice.
#include "core/email.hpp"

#include "core/email_content.hpp"

namespace calcom {

Email render_email(const EmailInput& input) {
  const EmailContent content = email_content(input);
  return {.subject = content.subject, .html = lay_out_html(content), .text = lay_out_text(content)};
}

}  // namespace calcom
