// The HTML twin: one column of at most 600 px made of tables with inline styles, because that is what mail
// programs agree on. The style sheet in the head only serves those that know dark mode and narrow screens;
// nothing is loaded from anywhere, and nothing breaks when it is dropped.
#include "core/email_content.hpp"
#include "core/escape.hpp"
#include "core/template.hpp"

namespace calcom {

namespace {

// Braces of the style sheet name no place and so stay as they are.
constexpr std::string_view kPage = R"(<!DOCTYPE html>
<html lang="{language}" dir="{direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{subject}</title>
<style>
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (max-width: 480px) {
  .edge { padding-left: 20px !important; padding-right: 20px !important; }
  .label, .value { display: block !important; width: auto !important; }
  .label { padding-bottom: 0 !important; border-bottom: 0 !important; }
  .value { padding-top: 2px !important; }
  .button { display: block !important; margin-right: 0 !important; text-align: center !important; }
}
@media (prefers-color-scheme: dark) {
  .page { background: #0d1117 !important; }
  .card { background: #161b22 !important; border-color: #30363d !important; }
  .ink, .ink a, .plain { color: #e6edf3 !important; }
  .quiet { color: #9aa4b0 !important; }
  .line { border-color: #30363d !important; }
  .plain { border-color: #4b5563 !important; }
  .solid { background: #e6edf3 !important; border-color: #e6edf3 !important; color: #111827 !important; }
}
</style>
</head>
<body class="page" style="margin:0;padding:0;background:#f3f4f6;-webkit-text-size-adjust:100%">
<div style="display:none;max-height:0;overflow:hidden;opacity:0">{preheader}</div>
<table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" border="0" style="background:#f3f4f6">
<tr><td align="center" style="padding:24px 12px;font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif">
<table role="presentation" class="card" width="600" cellpadding="0" cellspacing="0" border="0" style="width:100%;max-width:600px;background:#ffffff;border:1px solid #e5e7eb;border-radius:8px">
<tr><td class="edge" style="padding:32px 32px 0 32px;text-align:start">
<h1 class="ink" style="margin:0 0 16px 0;font-size:22px;line-height:28px;font-weight:600;color:#111827"><span style="color:{accent}">{mark}</span>&nbsp;{heading}</h1>
<p class="ink" dir="auto" style="margin:0 0 8px 0;font-size:16px;line-height:24px;color:#111827;overflow-wrap:anywhere">{greeting}</p>
<p class="ink" dir="auto" style="margin:0 0 20px 0;font-size:16px;line-height:24px;color:#111827;overflow-wrap:anywhere">{intro}</p>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0">
{rows}</table>
</td></tr>
<tr><td class="edge" style="padding:24px 32px 20px 32px;text-align:start">
{buttons}</td></tr>
</table>
<p class="quiet" style="max-width:600px;margin:16px 0 0 0;font-size:12px;line-height:18px;color:#6b7280">{footer}</p>
</td></tr>
</table>
</body>
</html>
)";

constexpr std::string_view kRow =
    R"(<tr><th class="label quiet line" scope="row" width="96" valign="top" style="width:96px;padding:10px 12px 10px 0;border-bottom:1px solid #e5e7eb;font-size:14px;line-height:22px;font-weight:400;color:#6b7280;text-align:start">{label}</th>
<td class="value ink line" dir="auto" valign="top" style="padding:10px 0;border-bottom:1px solid #e5e7eb;font-size:15px;line-height:22px;color:#111827;text-align:start;overflow-wrap:anywhere;word-break:break-word">{value}</td></tr>
)";

constexpr std::string_view kButton =
    R"(<a class="button {class}" href="{url}" style="display:inline-block;margin:0 8px 12px 0;padding:10px 18px;border:1px solid {border};border-radius:6px;background:{background};color:{color};font-size:15px;line-height:20px;font-weight:500;text-decoration:none">{label}</a>
)";

struct Mark {
  std::string_view sign, color;
};

Mark mark_of(MailKind kind) {
  switch (kind) {
    case MailKind::kRescheduled:
      return {"&#8635;", "#d97706"};
    case MailKind::kCancellation:
      return {"&#10005;", "#dc2626"};
    case MailKind::kConfirmation:
      break;
  }
  return {"&#10003;", "#16a34a"};
}

std::string lines_to_html(std::string_view text) {
  std::string out;
  for (const char c : html_escape(text)) {
    if (c == '\n')
      out += "<br>";
    else
      out += c;
  }
  return out;
}

std::string row_html(const ContentRow& row) {
  std::string value = lines_to_html(row.value);
  if (row.outdated) value = "<s>" + value + "</s>";
  if (!row.url.empty())
    value = fill(R"(<a href="{url}" style="color:inherit;text-decoration:underline">{value}</a>)",
                 {{"url", html_escape(row.url)}, {"value", value}});
  return fill(kRow, {{"label", html_escape(row.label)}, {"value", value}});
}

std::string button_html(const ContentButton& button) {
  return fill(kButton, {{"class", button.primary ? "solid" : "plain"},
                        {"url", html_escape(button.url)},
                        {"border", button.primary ? "#111827" : "#d1d5db"},
                        {"background", button.primary ? "#111827" : "transparent"},
                        {"color", button.primary ? "#ffffff" : "#111827"},
                        {"label", html_escape(button.label)}});
}

}  // namespace

std::string lay_out_html(const EmailContent& content) {
  const LocaleTexts& texts = content.texts;
  const Mark mark = mark_of(content.kind);
  std::string rows;
  for (const ContentRow& row : content.rows) rows += row_html(row);
  std::string buttons;
  for (const ContentButton& button : content.buttons) buttons += button_html(button);
  return fill(kPage, {{"language", texts.language},
                      {"direction", texts.direction},
                      {"subject", html_escape(content.subject)},
                      {"preheader", html_escape(content.preheader)},
                      {"accent", mark.color},
                      {"mark", mark.sign},
                      {"heading", html_escape(kind_texts(texts, content.kind).heading)},
                      {"greeting", html_escape(content.greeting)},
                      {"intro", html_escape(content.intro)},
                      {"rows", rows},
                      {"buttons", buttons},
                      {"footer", html_escape(texts.footer)}});
}

}  // namespace calcom
