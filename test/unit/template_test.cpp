// What a writer of templates relies on: invalid ones are reported at once, with the place; values are never executed.
#include "core/mail/template.hpp"

#include <gtest/gtest.h>

#include "core/mail/email_content.hpp"

namespace calcom {
namespace {

std::string problem(std::string_view source, TemplatePart part = TemplatePart::kHtml) {
  const auto compiled = compile_template(source, part);
  const auto* error = std::get_if<TemplateError>(&compiled);
  if (error == nullptr) return "";
  return std::to_string(error->line) + ":" + std::to_string(error->column) + " " + error->message;
}

TemplateModel model() {
  TemplateModel values;
  values.values = {{"recipient.name", "Ana"}, {"booking.title", "Talk"}};
  values.lists["details"] = {{{"label", "What"}, {"value", "Talk\nlong"}, {"outdated", "true"}},
                             {{"label", "Where"}, {"value", "Here"}}};
  return values;
}

std::string rendered(std::string_view source, TemplatePart part = TemplatePart::kHtml,
                     const TemplateModel& values = model()) {
  const auto compiled = compile_template(source, part);
  const auto* usable = std::get_if<Template>(&compiled);
  if (usable == nullptr) return "does not compile: " + problem(source, part);
  return render_template(*usable, values).value_or("too large");
}

TEST(Template, FillsValuesDefaultsBranchesAndLists) {
  EXPECT_EQ(rendered("<p>{{ recipient.name }}</p>"), "<p>Ana</p>");
  EXPECT_EQ(rendered("{{reason | default \"none <given>\"}}"), "none &lt;given&gt;");
  EXPECT_EQ(rendered("{{#if reason}}a{{else}}b{{/if}}{{#if booking.title}}c{{/if}}"), "bc");
  EXPECT_EQ(rendered("{{#if buttons}}a{{else}}b{{/if}}{{#if details}}c{{/if}}"), "bc");
  EXPECT_EQ(
      rendered("{{#each details}}{{label}}={{value}}{{#if outdated}}!{{/if}} {{recipient.name}};{{/each}}"),
      "What=Talk<br>long! Ana;Where=Here Ana;");
  EXPECT_EQ(rendered("a{{! nobody sees this }}b"), "ab");
}

TEST(Template, ABlockTagAloneOnItsLineTakesTheLine) {
  EXPECT_EQ(rendered("Rows:\n{{#each details}}\n- {{label}}\n{{/each}}\nend\n", TemplatePart::kText),
            "Rows:\n- What\n- Where\nend\n");
}

TEST(Template, FurtherLinesOfAValueAreIndentedInText) {
  EXPECT_EQ(rendered("{{#each details}}\n{{label}}:\n  {{value}}\n{{/each}}\n", TemplatePart::kText),
            "What:\n  Talk\n  long\nWhere:\n  Here\n");
}

TEST(Template, ProblemsNameLineAndColumn) {
  EXPECT_EQ(problem("<p>\n  ö{{nobody}}</p>"), "2:4 unknown path \"nobody\"");
  EXPECT_EQ(problem("{{label}}"), "1:1 unknown path \"label\"");
  EXPECT_EQ(problem("{{}}"), "1:1 unknown path \"\"");
  EXPECT_EQ(problem("{{reason"), "1:1 {{ without }}");
  EXPECT_EQ(problem("{{#if reason}}\nx"), "1:1 {{#if reason}} is not closed");
  EXPECT_EQ(problem("x{{/if}}"), "1:2 {{/if}} closes nothing");
  EXPECT_EQ(problem("{{#if reason}}{{/each}}"), "1:15 {{/each}} does not close {{#if reason}}");
  EXPECT_EQ(problem("{{#each reason}}{{/each}}"), "1:1 unknown list \"reason\"");
  EXPECT_EQ(problem("{{details}}"), "1:1 details is a list: use {{#each details}}");
  EXPECT_EQ(problem("{{#each details}}{{#each buttons}}{{/each}}{{/each}}"),
            "1:18 each blocks cannot be nested");
  EXPECT_EQ(problem("{{reason | upper}}"), "1:1 only default \"text\" can stand behind |");
  EXPECT_EQ(problem("{{reason | default none}}"), "1:1 default needs a text in double quotes");
  EXPECT_EQ(problem("{{#unless reason}}"), "1:1 only #if PATH and #each LIST open a block");
  EXPECT_EQ(problem(" \n"), "1:1 it is empty");
  EXPECT_EQ(problem("a\nb", TemplatePart::kSubject), "1:2 a subject is one line");
  EXPECT_EQ(problem("  {{nobody}} \n", TemplatePart::kSubject), "1:3 unknown path \"nobody\"");
}

TEST(Template, ValuesStandOnlyWhereTheyCanBeEscaped) {
  for (const char* source : {"<p style=\"color:{{reason}}\">",
                             "<p onclick=\"{{reason}}\">",
                             "<p class={{reason}}>",
                             "<p class='{{reason}}'>",
                             "<p {{reason}}>",
                             "<{{reason}}>",
                             "<!-- {{reason}} -->",
                             "<style>{{reason}}</style>",
                             "<script>1</script>",
                             "<svg></svg>",
                             "<img srcset=\"{{meeting_url}}\">",
                             "<meta content=\"{{reason}}\">",
                             "<a href=\"javascript:{{reason}}\">x</a>",
                             "<a href=\"java{{reason}}\">x</a>",
                             "<a href=\"https://{{reason}}/\">x</a>",
                             "<a href=\"https://x.example{{reason}}\">x</a>",
                             "<p class=\"",
                             "<!-- a",
                             "<style>p{}</stylex>{{reason}}",
                             "<title>x</titles>"})
    EXPECT_NE(problem(source), "") << source;
  for (const char* source :
       {"<title>{{reason}}</title>", "<p class=\"a {{reason}}\">x</p>", "<a href=\"{{meeting_url}}\">x</a>",
        "<a href=\"https://x.example/?q={{reason}}\">x</a>", "<a href=\"mailto:{{host.email}}\">x</a>",
        "<!--[if mso]><p><![endif]-->{{reason}}", "<style>p>a{x:'</p>'}</style>{{reason}}", "<br/>{{reason}}",
        "1 < 2 {{reason}}", "<!-->{{reason}}", "<p\nclass = \"{{reason}}\"\n>"})
    EXPECT_EQ(problem(source), "") << source;
}

TEST(Template, BranchesEndWhereTheOtherOneDoes) {
  EXPECT_NE(problem("<p {{#if reason}}class=\"{{/if}}\">{{reason}}"), "");
  EXPECT_NE(problem("{{#if reason}}<p class=\"{{else}}<p>{{/if}}"), "");
  EXPECT_NE(problem("{{#each details}}<!--{{/each}}-->"), "");
  EXPECT_EQ(problem("<p {{#if reason}}class=\"x\"{{/if}}>"), "");
  EXPECT_EQ(problem("<p class=\"{{#if reason}}a{{else}}b{{/if}}\">"), "");
}

TEST(Template, HostileValuesStayInTheirPlace) {
  TemplateModel values;
  const std::string evil = "\"><script>alert(1)</script>\r\n{{recipient.name}}'&";
  values.values = {{"reason", evil}, {"meeting_url", "javascript:alert(1)"}, {"recipient.name", "Ana"}};
  const std::string page = rendered(
      "<title>{{reason}}</title><a href=\"{{meeting_url}}\" title=\"{{reason}}\">{{reason}}</a>"
      "<a href=\"https://x.example/?q={{reason}}\">x</a>",
      TemplatePart::kHtml, values);
  EXPECT_EQ(page.find("<script"), std::string::npos) << page;
  EXPECT_EQ(page.find("javascript:"), std::string::npos);
  EXPECT_EQ(page.find("Ana"), std::string::npos);
  EXPECT_NE(page.find("href=\"#\""), std::string::npos);
  EXPECT_NE(page.find("?q=%22%3E%3Cscript%3E"), std::string::npos) << page;
  const std::string subject = rendered("Re: {{reason}}", TemplatePart::kSubject, values);
  EXPECT_EQ(subject, "Re: \"><script>alert(1)</script> {{recipient.name}}'&");
  EXPECT_EQ(rendered("{{reason}}", TemplatePart::kText, values).find('\r'), std::string::npos);
}

TEST(Template, SizesAreBounded) {
  EXPECT_NE(problem(std::string(kMaxTemplate + 1, 'x')), "");
  EXPECT_EQ(problem(std::string(kMaxTemplate, 'x')), "");
  EXPECT_NE(problem(std::string(kMaxSubjectTemplate + 1, 'x'), TemplatePart::kSubject), "");
  std::string deep, many;
  for (int i = 0; i < 9; ++i) deep += "{{#if reason}}";
  for (int i = 0; i < 1'001; ++i) many += "{{reason}}";
  EXPECT_NE(problem(deep).find("more than 8 blocks"), std::string::npos);
  EXPECT_NE(problem(many).find("more than 1000 tags"), std::string::npos);
  TemplateModel values;
  values.values["reason"] = std::string(2'000, '&');
  EXPECT_EQ(rendered(many.substr(0, 9'990), TemplatePart::kHtml, values), "too large");
}

TEST(Template, BuiltInOnesAreTemplatesThatCompile) {
  for (const char* locale : {"en", "de", "fr", "es"})
    for (const MailKind kind : kMailKinds)
      for (const TemplatePart part : {TemplatePart::kSubject, TemplatePart::kHtml, TemplatePart::kText})
        EXPECT_EQ(problem(default_template(kind, locale_of(locale).texts, part), part), "") << locale;
}

TEST(Template, AnAccountsOwnReplacesItsPartAndABrokenOneReplacesNothing) {
  EmailInput input;
  input.title = "Talk";
  input.recipient_name = "Ana";
  const Email built_in = render_email(input);
  const Email own =
      render_email(input, {.subject = "Hi {{recipient.name}}", .html = "<p>{{nobody}}</p>", .text = {}});
  EXPECT_EQ(own.subject, "Hi Ana");
  EXPECT_EQ(own.html, built_in.html);
  EXPECT_EQ(own.text, built_in.text);
  const auto copy = default_template(input.kind, kEnglish, TemplatePart::kHtml);
  EXPECT_EQ(render_email(input, {.subject = {}, .html = copy, .text = {}}).html, built_in.html);
}

}  // namespace
}  // namespace calcom
