// calcom_simulate(): what the worker will do with the mail that is queued or becomes due, judged by core/sending.
#include <algorithm>
#include <tuple>

#include "core/base/text.hpp"
#include "core/booking/booking_detail.hpp"
#include "core/sending/predict.hpp"
#include "core/sending/resend.hpp"
#include "outbox/outbox_row.hpp"
#include "outbox/reminders.hpp"
#include "outbox/send_state.hpp"
#include "pg/row.hpp"
#include "store/booking_store.hpp"

using namespace calcom;
using namespace calcom::pg;
using namespace calcom::store;
using namespace calcom::outbox;

namespace {

constexpr std::string_view kTestMode = "the account is in test mode: rendered and kept, never sent";

struct Span {
  Micros now = 0, until = 0;
};

Span span_of(Spi& spi, Datum interval) {
  static constinit Statement statement{"select pg_catalog.now(), pg_catalog.now() + $1"};
  const Rows rows = spi.run(statement, Params().interval(interval));
  return {rows.time(0, 1).value_or(0), rows.time(0, 2).value_or(0)};
}

// Why no worker serves this database; empty: one does.
std::string why_no_worker(Spi& spi) {
  static constinit Statement statement{"select calcom_internal.why_no_worker()"};
  return spi.run(statement).text(0, 1);
}

// A mail as it is shown.
struct Shown {
  MailAhead ahead;
  std::optional<pg_uuid_t> id;
  std::string rule, address;
  std::shared_ptr<const Booking> booking;
};

class Bookings {
 public:
  Bookings(Spi& spi, const std::string& account) : spi_(spi), account_(account) {}

  // Null where there is none; raises data_corrupted where this version cannot read it.
  std::shared_ptr<const Booking> of(const std::string& uid) {
    const auto found = read_.find(uid);
    if (found != read_.end()) return found->second;
    auto booking = read_booking(spi_, account_, uid);
    auto shared = booking ? std::make_shared<const Booking>(*std::move(booking)) : nullptr;
    return read_.emplace(uid, std::move(shared)).first->second;
  }

