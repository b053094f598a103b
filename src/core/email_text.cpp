// The text twin: for readers without HTML, screen readers and filters that distrust a mail without one.
#include "core/email_content.hpp"

namespace calcom {

namespace {

// Lines of a value stand indented below their label, so that nothing typed by a stranger can pass for a
// label.
void append_row(std::string& out, const ContentRow& row) {
  out.append(row.label).append(":\n  ");
  for (const char c : row.value) {
    out += c;
    if (c == '\n') out += "  ";
  }
  out += '\n';
}

}  // namespace

std::string lay_out_text(const EmailContent& content) {
  std::string out;
  out.append(content.greeting).append("\n\n").append(content.intro).append("\n\n");
  for (const ContentRow& row : content.rows) append_row(out, row);
  for (const ContentButton& button : content.buttons)
    out.append("\n").append(button.label).append(":\n").append(button.url).append("\n");
  out.append("\n-- \n").append(content.texts.footer).append("\n");
  return out;
}

}  // namespace calcom
