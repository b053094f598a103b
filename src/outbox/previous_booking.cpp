#include "outbox/previous_booking.hpp"

#include "core/booking/booking_detail.hpp"
#include "store/booking_store.hpp"

namespace calcom::outbox {

namespace {

// The booking that the recipient's seat was moved from. Links are searched, because a booking that existed
// before the move has no parent. The move is one event, so `moved_out` and `moved_in` have the same stamp.
std::string former_place_of_seat(pg::Spi& spi, const MailAccount& account, const Booking& booking,
                                 const std::string& recipient) {
  const FactsByUid here = store::read_facts(spi, account.name, {booking.uid});
  const auto facts = here.find(booking.uid);
  if (facts == here.end()) return {};
  const auto seat = facts->second.seats.find(recipient);
  if (seat == facts->second.seats.end() || !seat->second.moved_in) return {};
  std::vector<std::string> uids;
  for (const Link& link : facts->second.predecessors) uids.push_back(link.uid);
  for (const auto& [uid, former] : store::read_facts(spi, account.name, uids))
    if (const auto left = former.seats.find(recipient);
        left != former.seats.end() && left->second.moved_out == seat->second.moved_in)
      return uid;
  return {};
}

// The times in the mails to the recipient for this booking, the latest mail first.
pg::Rows mailed_times(pg::Spi& spi, const MailAccount& account, const Booking& booking,
                      const std::string& recipient) {
  static constinit pg::Statement statement{R"sql(
    select o.start_time, o.end_time
    from @extschema@.email_outbox o
    where o.account = $1
      and o.booking_uid = $2
      and o.recipient = $3
      and o.kind in ('confirmation', 'rescheduled')
      and o.start_time is not null
      and o.state in ('sending', 'sent', 'captured', 'uncertain')
    order by o.created_at desc, o.id desc
    limit 100)sql"};
  return spi.run(statement, pg::Params().text(account.name).text(booking.uid).text(recipient));
}

std::optional<Micros> start_before_the_move(pg::Spi& spi, const MailAccount& account, const Booking& booking,
                                            Micros start) {
  static constinit pg::Statement statement{R"sql(
    select n.start
    from
      @extschema@.booking_history h,
      lateral (select (h.old_values ->> 'start_time')::timestamptz as start) n
    where h.account = $1 and h.booking_uid = $2 and h.action = 'moved' and n.start <> $3
    order by h.at desc, h.id desc
    limit 1)sql"};
  const pg::Rows rows = spi.run(statement, pg::Params().text(account.name).text(booking.uid).time(start));
  return rows.empty() ? std::nullopt : rows.time(0, 1);
}

}  // namespace

std::string former_booking(pg::Spi& spi, const MailAccount& account, const Booking& booking,
                           const std::string& recipient) {
  if (!booking.seated) return booking.rescheduled_from_uid;
  return first_of(former_place_of_seat(spi, account, booking, recipient), booking.rescheduled_from_uid);
}

std::optional<Micros> former_start(pg::Spi& spi, const MailAccount& account, const Booking& booking,
                                   const std::string& recipient, Micros start) {
  const pg::Rows mailed = mailed_times(spi, account, booking, recipient);
  const auto end = mailed.empty() ? std::nullopt : mailed.time(0, 2);
  if (end && mailed.time(0, 1) == start && end != instant_of(booking, Detail::kEndTime)) return std::nullopt;
  for (std::uint64_t row = 0; row < mailed.size(); ++row)
    if (mailed.time(row, 1) != start) return mailed.time(row, 1);
  if (const std::string uid = former_booking(spi, account, booking, recipient); !uid.empty())
    if (const auto earlier = store::read_booking(spi, account.name, uid))
      if (const auto before = instant_of(*earlier, Detail::kStartTime); before && *before != start)
        return before;
  return booking.moved_in_place ? start_before_the_move(spi, account, booking, start) : std::nullopt;
}

}  // namespace calcom::outbox
