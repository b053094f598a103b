// The built-in mails, written in the template language with the words of one language filled in.
//
// The HTML twin is one column of at most 600 px made of tables with inline styles, because that is what mail
// programs agree on. The style sheet in the head only serves those that know dark mode and narrow screens;
// nothing is loaded from anywhere, and nothing breaks when it is dropped.
#include "core/base/escape.hpp"
#include "core/mail/email_content.hpp"
#include "core/mail/locale_fill.hpp"

namespace calcom {

namespace {

// Single braces are filled here; those of the style sheet name no place and so stay as they are.
constexpr std::string_view kPage = R"(<!DOCTYPE html>
<html lang="{language}" dir="{direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{heading}</title>
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
<div style="display:none;max-height:0;overflow:hidden;opacity:0">{{start.when}}</div>
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
{buttons}</table>
<p class="quiet" style="max-width:600px;margin:16px 0 0 0;font-size:12px;line-height:18px;color:#4b5563">{footer}</p>
</td></tr>
</table>
</body>
</html>
)";

constexpr std::string_view kRows =
    R"({{#each details}}
<tr><th class="label quiet line" scope="row" width="96" valign="top" style="width:96px;padding:10px 12px 10px 0;border-bottom:1px solid #e5e7eb;font-size:14px;line-height:22px;font-weight:400;color:#6b7280;text-align:start">{{label}}</th>
<td class="value ink line" dir="auto" valign="top" style="padding:10px 0;border-bottom:1px solid #e5e7eb;font-size:15px;line-height:22px;color:#111827;text-align:start;overflow-wrap:anywhere;word-break:break-word">{{#if outdated}}<s>{{value}}</s>{{else}}{{#if url}}<a href="{{url}}" style="color:inherit;text-decoration:underline">{{value}}</a>{{else}}{{value}}{{/if}}{{/if}}</td></tr>
{{/each}}
)";

constexpr std::string_view kButtons =
    R"({{#if buttons}}
<tr><td class="edge" style="padding:24px 32px 20px 32px;text-align:start">
{{#each buttons}}
{{#if primary}}
<a class="button solid" href="{{url}}" style="display:inline-block;margin:0 8px 12px 0;padding:10px 18px;border:1px solid #111827;border-radius:6px;background:#111827;color:#ffffff;font-size:15px;line-height:20px;font-weight:500;text-decoration:none">{{label}}</a>
{{else}}
<a class="button plain" href="{{url}}" style="display:inline-block;margin:0 8px 12px 0;padding:10px 18px;border:1px solid #d1d5db;border-radius:6px;background:transparent;color:#111827;font-size:15px;line-height:20px;font-weight:500;text-decoration:none">{{label}}</a>
{{/if}}
{{/each}}
</td></tr>
{{else}}
<tr><td style="padding:0 0 24px 0;font-size:1px;line-height:1px">&nbsp;</td></tr>
{{/if}}
)";

constexpr std::string_view kText = R"({greeting}

{intro}

{{#each details}}
{{label}}{colon}
  {{value}}
{{/each}}
{{#each buttons}}

{{label}}{colon}
{{url}}
{{/each}}

-- 
{footer}
)";

struct Mark {
  std::string_view sign, color;
};

Mark mark_of(MailKind kind) {
  switch (kind) {
    case MailKind::kConfirmation:
      break;
    case MailKind::kRescheduled:
      return {"&#8635;", "#d97706"};
    case MailKind::kCancellation:
    case MailKind::kRejected:
      return {"&#10005;", "#dc2626"};
    case MailKind::kRequested:
      return {"&#8230;", "#2563eb"};
    case MailKind::kReminder:
      return {"&#8594;", "#2563eb"};
  }
  return {"&#10003;", "#16a34a"};
}

// Of two wordings the one that has its value. `escape` is for the part that the words go to.
using EscapeWords = std::string (*)(std::string_view);

std::string choose(std::string_view path, const std::string& with, const std::string& without) {
  return "{{#if " + std::string(path) + "}}" + with + "{{else}}" + without + "{{/if}}";
}

std::string greeting(const LocaleTexts& texts, EscapeWords escape) {
  return choose("recipient.name", fill(escape(texts.greeting), {{"name", "{{recipient.name}}"}}),
                escape(texts.greeting_without));
}

// Words of an attendee's mail and, where the kind has them, those of a copy to the host.
std::string for_either(const KindTexts& kind, const std::string& host, const std::string& attendee) {
  return kind.host_heading.empty() ? attendee : choose("is_host", host, attendee);
}

std::string heading(const KindTexts& kind, EscapeWords escape) {
  return for_either(kind, escape(kind.host_heading), escape(kind.heading));
}

std::string intro(const KindTexts& kind, EscapeWords escape) {
  return for_either(kind,
                    choose("guest.name", fill(escape(kind.host_with), {{"guest", "{{guest.name}}"}}),
                           escape(kind.host_without)),
                    choose("host.name", fill(escape(kind.intro_with), {{"organizer", "{{host.name}}"}}),
                           escape(kind.intro_without)));
}

std::string footer(const LocaleTexts& texts, const KindTexts& kind, EscapeWords escape) {
  return for_either(kind, escape(texts.host_footer), escape(texts.footer));
}

std::string as_it_is(std::string_view words) {
  return std::string(words);
}

}  // namespace

std::string default_template(MailKind kind, const LocaleTexts& texts, TemplatePart part) {
  const KindTexts& words = kind_texts(texts, kind);
  if (part == TemplatePart::kSubject)
    return fill(words.subject,
                {{"title", "{{booking.title}}"}, {"date", "{{start.date}}"}, {"time", "{{start.time}}"}});
  if (part == TemplatePart::kText)
    return fill(kText, {{"greeting", greeting(texts, as_it_is)},
                        {"intro", intro(words, as_it_is)},
                        {"colon", texts.colon},
                        {"footer", footer(texts, words, as_it_is)}});
  const Mark mark = mark_of(kind);
  return fill(kPage, {{"language", texts.language},
                      {"direction", texts.direction},
                      {"accent", mark.color},
                      {"mark", mark.sign},
                      {"heading", heading(words, html_escape)},
                      {"greeting", greeting(texts, html_escape)},
                      {"intro", intro(words, html_escape)},
                      {"rows", kRows},
                      {"buttons", kButtons},
                      {"footer", footer(texts, words, html_escape)}});
}

}  // namespace calcom
