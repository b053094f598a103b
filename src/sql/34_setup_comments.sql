-- Version 1 of the comments: what a user sees with \d+ says what it is, in which unit.
create function @extschema@.calcom_setup_v1_comments() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $setup$
begin
  comment on table @extschema@.calcom_meta is
    'What calcom_setup() has done in this database.';
  comment on column @extschema@.calcom_meta.key is 'name of the fact; schema_version is the version of the data tables';
  comment on column @extschema@.calcom_meta.value is 'the fact';
  comment on table @extschema@.calcom_accounts is
    'One row per Cal.com account: its own webhook address, secrets, sender and mail mode.';
  comment on column @extschema@.calcom_accounts.account is 'name, part of the webhook address /api/webhooks/calcom/<account>';
  comment on column @extschema@.calcom_accounts.sender is 'From of its mail: address or "Name <address>", of a domain verified at Resend';
  comment on column @extschema@.calcom_accounts.reply_to is 'Reply-To of its mail; null: the organizer where known';
  comment on column @extschema@.calcom_accounts.cal_link is 'address at Cal.com where people book: embedded by the booking page, offered after a cancellation';
  comment on column @extschema@.calcom_accounts.booker_url is 'base of reschedule and cancel links where a body carries none';
  comment on column @extschema@.calcom_accounts.mail_mode is 'test: rendered and kept, never sent; redirect: all to redirect_to; live: sent';
  comment on column @extschema@.calcom_accounts.redirect_to is 'recipient of all mail in redirect mode';
  comment on column @extschema@.calcom_accounts.locale is 'language of mail where the recipient has none';
  comment on column @extschema@.calcom_accounts.paused is 'true: mail is held';
  comment on column @extschema@.calcom_accounts.disabled_at is 'since when its deliveries are refused and its mail is held; null: enabled';
  comment on column @extschema@.calcom_accounts.calendar_file is 'true: mail brings a calendar file; false: a link';
  comment on column @extschema@.calcom_accounts.forward_calendar_file is
    'true: the file that Cal.com sent goes out in place of ours where it fits (docs/mail.md)';
  comment on column @extschema@.calcom_accounts.mail_host is
    'true: the organizer gets copies of confirmations, changes, cancellations and requests';
  comment on column @extschema@.calcom_accounts.max_mails_per_hour is 'mails to one recipient within an hour; more wait; null: no limit';
  comment on column @extschema@.calcom_accounts.keep_mail is
    'how long what mails said is kept, with the bodies of Resends events; the worker erases it then; null: for ever';
  comment on column @extschema@.calcom_accounts.mail_max_age is
    'a mail owed for longer is skipped as too old, a reminder when its booking starts; null: no limit';
  comment on column @extschema@.calcom_accounts.page is 'texts and theme of the booking page, set by calcom_page_set()';
  comment on column @extschema@.calcom_accounts.created_at is 'when the account was added';
  comment on table @extschema@.calcom_account_readers is
    'Roles that may read one account and no other, written by calcom_grant_account().';
  comment on column @extschema@.calcom_account_readers.account is 'calcom_accounts.account';
  comment on column @extschema@.calcom_account_readers.role is 'who may read it';
  comment on column @extschema@.calcom_account_readers.mark is 'which policies are of this role: part of their name, unchanged when the role is renamed';
  comment on column @extschema@.calcom_account_readers.granted_at is 'since when';
  comment on column @extschema@.calcom_account_readers.granted_by is 'session user who granted it';
  comment on table @extschema@.calcom_environments is
    'Where an account was armed by calcom_go_live(): elsewhere (a restored dump, a snapshot, a template copy) its mail is held.';
  comment on column @extschema@.calcom_environments.account is 'calcom_accounts.account';
  comment on column @extschema@.calcom_environments.system_identifier is 'of the database cluster';
  comment on column @extschema@.calcom_environments.database_oid is 'of the database';
  comment on column @extschema@.calcom_environments.node is 'hash of the machines identity, from outside the data directory';
  comment on column @extschema@.calcom_environments.armed_at is 'when';
  comment on column @extschema@.calcom_environments.armed_by is 'session user who did it';
  comment on table @extschema@.calcom_events is
    'The log: every authentic input once, with its exact body and what became of it. Bookings can be rebuilt from it.';
  comment on column @extschema@.calcom_events.account is 'calcom_accounts.account';
  comment on column @extschema@.calcom_events.id is 'time-ordered uuid';
  comment on column @extschema@.calcom_events.source is 'webhook; sql, api and manual for inputs of other ways';
  comment on column @extschema@.calcom_events.trigger_event is 'Cal.coms triggerEvent as sent; null when the body names none';
  comment on column @extschema@.calcom_events.booking_uid is 'Cal.com uid of the booking, where the body names one';
  comment on column @extschema@.calcom_events.related_uid is 'uid of the other booking that it speaks of: the one that a reschedule replaces';
  comment on column @extschema@.calcom_events.created_at is 'the bodys createdAt: when Cal.com sent it';
  comment on column @extschema@.calcom_events.received_at is 'when it was stored';
  comment on column @extschema@.calcom_events.stamp is 'the order of merging: least(created_at, received_at + 5 minutes), fixed when stored';
  comment on column @extschema@.calcom_events.outcome is 'applied, duplicate or stale (merged), ignored (nothing to merge), deferred (merged later by itself), dead (needs a person)';
  comment on column @extschema@.calcom_events.reason is 'why it is ignored, deferred or dead';
  comment on column @extschema@.calcom_events.body is 'the exact body where text keeps it unchanged';
  comment on column @extschema@.calcom_events.body_bytes is 'the exact body otherwise; see calcom_event_body()';
  comment on column @extschema@.calcom_events.settled_at is 'when it got its outcome; of a deferred one, when it was last tried again';
  comment on table @extschema@.calcom_event_digests is
    'SHA-256 of every stored body, so that a repeated delivery is recognised whatever happens to the log.';
  comment on column @extschema@.calcom_event_digests.account is 'calcom_accounts.account';
  comment on column @extschema@.calcom_event_digests.digest is 'SHA-256 of the exact body';
  comment on column @extschema@.calcom_event_digests.event_id is 'calcom_events.id';
  comment on table @extschema@.bookings is
    'One row per booking of Cal.com, kept true by its webhooks in whatever order they come.';
  comment on column @extschema@.bookings.account is 'calcom_accounts.account';
  comment on column @extschema@.bookings.uid is 'Cal.com uid; a reschedule makes a new one, see root_uid';
  comment on column @extschema@.bookings.status is 'pending, accepted, rejected, cancelled, rescheduled (moved to rescheduled_to_uid) or placeholder (only its uid is known)';
  comment on column @extschema@.bookings.start_time is 'start';
  comment on column @extschema@.bookings.end_time is 'end';
  comment on column @extschema@.bookings.title is 'title of the booking; of a seated one that of its event type, as Cal.coms names a guest';
  comment on column @extschema@.bookings.event_type_slug is 'slug of the event type';
  comment on column @extschema@.bookings.attendee_name is 'who booked; null for seated bookings, whose guests must not learn of each other';
  comment on column @extschema@.bookings.attendee_email is 'address of who booked, lower case; null for seated bookings';
  comment on column @extschema@.bookings.attendee_time_zone is 'IANA time zone of who booked, as sent; null for seated bookings';
  comment on column @extschema@.bookings.organizer_name is 'host';
  comment on column @extschema@.bookings.organizer_email is 'address of the host, lower case';
  comment on column @extschema@.bookings.organizer_time_zone is 'IANA time zone of the host';
  comment on column @extschema@.bookings.organizer_locale is 'language of the host';
  comment on column @extschema@.bookings.location is 'where: address, phone, URL or Cal.coms name of a conferencing app';
  comment on column @extschema@.bookings.meeting_url is 'video link, where there is one';
  comment on column @extschema@.bookings.description is 'description';
  comment on column @extschema@.bookings.additional_notes is 'notes of who booked';
  comment on column @extschema@.bookings.event_title is 'title of the event type';
  comment on column @extschema@.bookings.event_type_id is 'Cal.com id of the event type';
  comment on column @extschema@.bookings.booking_id is 'Cal.com bookingId; not a key';
  comment on column @extschema@.bookings.length_minutes is 'length in minutes';
  comment on column @extschema@.bookings.cancellation_reason is 'as typed';
  comment on column @extschema@.bookings.cancelled_by is 'address of who cancelled; of a seated booking only where it was a host';
  comment on column @extschema@.bookings.rejection_reason is 'as typed';
  comment on column @extschema@.bookings.reschedule_reason is 'as typed';
  comment on column @extschema@.bookings.rescheduled_by is 'address of who rescheduled; of a seated booking only where it was a host';
  comment on column @extschema@.bookings.rescheduled_from_uid is 'the booking that this one replaces';
  comment on column @extschema@.bookings.rescheduled_to_uid is 'the booking that replaces this one';
  comment on column @extschema@.bookings.root_uid is 'first booking of the chain of reschedules: stable, equal to uid where there was none';
  comment on column @extschema@.bookings.seated is 'true when people book single seats of it';
  comment on column @extschema@.bookings.moved_in_place is 'true when it got another time without a new uid';
  comment on column @extschema@.bookings.seats_per_time_slot is 'seats of a seated booking';
  comment on column @extschema@.bookings.price is 'price in the currencys minor unit';
  comment on column @extschema@.bookings.currency is 'ISO 4217, lower case as sent';
  comment on column @extschema@.bookings.paid is 'true once payment was confirmed';
  comment on column @extschema@.bookings.payment_id is 'Cal.com payment id';
  comment on column @extschema@.bookings.scheduling_type is 'COLLECTIVE, ROUND_ROBIN, MANAGED or null';
  comment on column @extschema@.bookings.team_name is 'team, for team events';
  comment on column @extschema@.bookings.recurring_event is '{freq, count, interval} of a recurring booking';
  comment on column @extschema@.bookings.responses is 'answers of who booked: {field: {label, value}}; not kept for seated bookings';
  comment on column @extschema@.bookings.metadata is 'metadata of the booking; anybody who books can set it: never trust it';
  comment on column @extschema@.bookings.ical_uid is 'iCalendar UID; not a key';
  comment on column @extschema@.bookings.ical_sequence is 'iCalendar SEQUENCE as last sent by Cal.com';
  comment on column @extschema@.bookings.booker_url is 'base of the bookers links';
  comment on column @extschema@.bookings.platform_cancel_url is 'cancel page of a platform booking';
  comment on column @extschema@.bookings.platform_reschedule_url is 'reschedule page of a platform booking';
  comment on column @extschema@.bookings.disable_cancelling is 'true: no cancel link';
  comment on column @extschema@.bookings.disable_rescheduling is 'true: no reschedule link';
  comment on column @extschema@.bookings.hide_organizer_email is 'true: the hosts address is not shown';
  comment on column @extschema@.bookings.reply_to is 'reply address that Cal.com names';
  comment on column @extschema@.bookings.created_at is 'when the oldest event about it was sent';
  comment on column @extschema@.bookings.updated_at is 'when this row last changed';
  comment on table @extschema@.booking_facts is
    'What merging works on: everything heard about a booking, as a join. Written by calcom only.';
  comment on column @extschema@.booking_facts.account is 'calcom_accounts.account';
  comment on column @extschema@.booking_facts.uid is 'bookings.uid';
  comment on column @extschema@.booking_facts.facts is 'JSON of this librarys own';
  comment on table @extschema@.booking_attendees is
    'One row per person and booking; hosts are not in it.';
  comment on column @extschema@.booking_attendees.account is 'calcom_accounts.account';
  comment on column @extschema@.booking_attendees.booking_uid is 'bookings.uid';
  comment on column @extschema@.booking_attendees.email is 'address, lower case';
  comment on column @extschema@.booking_attendees.name is 'name';
  comment on column @extschema@.booking_attendees.time_zone is 'IANA time zone as sent';
  comment on column @extschema@.booking_attendees.locale is 'language';
  comment on column @extschema@.booking_attendees.phone is 'E.164 where given';
  comment on column @extschema@.booking_attendees.seat_uid is 'Cal.com attendeeSeatId of a seated booking';
  comment on column @extschema@.booking_attendees.no_show is 'true when marked as not having come';
  comment on column @extschema@.booking_attendees.removed_at is 'when the seat was cancelled or moved; null: attends';
  comment on column @extschema@.booking_attendees.organizer_email is 'host of the booking, for row policies';
  comment on table @extschema@.booking_checkpoints is
    'What merge kept of the events that calcom_purge() removed: where a rebuild starts.';
  comment on column @extschema@.booking_checkpoints.account is 'calcom_accounts.account';
  comment on column @extschema@.booking_checkpoints.uid is 'Cal.com uid';
  comment on column @extschema@.booking_checkpoints.facts is 'merge facts of the removed events, as in booking_facts';
  comment on column @extschema@.booking_checkpoints.up_to is 'the newest of them: an id of calcom_events';
  comment on column @extschema@.booking_checkpoints.purged_at is 'when the last of them was removed';
  comment on table @extschema@.booking_history is
    'Append-only audit trail of bookings and attendees, written by trigger whoever changes them.';
  comment on column @extschema@.booking_history.account is 'calcom_accounts.account';
  comment on column @extschema@.booking_history.id is 'time-ordered uuid';
  comment on column @extschema@.booking_history.booking_uid is 'bookings.uid';
  comment on column @extschema@.booking_history.event_id is 'calcom_events.id that caused it; null for a change by hand';
  comment on column @extschema@.booking_history.action is 'created, pending, accepted, rejected, cancelled, rescheduled, moved, updated, deleted, attendee_added, attendee_removed, attendee_returned, attendee_updated, attendee_deleted';
  comment on column @extschema@.booking_history.actor is 'webhook, replay, rebuild, or for a change by hand "role NAME", with "(claim ...)" where a verified JWT names somebody';
  comment on column @extschema@.booking_history.at is 'when';
  comment on column @extschema@.booking_history.old_values is 'what changed, before';
  comment on column @extschema@.booking_history.new_values is 'what changed, after';
  comment on table @extschema@.email_outbox is
    'One mail to one recipient. Inserted in the transaction that owes it, sent by the worker.';
  comment on column @extschema@.email_outbox.account is 'calcom_accounts.account';
  comment on column @extschema@.email_outbox.id is 'uuid; also the tag at Resend';
  comment on column @extschema@.email_outbox.kind is 'confirmation, rescheduled, cancellation, requested, rejected or reminder';
  comment on column @extschema@.email_outbox.booking_uid is 'bookings.uid';
  comment on column @extschema@.email_outbox.recipient is 'address';
  comment on column @extschema@.email_outbox.start_time is 'start that the mail speaks of: skipped when the booking has another one by then';
  comment on column @extschema@.email_outbox.end_time is 'end that the mail speaks of: who was told another one is told again';
  comment on column @extschema@.email_outbox.obligation_key is 'what is owed; one mail per key for ever';
  comment on column @extschema@.email_outbox.priority is '0 first';
  comment on column @extschema@.email_outbox.send_after is 'not before';
  comment on column @extschema@.email_outbox.owed_at is 'since when it is owed, which calcom_retry_email() begins anew; calcom_accounts.mail_max_age counts from it';
  comment on column @extschema@.email_outbox.state is 'queued, sending, sent, captured (test mode), held (reason says why), skipped (no longer true), cancelled, failed, uncertain (may have been sent: a person decides)';
  comment on column @extschema@.email_outbox.reason is 'why it is held, skipped, failed or retried';
  comment on column @extschema@.email_outbox.attempts is 'attempts made';
  comment on column @extschema@.email_outbox.lease_node is 'node of the worker that has it';
  comment on column @extschema@.email_outbox.lease_epoch is 'epoch of the worker that has it';
  comment on column @extschema@.email_outbox.idempotency_key is 'Idempotency-Key of its request; the id unless a person retried it';
  comment on column @extschema@.email_outbox.mail_mode is 'mode in which it was rendered';
  comment on column @extschema@.email_outbox.subject is 'subject as rendered';
  comment on column @extschema@.email_outbox.request is 'exact bytes of the request, frozen at the first attempt';
  comment on column @extschema@.email_outbox.first_attempt_at is 'first attempt';
  comment on column @extschema@.email_outbox.in_doubt is 'an attempt may have arrived, since its answer is not known';
  comment on column @extschema@.email_outbox.last_attempt_at is 'latest attempt';
  comment on column @extschema@.email_outbox.settled_at is 'when it reached a final state';
  comment on column @extschema@.email_outbox.provider_id is 'id at Resend';
  comment on column @extschema@.email_outbox.delivery_status is 'what Resend told later: scheduled, sent, delivery_delayed, delivered, opened, clicked, failed, suppressed, bounced or complained; the furthest wins';
  comment on column @extschema@.email_outbox.delivery_status_at is 'when that happened, by Resends clock';
  comment on column @extschema@.email_outbox.event_id is 'calcom_events.id that made it owed';
  comment on column @extschema@.email_outbox.created_at is 'when it was queued';
  comment on table @extschema@.email_templates is
    'Own words in place of the built-in mail, by account, kind and language. Refused with line and column when broken; language and paths: docs/templates.md.';
  comment on column @extschema@.email_templates.account is 'calcom_accounts.account';
  comment on column @extschema@.email_templates.kind is 'confirmation, rescheduled, cancellation, requested, rejected, reminder';
  comment on column @extschema@.email_templates.locale is 'lower case: a locale (pt-br), a language (pt) or * for all; the closest one is taken';
  comment on column @extschema@.email_templates.subject is 'template of the subject; null: the built-in one';
  comment on column @extschema@.email_templates.html is 'template of the HTML part; null: the built-in one';
  comment on column @extschema@.email_templates.text is 'template of the text part; null: the built-in one';
  comment on column @extschema@.email_templates.updated_at is 'last change';
  comment on table @extschema@.email_calendar_sequences is
    'The last SEQUENCE of each calendar event that a recipient was sent: a calendar takes only a higher one.';
  comment on column @extschema@.email_calendar_sequences.account is 'calcom_accounts.account';
  comment on column @extschema@.email_calendar_sequences.ical_uid is 'UID of the calendar event';
  comment on column @extschema@.email_calendar_sequences.recipient is 'whose calendar';
  comment on column @extschema@.email_calendar_sequences.sequence is 'SEQUENCE';
  comment on column @extschema@.email_calendar_sequences.booking_uid is 'the booking that the last file spoke of; null: not known';
  comment on table @extschema@.email_suppressions is
    'Who must not be mailed, and why.';
  comment on column @extschema@.email_suppressions.account is 'calcom_accounts.account';
  comment on column @extschema@.email_suppressions.email is 'address, lower case';
  comment on column @extschema@.email_suppressions.reason is 'bounced, complained, suppressed by the provider, or what calcom_suppress() was told';
  comment on column @extschema@.email_suppressions.source is 'provider: told by Resend, which can also lift it; manual: stays until calcom_unsuppress()';
  comment on column @extschema@.email_suppressions.provider_at is 'when Resend last gave a cause, by its clock';
  comment on column @extschema@.email_suppressions.created_at is 'since when';
  comment on table @extschema@.calcom_worker_epochs is
    'Durable epoch per node: raised by each worker that takes over, so that rows of a dead one are free at once.';
  comment on column @extschema@.calcom_worker_epochs.node is 'hash of the machines identity';
  comment on column @extschema@.calcom_worker_epochs.epoch is 'rises';
  comment on column @extschema@.calcom_worker_epochs.erased_at is 'when the worker had last erased all that calcom_accounts.keep_mail ends';
  comment on column @extschema@.calcom_worker_epochs.erased is 'mails and events that it has erased since, if it is not through';
end
$setup$;
comment on function @extschema@.calcom_setup_v1_comments() is
  'Internal step of calcom_setup(): comments of version 1, as calcom_owner.';