 private:
  Spi& spi_;
  const std::string& account_;
  std::map<std::string, std::shared_ptr<const Booking>> read_;
};

void add_queued(Spi& spi, const MailAccount& account, const Span& span, std::vector<Shown>& mails) {
  static constinit Statement statement{"select " CALCOM_OUTBOX_ROW(
      "null::text") " from @extschema@.email_outbox o"
                    " where o.account = $1 and o.state = any('{queued,held,sending}') and o.send_after <= "
                    "$2"};
  std::vector<OutboxRow> rows;
  {
    const Rows found = spi.run(statement, Params().text(account.name).time(span.until));
    for (std::uint64_t row = 0; row < found.size(); ++row) rows.push_back(outbox_row(found, row));
  }
  add_other_reminders(spi, account.name, rows, {"sent", "captured"});
  Bookings bookings(spi, account.name);
  for (OutboxRow& row : rows) {
    Shown mail;
    try {
      mail.booking = bookings.of(row.booking_uid);
    } catch (const SqlError& unreadable) {
      if (unreadable.sqlstate != ERRCODE_DATA_CORRUPTED) throw;
      row.mail.booking_unreadable = true;
    }
    mail.id = row.id;
    mail.rule = row.rule;
    mail.address = row.address;
    mail.ahead = {std::move(row.mail), row.booking_uid, mail.booking.get(), row.priority,
                  row.send_after,      row.state,       row.cause,          row.reason};
    mails.push_back(std::move(mail));
  }
}

void add_reminders(Spi& spi, const MailAccount& account, const Span& span,
                   const std::map<std::string, std::string>& suppressed, std::vector<Shown>& mails) {
  std::uint64_t count = 0;
  for (ReminderAhead& one : reminders_ahead(spi, account.name, span.now, span.until)) {
    Shown mail;
    mail.rule = one.reminder.rule;
    mail.booking = one.booking;
    DueMail& due = mail.ahead.mail;
    due.id.fill(0xff);  // after the queued ones of the same time, in the order in which they become due
    for (std::size_t i = 0; i < 8; ++i) due.id[15 - i] = static_cast<std::uint8_t>(count >> (8 * i));
    ++count;
    due.kind = MailKind::kReminder;
    due.recipient = mail.address = one.reminder.recipient;
    due.start_time = one.reminder.start_time.at;
    due.owed_at = std::max(one.reminder.due, span.now);
    due.before = one.before;
    if (const auto found = suppressed.find(due.recipient); found != suppressed.end())
      due.suppressed = found->second;
    mail.ahead.booking_uid = one.reminder.uid;
    mail.ahead.booking = mail.booking.get();
    mail.ahead.priority = 2;
    mail.ahead.due = one.reminder.due;
    mails.push_back(std::move(mail));
  }
}

std::map<std::string, std::string> suppressed_of(Spi& spi, const std::string& account) {
  static constinit Statement statement{
      "select s.email, s.reason from @extschema@.email_suppressions s where s.account = $1"};
  const Rows rows = spi.run(statement, Params().text(account));
  std::map<std::string, std::string> suppressed;
  for (std::uint64_t row = 0; row < rows.size(); ++row)
    suppressed.emplace(rows.text(row, 1), rows.text(row, 2));
  return suppressed;
}

// The account's circuit as a worker would take it up, and how the provider is expected to answer.
ProviderState provider_of(Spi& spi, MailAccount& account, Micros now) {
  ProviderState provider;
  if (!account.sends()) return provider;
  const auto wait = stored_wait(spi, account.name);
  if (!wait || (!wait->domain.empty() && wait->domain != sender_domain(account.sender))) return provider;
  provider.circuit.resume_open(now, wait->pause, wait->until);
  account.state.closed_by = wait->cause;
  account.state.closed_until = wait->until;
  if (ends_by_itself(wait->cause)) return provider;
  provider.refusal = wait->cause;
  if (wait->cause == MailCause::kDomainRefused) provider.pause = kDomainProbe;
  if (wait->cause == MailCause::kMonthlyQuota) provider.pause = kMonthlyQuotaProbe;
  return provider;
}

// As if nothing held the account's mail.
AccountState released(AccountState account) {
  account.disabled = account.paused = false;
  account.has_sender = account.has_redirect_address = true;
  account.key = KeyState::kSet;
  account.not_armed.clear();
  return account;
}

bool leaves(const MailFate& fate) {
  return fate.state == MailState::kSent;
}
bool is_own(const MailFate& fate) {
  return is_settled(fate.state) && !leaves(fate) && fate.state != MailState::kCaptured;
}

struct Line {
  std::string account;
  const Shown* mail = nullptr;
  Prediction prediction;
  std::optional<MailFate> after_hold;
};

std::string reason_of(const Line& line, const std::string& no_worker) {
  const MailFate& fate = line.prediction.fate;
  if (fate.state == MailState::kCaptured) return std::string(kTestMode);
  if (fate.state == MailState::kHeld && line.after_hold && is_own(*line.after_hold))
    return line.after_hold->reason;
  if (!fate.reason.empty()) return fate.reason;
  if (leaves(fate) && !no_worker.empty()) return no_worker;
  return line.prediction.delay_reason;
}

std::optional<Datum> cause_cell(std::optional<MailCause> cause) {
  return cause ? std::optional(text_datum(name(*cause))) : std::nullopt;
}

void show(FunctionCallInfo fcinfo, const Line& line, const std::string& no_worker) {
  const auto time = [](Micros at) { return TimestampTzGetDatum(to_timestamptz(at)); };
  const DueMail& mail = line.mail->ahead.mail;
  const MailFate& fate = line.prediction.fate;
  const bool own = line.after_hold && is_own(*line.after_hold);
  put_row<14>(
      fcinfo,
      {time(line.prediction.at), text_datum(line.account),
       mail.kind ? std::optional(text_datum(name(*mail.kind))) : std::nullopt, text_cell(line.mail->rule),
       text_datum(line.mail->address), text_datum(line.mail->ahead.booking_uid),
       mail.start_time ? std::optional(time(*mail.start_time)) : std::nullopt,
       BoolGetDatum(leaves(fate) && no_worker.empty()), text_cell(reason_of(line, no_worker)),
       text_datum(name(fate.state)), cause_cell(fate.state == MailState::kQueued ? std::nullopt : fate.cause),
       cause_cell(line.prediction.delayed_by), cause_cell(own ? line.after_hold->cause : std::nullopt),
       line.mail->id ? std::optional(uuid_datum(*line.mail->id)) : std::nullopt});
}

std::vector<Line> predict_account(Spi& spi, MailAccount& account, const Span& span,
                                  const std::vector<Shown>& mails) {
  std::vector<MailAhead> ahead;
  std::vector<std::string> recipients;
  for (const Shown& mail : mails) {
    ahead.push_back(mail.ahead);
    recipients.push_back(mail.ahead.mail.recipient);
  }
  const ProviderState provider = provider_of(spi, account, span.now);
  RecipientLimit limit;
  if (account.sends())
    learn_turns(spi, account.name, std::move(recipients), account.state.max_mails_per_hour, span.now, limit);
  std::vector<Prediction> predictions = predict(account.state, ahead, limit, provider, span.now, span.until);
  std::vector<Prediction> after;
  if (account.hold) after = predict(released(account.state), ahead, limit, provider, span.now, span.until);
  std::vector<Line> lines;
  for (std::size_t i = 0; i < mails.size(); ++i)
    lines.push_back({account.name, &mails[i], std::move(predictions[i]),
                     after.empty() ? std::nullopt : std::optional(std::move(after[i].fate))});
  return lines;
}

}  // namespace

