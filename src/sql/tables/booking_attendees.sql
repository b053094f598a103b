-- People of a booking. Row policies read this table by e-mail and never bookings, because mutual policies recurse.
create function calcom_internal.triggers_booking_attendees() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $setup$
begin
  create trigger calcom_history after insert or update or delete on @extschema@.booking_attendees
    for each row execute function calcom_internal.attendee_changed();
end
$setup$;
comment on function calcom_internal.triggers_booking_attendees() is
  'Step of calcom_setup(): creates the triggers of booking_attendees.';

create function calcom_internal.table_booking_attendees() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $setup$
begin
  create table @extschema@.booking_attendees (
    account text not null,
    booking_uid text not null,
    email text not null,
    name text,
    time_zone text,
    locale text,
    phone text,
    seat_uid text,
    no_show boolean,
    removed_at timestamptz,
    organizer_email text,
    primary key (account, booking_uid, email),
    foreign key (account, booking_uid) references @extschema@.bookings on delete cascade
  );

  create index booking_attendees_email on @extschema@.booking_attendees (email);
  create index booking_attendees_organizer on @extschema@.booking_attendees (organizer_email);

  comment on table @extschema@.booking_attendees is 'One row for each person and booking. Hosts are not included.';
  comment on column @extschema@.booking_attendees.account is 'calcom_accounts.account';
  comment on column @extschema@.booking_attendees.booking_uid is 'bookings.uid';
  comment on column @extschema@.booking_attendees.email is
    'address, lower case; also of a person who gave only a phone number (Cal.com then uses NUMBER@sms.cal.com)';
  comment on column @extschema@.booking_attendees.name is 'name as sent';
  comment on column @extschema@.booking_attendees.time_zone is 'IANA time zone as sent';
  comment on column @extschema@.booking_attendees.locale is 'language as sent: de, en-US';
  comment on column @extschema@.booking_attendees.phone is 'phone number in E.164 format, if given';
  comment on column @extschema@.booking_attendees.seat_uid is $$Cal.com's attendeeSeatId, in a booking with seats$$;
  comment on column @extschema@.booking_attendees.no_show is 'true if marked as not having come';
  comment on column @extschema@.booking_attendees.removed_at is
    'when the seat was cancelled or moved; null: the person attends';
  comment on column @extschema@.booking_attendees.organizer_email is
    'copy of bookings.organizer_email, for row policies';

  alter table @extschema@.booking_attendees enable row level security;
  revoke all on @extschema@.booking_attendees from public;
  create policy calcom_reads_all on @extschema@.booking_attendees
    for select to calcom_reader, calcom_operator using (true);
  grant select on @extschema@.booking_attendees to calcom_reader, calcom_operator;

  perform calcom_internal.triggers_booking_attendees();
end
$setup$;
comment on function calcom_internal.table_booking_attendees() is
  'Step of calcom_setup(): creates booking_attendees and all that belongs to it.';
