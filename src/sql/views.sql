-- Views of the data tables, created by calcom_setup(). security_invoker: the reader needs the rights on the tables.
create function @extschema@.calcom_day(at timestamptz, zone text) returns date
language c stable parallel safe as 'MODULE_PATHNAME', 'calcom_day';
comment on function @extschema@.calcom_day(timestamptz, text) is
  'The calendar day of a time in an IANA time zone; in UTC if the zone is null or unknown.';

create function calcom_internal.views() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $setup$
begin
  create or replace view @extschema@.calcom_deliveries with (security_invoker = true) as
    select e.account, e.id, e.source, e.trigger_event, e.booking_uid, e.related_uid, e.created_at, e.received_at,
           e.stamp, e.outcome, e.reason, e.settled_at
      from @extschema@.calcom_events e;
  create or replace view @extschema@.calcom_mails with (security_invoker = true) as
    select o.account, o.id, o.kind, o.booking_uid, o.recipient, o.start_time, o.end_time, o.obligation_key,
           o.rule, o.is_host_copy, o.priority, o.send_after, o.state, o.cause, o.reason,
           o.provider_message, o.attempts, o.idempotency_key, o.mail_mode, o.subject, o.first_attempt_at, o.in_doubt,
           o.last_attempt_at, o.settled_at, o.provider_id, o.delivery_status, o.event_id, o.created_at
      from @extschema@.email_outbox o;
  create or replace view @extschema@.upcoming_bookings with (security_invoker = true) as
    select b.account, b.uid, b.root_uid, b.status, b.start_time, b.end_time, b.title, b.event_type_slug,
      b.attendee_name,
           b.attendee_email, b.attendee_time_zone, b.organizer_name, b.organizer_email, b.organizer_time_zone,
             b.location,
           b.meeting_url, b.seated
      from @extschema@.bookings b
     where b.status in ('pending', 'accepted') and coalesce(b.end_time, b.start_time) > now();
  create or replace view @extschema@.bookings_by_day with (security_invoker = true) as
    select b.account, @extschema@.calcom_day(b.start_time, b.organizer_time_zone) as day, b.event_type_slug,
           count(*) as bookings,
           count(*) filter (where b.status = 'accepted') as accepted,
           count(*) filter (where b.status = 'pending') as pending,
           count(*) filter (where b.status = 'cancelled') as cancelled,
           count(*) filter (where b.status = 'rejected') as rejected,
           count(*) filter (where b.status = 'rescheduled') as rescheduled
      from @extschema@.bookings b where b.start_time is not null
     group by 1, 2, 3;
  grant select on @extschema@.calcom_deliveries, @extschema@.calcom_mails, @extschema@.upcoming_bookings,
    @extschema@.bookings_by_day to calcom_reader, calcom_operator;
  perform calcom_internal.view_comments();
end
$setup$;
comment on function calcom_internal.views() is 'Step of calcom_setup(): creates the views as calcom_owner.';

create function calcom_internal.view_comments() returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $setup$
declare
  copied record;
begin
  comment on view @extschema@.calcom_deliveries is 'calcom_events without bodies.';
  comment on view @extschema@.calcom_mails is 'email_outbox without mail content.';
  comment on view @extschema@.upcoming_bookings is 'Pending and accepted bookings that have not ended.';
  comment on view @extschema@.bookings_by_day is 'Number of bookings by account, day, event type and status.';
  comment on column @extschema@.bookings_by_day.day is
    'day of the start in the organizer''s time zone; in UTC if the zone is not known';
  comment on column @extschema@.bookings_by_day.bookings is 'number of bookings of any status';
  comment on column @extschema@.bookings_by_day.accepted is 'number of accepted bookings';
  comment on column @extschema@.bookings_by_day.pending is 'number of bookings that wait for the host or for payment';
  comment on column @extschema@.bookings_by_day.cancelled is 'number of cancelled bookings';
  comment on column @extschema@.bookings_by_day.rejected is 'number of rejected bookings';
  comment on column @extschema@.bookings_by_day.rescheduled is 'number of bookings that were moved to another uid';
  for copied in
    select v.attrelid::regclass as view, v.attname, d.description
      from pg_attribute v
      left join (values ('calcom_deliveries', 'calcom_events'), ('calcom_mails', 'email_outbox'),
                        ('upcoming_bookings', 'bookings'), ('bookings_by_day', 'bookings')) as source(of, relation)
        on '@extschema@.' || source.of = format('%s', '@extschema@.' || (select c.relname from pg_class c
          where c.oid = v.attrelid))
      left join pg_attribute t on t.attrelid = to_regclass('@extschema@.' || source.relation) and t.attname = v.attname
      left join pg_description d on d.objoid = t.attrelid and d.objsubid = t.attnum
        and d.classoid = 'pg_class'::regclass
     where v.attrelid in ('@extschema@.calcom_deliveries'::regclass, '@extschema@.calcom_mails'::regclass,
                          '@extschema@.upcoming_bookings'::regclass, '@extschema@.bookings_by_day'::regclass)
       and v.attnum > 0 and col_description(v.attrelid, v.attnum) is null loop
    execute format('comment on column %s.%I is %L', copied.view, copied.attname, copied.description);
  end loop;
end
$setup$;
comment on function calcom_internal.view_comments() is
  'Step of calcom_setup(): gives the columns of views the comments of their tables.';
