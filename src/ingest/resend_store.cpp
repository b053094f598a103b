// See resend_store.hpp. Every change here is a join: the same events in another order, or once more, end in
// the same rows.
#include "ingest/resend_store.hpp"

#include <algorithm>

#include "store/event_store.hpp"

namespace calcom::ingest {

using namespace store;

namespace {

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const char c = text[i];
    const bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    if (dash ? c != '-' : !hex) return false;
  }
  return true;
}

std::optional<ProviderMail> first_mail(const Rows& rows) {
  if (rows.empty()) return std::nullopt;
  ProviderMail mail;
  mail.id = rows.uuid(0, 1);
  mail.state = rows.text(0, 2);
  mail.provider_id = rows.text(0, 3);
  mail.stored = {rows.text(0, 4), rows.time(0, 5).value_or(0)};
  return mail;
}

// Serializes concurrent events about one address.
void lock_address(Spi& spi, const std::string& account, const std::string& email) {
  static constinit Statement statement{R"sql(
    select pg_catalog.pg_advisory_xact_lock(
      pg_catalog.hashtextextended('calcom suppression ' || $1 || ' ' || $2, 0)
    ))sql"};
  spi.run(statement, Params().text(account).text(email));
}

bool suppress(Spi& spi, const std::string& account, const ResendEvent& event, const std::string& reason,
              Micros happened_at) {
  static constinit Statement statement{R"sql(
    insert into @extschema@.email_suppressions as s (account, email, reason, source, provider_at)
    select $1, $2, $3, 'provider', $4
    where not exists (
        select
        from @extschema@.provider_events e
        where e.account = $1 and e.recipient = $2 and e.type = 'suppression.removed' and e.created_at > $4
      )
    on conflict (account, email)
    do update set provider_at = excluded.provider_at, reason = excluded.reason
    where s.source = 'provider' and s.provider_at < excluded.provider_at)sql"};
  return spi.run(statement, Params().text(account).text(event.recipient).text(reason).time(happened_at))
             .affected() > 0;
}

bool lift(Spi& spi, const std::string& account, const ResendEvent& event, Micros happened_at) {
  static constinit Statement statement{R"sql(
    delete from @extschema@.email_suppressions s
    where s.account = $1 and s.email = $2 and s.source = 'provider' and s.provider_at <= $3)sql"};
  return spi.run(statement, Params().text(account).text(event.recipient).time(happened_at)).affected() > 0;
}

}  // namespace

bool provider_event_known(Spi& spi, const std::string& account, const std::string& id) {
  static constinit Statement statement{
      R"sql(select from @extschema@.provider_events e where e.account = $1 and e.id = $2)sql"};
  return !spi.run(statement, Params().text(account).text(id)).empty();
}

std::optional<ProviderMail> lock_mail(Spi& spi, const std::string& account, const ResendEvent& event) {
  static constinit Statement by_tag{R"sql(
    select o.id, o.state, o.provider_id, o.delivery_status, o.delivery_status_at
    from @extschema@.email_outbox o
    where o.account = $1 and o.id = $2::uuid
    for update)sql"};
  static constinit Statement by_provider_id{R"sql(
    select o.id, o.state, o.provider_id, o.delivery_status, o.delivery_status_at
    from @extschema@.email_outbox o
    where o.account = $1 and o.provider_id = $2
    limit 1
    for update)sql"};
  if (is_uuid(event.outbox_id)) {
    auto mail = first_mail(spi.run(by_tag, Params().text(account).text(event.outbox_id)));
    if (mail) return mail;
  }
  if (event.email_id.empty()) return std::nullopt;
  return first_mail(spi.run(by_provider_id, Params().text(account).text(event.email_id)));
}

// An event about a mail means that the provider accepted it, so the mail is sent even if its row says otherwise: the
// answer to the request was lost, or this database was restored to a state before the answer.
bool update_mail(Spi& spi, const std::string& account, const ProviderMail& mail, const ResendEvent& event,
                 Micros happened_at) {
  static constinit Statement settle{R"sql(
    update @extschema@.email_outbox o
    set
      state = 'sent', reason = null, lease_node = null, lease_epoch = null,
      settled_at = pg_catalog.clock_timestamp()
    where o.account = $1 and o.id = $2)sql"};
  static constinit Statement tell{R"sql(
    update @extschema@.email_outbox o
    set provider_id = coalesce(o.provider_id, $3), delivery_status = $4, delivery_status_at = $5
    where o.account = $1 and o.id = $2)sql"};
  if (mail.state == "captured") return false;
  if (!mail.provider_id.empty() && !event.email_id.empty() && mail.provider_id != event.email_id)
    return false;
  const bool unsettled = mail.state != "sent";
  if (unsettled) spi.run(settle, Params().text(account).uuid(mail.id));
  const DeliveryStatus reported{std::string(delivery_status(event)), happened_at};
  const bool news = supersedes(reported, mail.stored);
  if (!news && !unsettled) return false;
  const DeliveryStatus& status = news ? reported : mail.stored;
  spi.run(
      tell,
      Params().text(account).uuid(mail.id).text_or_null(event.email_id).text(status.name).time(status.at));
  return true;
}

bool update_suppression(Spi& spi, const std::string& account, const ResendEvent& event, Micros happened_at) {
  const SuppressionAct act = suppression_act(event);
  if (act.act == Suppression::kNone) return false;
  lock_address(spi, account, event.recipient);
  return act.act == Suppression::kAdd ? suppress(spi, account, event, act.reason, happened_at)
                                      : lift(spi, account, event, happened_at);
}

void store_provider_event(Spi& spi, const ProviderEvent& row) {
  static constinit Statement statement{R"sql(
    insert into @extschema@.provider_events (
      account, id, type, created_at, received_at, email_id, outbox_id, recipient, detail, outcome, reason,
      body, body_bytes
    )
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
    on conflict do nothing)sql"};
  Params params;
  params.text(row.account)
      .text(row.id)
      .text_or_null(row.event.type)
      .time(row.happened_at)
      .time(row.received_at);
  params.text_or_null(row.event.email_id);
  row.outbox_id ? params.uuid(*row.outbox_id) : params.null(UUIDOID);
  params.text_or_null(row.event.recipient).text_or_null(row.event.detail);
  params.text(name(row.outcome)).text_or_null(row.reason);
  if (lossless_as_text(row.body))
    params.text(row.body).null(BYTEAOID);
  else
    params.null(TEXTOID).bytes(row.body);
  if (spi.run(statement, params).affected() == 0)
    throw SqlError{ERRCODE_T_R_SERIALIZATION_FAILURE, "the same event was stored at the same time"};
}

}  // namespace calcom::ingest
