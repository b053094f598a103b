-- Last SEQUENCE of each calendar entry that was sent to a recipient; it only rises.
create function calcom_internal.table_email_calendar_sequences() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $setup$
begin
  -- The last SEQUENCE sent to a recipient's calendar for an event. It is never lowered.
  create table @extschema@.email_calendar_sequences (
    account text not null,
    ical_uid text not null,
    recipient text not null,
    sequence bigint not null,
    booking_uid text,
    primary key (account, ical_uid, recipient)
  );

  create index email_calendar_sequences_recipient on @extschema@.email_calendar_sequences (account, recipient);

  comment on table @extschema@.email_calendar_sequences is
    'Last iCalendar SEQUENCE sent to a recipient for an event. Calendars accept only a higher one.';
  comment on column @extschema@.email_calendar_sequences.account is 'calcom_accounts.account';
  comment on column @extschema@.email_calendar_sequences.ical_uid is 'UID of the calendar event';
  comment on column @extschema@.email_calendar_sequences.recipient is 'address, lower case';
  comment on column @extschema@.email_calendar_sequences.sequence is 'last SEQUENCE sent';
  comment on column @extschema@.email_calendar_sequences.booking_uid is
    'bookings.uid of the last file; null: not known';

  alter table @extschema@.email_calendar_sequences enable row level security;
  revoke all on @extschema@.email_calendar_sequences from public;
end
$setup$;
comment on function calcom_internal.table_email_calendar_sequences() is
  'Step of calcom_setup(): creates email_calendar_sequences and all that belongs to it.';
