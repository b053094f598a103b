// SQL functions for mail templates: check a template, list the paths that it can use, return the built-in
// ones.
#include "core/base/json_compose.hpp"
#include "core/mail/email_content.hpp"
#include "pg/text.hpp"

using namespace calcom;
using namespace calcom::pg;

namespace {

TemplatePart part_argument(const Arguments& args, int i) {
  if (const auto part = template_part(args.text(i))) return *part;
  throw SqlError{
      ERRCODE_INVALID_PARAMETER_VALUE, "part of the mail is not valid", {}, "It is subject, html or text."};
}

JsonObject path_row(const PathInfo& info, std::string_view list) {
  JsonObject row;
  row.set("path", info.path);
  if (!list.empty()) row.set("list", list);
  row.set("meaning", info.meaning);
  return row;
}

std::string path_table() {
  JsonArray rows;
  for (const PathInfo& info : kTemplatePaths) rows.push(path_row(info, {}));
  for (const ListInfo& list : kTemplateLists)
    for (const PathInfo& field : list.fields)
      if (!field.path.empty()) rows.push(path_row(field, list.path));
  return rows.dump();
}

}  // namespace

CALCOM_FUNCTION(calcom_template_problem) {
  return nullable_entry(fcinfo, [&]() -> std::optional<Datum> {
    const Arguments args(fcinfo);
    const auto compiled = compile_template(args.text(1), part_argument(args, 0));
    const auto* error = std::get_if<TemplateError>(&compiled);
    if (error == nullptr) return std::nullopt;
    return text_datum("line " + std::to_string(error->line) + ", column " + std::to_string(error->column) +
                      ": " + error->message);
  });
}

CALCOM_FUNCTION(calcom_template_default) {
  return entry([&] {
    const Arguments args(fcinfo);
    const auto kind = parse<MailKind>(args.text(0));
    if (!kind)
      throw SqlError{ERRCODE_INVALID_PARAMETER_VALUE,
                     "kind of mail is not valid",
                     {},
                     "It is confirmation, rescheduled, cancellation, requested, rejected or reminder."};
    return text_datum(default_template(*kind, locale_of(args.text(1)).texts, part_argument(args, 2)));
  });
}

CALCOM_FUNCTION(calcom_template_path_table) {
  return entry([&] {
    const Datum json = text_datum(path_table());
    return call([=] {
      return DirectFunctionCall1(jsonb_in,
                                 CStringGetDatum(text_to_cstring(reinterpret_cast<const varlena*>(json))));
    });
  });
}
