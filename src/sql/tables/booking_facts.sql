-- What the merge works on. A table of its own, so that SELECT * FROM bookings shows what people see and an event that
-- changes nothing visible updates this narrow row only.
create function calcom_internal.table_booking_facts() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $setup$
begin
  -- Input of the merge. Separate from bookings: SELECT * FROM bookings shows only visible data, and an event without
  -- a visible change updates only this narrow row.
  create table @extschema@.booking_facts (
    account text not null,
    uid text not null,
    facts text not null,
    primary key (account, uid),
    foreign key (account, uid) references @extschema@.bookings on delete cascade
  ) with (fillfactor = 80);

  comment on table @extschema@.booking_facts is
    'Input of the next merge: everything known about a booking, joined from its events. Written only by calcom.';
  comment on column @extschema@.booking_facts.account is 'calcom_accounts.account';
  comment on column @extschema@.booking_facts.uid is 'bookings.uid';
  comment on column @extschema@.booking_facts.facts is $$JSON in the library's own format$$;

  alter table @extschema@.booking_facts enable row level security;
  revoke all on @extschema@.booking_facts from public;
end
$setup$;
comment on function calcom_internal.table_booking_facts() is
  'Step of calcom_setup(): creates booking_facts and all that belongs to it.';
