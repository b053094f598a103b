-- Bookings as people see them: the projection of booking_facts.
create function calcom_internal.triggers_bookings() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $setup$
begin
  create trigger calcom_history after insert or update or delete on @extschema@.bookings
    for each row execute function calcom_internal.booking_changed();
  create trigger calcom_wake after insert or update of status, start_time on @extschema@.bookings
    for each statement execute function calcom_internal.outbox_changed('outbox');
end
$setup$;
comment on function calcom_internal.triggers_bookings() is 'Step of calcom_setup(): creates the triggers of bookings.';

create function calcom_internal.table_bookings() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $setup$
begin
  create table @extschema@.bookings (
    account text not null,
    uid text not null,
    status text not null
      check (status in ('placeholder', 'pending', 'accepted', 'rejected', 'cancelled', 'rescheduled')),
    start_time timestamptz,
    end_time timestamptz,
    title text,
    event_type_slug text,
    attendee_name text,
    attendee_email text,
    attendee_time_zone text,
    organizer_name text,
    organizer_email text,
    organizer_time_zone text,
    organizer_locale text,
    location text,
    meeting_url text,
    description text,
    additional_notes text,
    event_title text,
    event_type_id bigint,
    booking_id bigint,
    length_minutes bigint,
    cancellation_reason text,
    cancelled_by text,
    rejection_reason text,
    reschedule_reason text,
    rescheduled_by text,
    rescheduled_from_uid text,
    rescheduled_to_uid text,
    root_uid text not null,
    seated boolean not null default false,
    moved_in_place boolean not null default false,
    seats_per_time_slot bigint,
    price bigint,
    currency text,
    paid boolean,
    payment_id bigint,
    scheduling_type text,
    team_name text,
    recurring_event jsonb,
    responses jsonb,
    metadata jsonb,
    ical_uid text,
    ical_sequence bigint,
    booker_url text,
    platform_cancel_url text,
    platform_reschedule_url text,
    disable_cancelling boolean,
    disable_rescheduling boolean,
    hide_organizer_email boolean,
    reply_to text,
    created_at timestamptz,
    updated_at timestamptz not null default now(),
    primary key (account, uid)
  ) with (fillfactor = 85);

  create index bookings_start on @extschema@.bookings (start_time);
  create index bookings_organizer on @extschema@.bookings (organizer_email, start_time);
  create index bookings_root on @extschema@.bookings (account, root_uid);
  create index bookings_reminders on @extschema@.bookings (account, start_time) where status = 'accepted';

  comment on table @extschema@.bookings is
    'One row for each booking of Cal.com, derived from its events in any order.';
  comment on column @extschema@.bookings.account is 'calcom_accounts.account';
  comment on column @extschema@.bookings.uid is $$Cal.com's uid. A reschedule creates a new one, see root_uid$$;
  comment on column @extschema@.bookings.status is
    'pending, accepted, rejected, cancelled, rescheduled (moved to rescheduled_to_uid) or placeholder (only the '
    'uid is known)';
  comment on column @extschema@.bookings.start_time is 'start of the booking';
  comment on column @extschema@.bookings.end_time is 'end of the booking';
  comment on column @extschema@.bookings.title is
    'title of the booking; in a booking with seats the title of the event type, because Cal.com''s title names a '
    'guest';
  comment on column @extschema@.bookings.event_type_slug is
    'slug of the event type: the last part of its address at Cal.com';
  comment on column @extschema@.bookings.attendee_name is
    'name of the person who booked; null in a booking with seats, whose guests must not see each other';
  comment on column @extschema@.bookings.attendee_email is
    'address of the person who booked, lower case; null in a booking with seats';
  comment on column @extschema@.bookings.attendee_time_zone is
    'IANA time zone of the person who booked, as sent; null in a booking with seats';
  comment on column @extschema@.bookings.organizer_name is 'name of the host';
  comment on column @extschema@.bookings.organizer_email is 'address of the host, lower case';
  comment on column @extschema@.bookings.organizer_time_zone is 'IANA time zone of the host';
  comment on column @extschema@.bookings.organizer_locale is 'language of the host: de, en-US';
  comment on column @extschema@.bookings.location is
    $$place: an address, a phone number, a URL or Cal.com's name of a conferencing app$$;
  comment on column @extschema@.bookings.meeting_url is 'video link, if there is one';
  comment on column @extschema@.bookings.description is 'description of the booking';
  comment on column @extschema@.bookings.additional_notes is 'notes of the person who booked';
  comment on column @extschema@.bookings.event_title is 'title of the event type';
  comment on column @extschema@.bookings.event_type_id is $$Cal.com's id of the event type$$;
  comment on column @extschema@.bookings.booking_id is $$Cal.com's bookingId; not a key$$;
  comment on column @extschema@.bookings.length_minutes is 'length in minutes';
  comment on column @extschema@.bookings.cancellation_reason is 'reason of the cancellation, as typed';
  comment on column @extschema@.bookings.cancelled_by is
    'address of the person who cancelled; in a booking with seats only if it was a host';
  comment on column @extschema@.bookings.rejection_reason is 'reason of the rejection, as typed';
  comment on column @extschema@.bookings.reschedule_reason is 'reason of the reschedule, as typed';
  comment on column @extschema@.bookings.rescheduled_by is
    'address of the person who rescheduled; in a booking with seats only if it was a host';
  comment on column @extschema@.bookings.rescheduled_from_uid is 'uid of the booking that this one replaces';
  comment on column @extschema@.bookings.rescheduled_to_uid is 'uid of the booking that replaces this one';
  comment on column @extschema@.bookings.root_uid is
    'uid of the first booking of the chain of reschedules: does not change, equal to uid if there was no reschedule';
  comment on column @extschema@.bookings.seated is 'true if people book single seats of this booking';
  comment on column @extschema@.bookings.moved_in_place is 'true if the time changed and the uid did not';
  comment on column @extschema@.bookings.seats_per_time_slot is 'number of seats, in a booking with seats';
  comment on column @extschema@.bookings.price is 'price in the minor unit of the currency (cents)';
  comment on column @extschema@.bookings.currency is 'ISO 4217 code, lower case as sent';
  comment on column @extschema@.bookings.paid is 'true once payment was confirmed';
  comment on column @extschema@.bookings.payment_id is $$Cal.com's payment id$$;
  comment on column @extschema@.bookings.scheduling_type is 'COLLECTIVE, ROUND_ROBIN, MANAGED or null';
  comment on column @extschema@.bookings.team_name is 'name of the team, for team events';
  comment on column @extschema@.bookings.recurring_event is '{freq, count, interval} of a recurring booking';
  comment on column @extschema@.bookings.responses is
    'answers of the person who booked: {field: {label, value}}; not stored for a booking with seats';
  comment on column @extschema@.bookings.metadata is
    'metadata of the booking. Anyone who books can set it: never trust it. Not stored for a booking with seats';
  comment on column @extschema@.bookings.ical_uid is 'iCalendar UID; not a key';
  comment on column @extschema@.bookings.ical_sequence is 'iCalendar SEQUENCE as last sent by Cal.com';
  comment on column @extschema@.bookings.booker_url is 'base of the links to reschedule and cancel';
  comment on column @extschema@.bookings.platform_cancel_url is
    'cancel page of a booking made through a Cal.com platform';
  comment on column @extschema@.bookings.platform_reschedule_url is
    'reschedule page of a booking made through a Cal.com platform';
  comment on column @extschema@.bookings.disable_cancelling is 'true: mails contain no cancel link';
  comment on column @extschema@.bookings.disable_rescheduling is 'true: mails contain no reschedule link';
  comment on column @extschema@.bookings.hide_organizer_email is
    $$true: the host's address is not shown to attendees$$;
  comment on column @extschema@.bookings.reply_to is 'reply address that Cal.com names';
  comment on column @extschema@.bookings.created_at is 'when the oldest event about this booking was sent';
  comment on column @extschema@.bookings.updated_at is 'when this row last changed';

  alter table @extschema@.bookings enable row level security;
  revoke all on @extschema@.bookings from public;
  create policy calcom_reads_all on @extschema@.bookings for select to calcom_reader, calcom_operator using (true);
  grant select on @extschema@.bookings to calcom_reader, calcom_operator;

  perform calcom_internal.triggers_bookings();
end
$setup$;
comment on function calcom_internal.table_bookings() is
  'Step of calcom_setup(): creates bookings and all that belongs to it.';