CALCOM_FUNCTION(calcom_simulate) {
  return entry([&]() -> Datum {
    const Arguments args(fcinfo);
    if (args.is_null(0)) throw SqlError{ERRCODE_NULL_VALUE_NOT_ALLOWED, "span must not be null"};
    std::vector<Line> lines;
    std::vector<std::vector<Shown>> mails;
    std::string no_worker;
    {
      Spi spi(data_schema());
      const Span span = span_of(spi, args.datum(0));
      no_worker = why_no_worker(spi);
      std::vector<MailAccount> found = accounts(spi, args.optional_text(1));
      mails.resize(found.size());
      for (std::size_t i = 0; i < found.size(); ++i) {
        add_queued(spi, found[i], span, mails[i]);
        add_reminders(spi, found[i], span, suppressed_of(spi, found[i].name), mails[i]);
        for (Line& line : predict_account(spi, found[i], span, mails[i])) lines.push_back(std::move(line));
      }
    }
    const auto order = [](const Line& line) {
      const DueMail& mail = line.mail->ahead.mail;
      return std::tuple(line.prediction.at, line.account, line.mail->ahead.booking_uid, mail.kind,
                        line.mail->address);
    };
    std::stable_sort(lines.begin(), lines.end(),
                     [&](const Line& one, const Line& other) { return order(one) < order(other); });
    begin_rows(fcinfo);
    for (const Line& line : lines) show(fcinfo, line, no_worker);
    return 0;
  });
}

CALCOM_FUNCTION(calcom_why_held) {
  const Datum result = entry([&] {
    const Arguments args(fcinfo);
    std::string reason;
    {
      Spi spi(data_schema());
      for (const MailAccount& account : accounts(spi, args.required_text(0, "account")))
        if (account.hold) reason = account.hold->reason;
    }
    return reason.empty() ? Datum{0} : text_datum(reason);
  });
  fcinfo->isnull = result == 0;
  return result;
}
