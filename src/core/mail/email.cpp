// See email.hpp: the content once, through three templates.
#include "core/mail/email.hpp"

#include "core/mail/email_content.hpp"

namespace calcom {

namespace {

std::optional<std::string> rendered(const std::string& source, TemplatePart part,
                                    const TemplateModel& model) {
  const auto compiled = compile_template(source, part);
  const auto* usable = std::get_if<Template>(&compiled);
  return usable != nullptr ? render_template(*usable, model) : std::nullopt;
}

}  // namespace

Email render_email(const EmailInput& input, const EmailTemplates& templates) {
  const TemplateModel model = email_model(input);
  const auto part = [&](const std::optional<std::string>& own, TemplatePart which) {
    std::optional<std::string> out;
    if (own) out = rendered(*own, which, model);
    if (!out || out->empty()) {
      const LocaleTexts& texts = locale_of(input.recipient_locale).texts;
      out = rendered(default_template(input.kind, texts, which), which, model);
    }
    return std::move(out).value_or(std::string());
  };
  return {.subject = part(templates.subject, TemplatePart::kSubject),
          .html = part(templates.html, TemplatePart::kHtml),
          .text = part(templates.text, TemplatePart::kText)};
}

}  // namespace calcom
