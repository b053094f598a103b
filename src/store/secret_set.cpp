// calcom_set_secret. The value is in the text of the statement, so the statement is not logged if it fails, and
// pg_stat_activity does not show it from here on.
#include <algorithm>
#include <array>

#include "core/base/json_compose.hpp"
#include "core/webhook/standard_webhooks.hpp"
#include "store/account.hpp"
#include "store/audit.hpp"
#include "store/secret.hpp"

extern "C" {
#include "utils/backend_status.h"
}

using namespace calcom;
using namespace calcom::pg;
using namespace calcom::store;

namespace {

constexpr std::array<std::string_view, 4> kKinds = {"webhook", "resend_api_key", "resend_webhook",
                                                    "calcom_api_key"};

void check_kind(const std::string& kind) {
  if (std::find(kKinds.begin(), kKinds.end(), kind) != kKinds.end()) return;
  throw SqlError{ERRCODE_INVALID_PARAMETER_VALUE, "unknown kind of secret", "",
                 "It is webhook, resend_api_key, resend_webhook or calcom_api_key."};
}

// An invalid signing secret of Resend would refuse every event, so it is checked here.
void check_key(const std::string& kind, const std::string& value) {
  if (kind != "resend_webhook" || value.starts_with("file:") || !sign_webhook("", "", "", value).empty())
    return;
  throw SqlError{ERRCODE_INVALID_PARAMETER_VALUE, "secret is not valid",
                 "The signing secret of a Resend webhook is whsec_ and base64."};
}

void check_value(const std::string& value) {
  const bool printable =
      std::all_of(value.begin(), value.end(), [](unsigned char c) { return c > 0x20 && c != 0x7F; });
  if (!value.empty() && value.size() <= 4096 && printable) return;
  throw SqlError{ERRCODE_INVALID_PARAMETER_VALUE, "secret is not valid",
                 "It must have 1 to 4096 characters and no blanks or control characters."};
}

std::string random_secret() {
  std::array<unsigned char, 32> bytes{};
  if (!pg_strong_random(bytes.data(), bytes.size()))
    throw SqlError{ERRCODE_INTERNAL_ERROR, "could not generate random values"};
  static constexpr char kHex[] = "0123456789abcdef";
  std::string text;
  for (const unsigned char byte : bytes) {
    text += kHex[byte >> 4];
    text += kHex[byte & 15];
  }
  return text;
}

void store_secret(Spi& spi, const std::string& account, const std::string& kind, const std::string& value,
                  Datum grace) {
  static constinit Statement upsert{R"sql(
    insert into @extschema@.calcom_secrets as s (account, kind, value)
    values ($1, $2, $3)
    on conflict (account, kind)
    do update set
      value = excluded.value, set_at = pg_catalog.now(),
      previous = case when s.kind in ('webhook', 'resend_webhook') and $4 > interval '0' then s.value end,
      previous_until = case when s.kind in ('webhook', 'resend_webhook') and $4 > interval '0'
        then pg_catalog.now() + $4 end
    where s.value is distinct from excluded.value)sql"};
  spi.run(upsert, Params().text(account).text(kind).text(value).add(INTERVALOID, grace));
}

}  // namespace

CALCOM_FUNCTION(calcom_set_secret) {
  return nullable_entry(
      fcinfo,
      [&]() -> std::optional<Datum> {
        call([] { pgstat_report_activity(STATE_RUNNING, "SELECT calcom_set_secret(...)"); });
        const Arguments args(fcinfo);
        const Schema schema = data_schema();
        const std::string account = args.required_text(0, "account");
        const std::string kind = args.required_text(1, "kind");
        check_kind(kind);
        require_tables(schema);
        const bool generate = args.is_null(2) && kind == "webhook";
        const std::string value = generate ? random_secret() : args.required_text(2, "value");
        check_value(value);
        check_key(kind, value);
        args.require(3, "grace");
        {
          Spi spi(schema);
          if (!load_account(spi, account).known) throw sql_error(Error::kUnknownAccount);
          store_secret(spi, account, kind, value, args.datum(3));
          Act act{"set_secret", account, kind};
          act.detail.set("value", generate ? "made" : value.starts_with("file:") ? "file" : "given");
          note_act(spi, act);
          secrets(spi, account, kind);  // raises now if the file cannot be read
        }
        return generate ? std::optional(text_datum(value)) : std::nullopt;
      },
      Statements::kHidden);
}
