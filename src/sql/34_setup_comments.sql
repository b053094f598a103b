-- Version 1 of the comments: what a user sees with \d+ says what it is, in which unit.
create function @extschema@.calcom_setup_v1_comments() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $setup$
begin
  comment on table @extschema@.calcom_meta is 'State of calcom_setup() in this database.';
  comment on column @extschema@.calcom_meta.key is 'schema_version: the version of the data tables';
  comment on column @extschema@.calcom_meta.value is 'value of the key';
  comment on table @extschema@.calcom_accounts is
    'One row for each Cal.com account, with its own webhook address, secrets, sender and mail mode.';
  comment on column @extschema@.calcom_accounts.account is
    'name of the account, part of its webhook address /api/webhooks/calcom/<account>';
  comment on column @extschema@.calcom_accounts.sender is
    'From of its mail: address or "Name <address>", in a domain verified at Resend';
  comment on column @extschema@.calcom_accounts.reply_to is
    'Reply-To of its mail; null: the organizer''s address if known';
  comment on column @extschema@.calcom_accounts.cal_link is
    'public booking page at Cal.com: embedded by the booking page, linked in cancellations';
  comment on column @extschema@.calcom_accounts.booker_url is
    'base of reschedule and cancel links for deliveries that contain none';
  comment on column @extschema@.calcom_accounts.mail_mode is
    'test: rendered and stored, never sent; redirect: all sent to redirect_to; live: sent';
  comment on column @extschema@.calcom_accounts.redirect_to is 'recipient of all mail in redirect mode';
  comment on column @extschema@.calcom_accounts.locale is 'language of mail whose recipient has none: de, en-US';
  comment on column @extschema@.calcom_accounts.paused is 'true: mail is held';
  comment on column @extschema@.calcom_accounts.disabled_at is
    'since when deliveries are refused and mail is held; null: enabled';
  comment on column @extschema@.calcom_accounts.calendar_file is 'true: mail contains a calendar file; false: a link';
  comment on column @extschema@.calcom_accounts.forward_calendar_file is
    'true: the calendar file that Cal.com sent replaces ours if it fits (docs/mail.md)';
  comment on column @extschema@.calcom_accounts.mail_host is
    'true: the organizer gets copies of confirmations, reschedules, cancellations and requests';
  comment on column @extschema@.calcom_accounts.max_mails_per_hour is
    'maximum number of mails to one recipient within an hour; further mails wait; null: no limit';
  comment on column @extschema@.calcom_accounts.keep_mail is
    'how long the content of mails and of Resend''s events is kept before the worker erases it; null: forever';
  comment on column @extschema@.calcom_accounts.mail_max_age is
    'mail due for longer than this is skipped as too old; reminders end when the booking starts; null: no limit';
  comment on column @extschema@.calcom_accounts.page is
    'texts and theme of the booking page, written by calcom_page_set()';
  comment on column @extschema@.calcom_accounts.created_at is 'when the account was added';
  comment on table @extschema@.calcom_account_readers is
    'Roles that may read single accounts, written by calcom_grant_account().';
  comment on column @extschema@.calcom_account_readers.account is 'calcom_accounts.account';
  comment on column @extschema@.calcom_account_readers.role is 'role that may read the account';
  comment on column @extschema@.calcom_account_readers.mark is
    'part of the names of the role''s policies; does not change if the role is renamed';
  comment on column @extschema@.calcom_account_readers.granted_at is 'when the right was granted';
  comment on column @extschema@.calcom_account_readers.granted_by is 'session user who granted it';
  comment on table @extschema@.calcom_environments is
    'Where calcom_go_live() was called for an account. Elsewhere (a restored dump, a snapshot, a template copy) its '
    'mail is held.';
  comment on column @extschema@.calcom_environments.account is 'calcom_accounts.account';
  comment on column @extschema@.calcom_environments.system_identifier is 'system identifier of the database cluster';
  comment on column @extschema@.calcom_environments.database_oid is 'oid of the database';
  comment on column @extschema@.calcom_environments.node is
    'hash of the machine''s identity and of the data directory''s path';
  comment on column @extschema@.calcom_environments.armed_at is
    'when calcom_go_live() or calcom_trust_node() was called';
  comment on column @extschema@.calcom_environments.armed_by is 'session user who called it';
  comment on table @extschema@.calcom_events is
    'The log: every authentic input once, with its exact body and its outcome. Bookings can be rebuilt from it.';
  comment on column @extschema@.calcom_events.account is 'calcom_accounts.account';
  comment on column @extschema@.calcom_events.id is 'uuid, ordered by time';
  comment on column @extschema@.calcom_events.source is
    'webhook, sql (calcom_create_booking() and similar), api or manual (a change of bookings by SQL)';
  comment on column @extschema@.calcom_events.trigger_event is
    'Cal.com''s triggerEvent as sent; null if the body contains none';
  comment on column @extschema@.calcom_events.booking_uid is 'uid of the booking, if the body contains one';
  comment on column @extschema@.calcom_events.related_uid is 'uid of the booking that a reschedule replaces';
  comment on column @extschema@.calcom_events.created_at is 'the body''s createdAt: when Cal.com sent it';
  comment on column @extschema@.calcom_events.received_at is 'when it was stored';
  comment on column @extschema@.calcom_events.stamp is
    'order of merging: least(created_at, received_at + 5 minutes), set once when stored';
  comment on column @extschema@.calcom_events.outcome is
    'applied, duplicate or stale (merged), ignored (nothing to merge), deferred (merged later automatically) or dead '
    '(a person must act)';
  comment on column @extschema@.calcom_events.reason is 'why it is ignored, deferred or dead';
  comment on column @extschema@.calcom_events.body is 'the exact body if the type text can store it unchanged';
  comment on column @extschema@.calcom_events.body_bytes is 'the exact body otherwise; see calcom_event_body()';
  comment on column @extschema@.calcom_events.settled_at is
    'when the outcome was set; for a deferred event, when it was last tried';
  comment on table @extschema@.calcom_event_digests is
    'SHA-256 of every stored body, to recognize a repeated delivery even after its event was purged.';
  comment on column @extschema@.calcom_event_digests.account is 'calcom_accounts.account';
  comment on column @extschema@.calcom_event_digests.digest is 'SHA-256 of the exact body';
  comment on column @extschema@.calcom_event_digests.event_id is 'calcom_events.id';
  comment on table @extschema@.bookings is 'One row for each booking of Cal.com, derived from its events in any order.';
  comment on column @extschema@.bookings.account is 'calcom_accounts.account';
  comment on column @extschema@.bookings.uid is 'Cal.com''s uid. A reschedule creates a new one, see root_uid';
  comment on column @extschema@.bookings.status is
    'pending, accepted, rejected, cancelled, rescheduled (moved to rescheduled_to_uid) or placeholder (only the uid is '
    'known)';
  comment on column @extschema@.bookings.start_time is 'start of the booking';
  comment on column @extschema@.bookings.end_time is 'end of the booking';
  comment on column @extschema@.bookings.title is
    'title of the booking; in a booking with seats the title of the event type, because Cal.com''s title names a guest';
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
    'place: an address, a phone number, a URL or Cal.com''s name of a conferencing app';
  comment on column @extschema@.bookings.meeting_url is 'video link, if there is one';
  comment on column @extschema@.bookings.description is 'description of the booking';
  comment on column @extschema@.bookings.additional_notes is 'notes of the person who booked';
  comment on column @extschema@.bookings.event_title is 'title of the event type';
  comment on column @extschema@.bookings.event_type_id is 'Cal.com''s id of the event type';
  comment on column @extschema@.bookings.booking_id is 'Cal.com''s bookingId; not a key';
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
  comment on column @extschema@.bookings.payment_id is 'Cal.com''s payment id';
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
  comment on column @extschema@.bookings.hide_organizer_email is 'true: the host''s address is not shown to attendees';
  comment on column @extschema@.bookings.reply_to is 'reply address that Cal.com names';
  comment on column @extschema@.bookings.created_at is 'when the oldest event about this booking was sent';
  comment on column @extschema@.bookings.updated_at is 'when this row last changed';
  comment on table @extschema@.booking_facts is
    'Input of the next merge: everything known about a booking, joined from its events. Written only by calcom.';
  comment on column @extschema@.booking_facts.account is 'calcom_accounts.account';
  comment on column @extschema@.booking_facts.uid is 'bookings.uid';
  comment on column @extschema@.booking_facts.facts is 'JSON in the library''s own format';
  comment on table @extschema@.booking_attendees is 'One row for each person and booking. Hosts are not included.';
  comment on column @extschema@.booking_attendees.account is 'calcom_accounts.account';
  comment on column @extschema@.booking_attendees.booking_uid is 'bookings.uid';
  comment on column @extschema@.booking_attendees.email is
    'address, lower case; also of a person who gave only a phone number (Cal.com then uses NUMBER@sms.cal.com)';
  comment on column @extschema@.booking_attendees.name is 'name as sent';
  comment on column @extschema@.booking_attendees.time_zone is 'IANA time zone as sent';
  comment on column @extschema@.booking_attendees.locale is 'language as sent: de, en-US';
  comment on column @extschema@.booking_attendees.phone is 'phone number in E.164 format, if given';
  comment on column @extschema@.booking_attendees.seat_uid is 'Cal.com''s attendeeSeatId, in a booking with seats';
  comment on column @extschema@.booking_attendees.no_show is 'true if marked as not having come';
  comment on column @extschema@.booking_attendees.removed_at is
    'when the seat was cancelled or moved; null: the person attends';
  comment on column @extschema@.booking_attendees.organizer_email is
    'copy of bookings.organizer_email, for row policies';
  comment on table @extschema@.booking_checkpoints is
    'Merge facts of the events that calcom_purge() removed. A rebuild starts from them.';
  comment on column @extschema@.booking_checkpoints.account is 'calcom_accounts.account';
  comment on column @extschema@.booking_checkpoints.uid is 'bookings.uid';
  comment on column @extschema@.booking_checkpoints.facts is
    'merge facts of the removed events; JSON as in booking_facts';
  comment on column @extschema@.booking_checkpoints.up_to is 'calcom_events.id of the newest removed event';
  comment on column @extschema@.booking_checkpoints.purged_at is 'when the newest removed event was removed';
  comment on table @extschema@.booking_history is
    'Append-only history of bookings and attendees. A trigger writes it for every change, including manual ones.';
  comment on column @extschema@.booking_history.account is 'calcom_accounts.account';
  comment on column @extschema@.booking_history.id is 'uuid, ordered by time';
  comment on column @extschema@.booking_history.booking_uid is 'bookings.uid';
  comment on column @extschema@.booking_history.event_id is
    'calcom_events.id that caused the change; null for a manual change';
  comment on column @extschema@.booking_history.action is
    'created, pending, accepted, rejected, cancelled, rescheduled, moved, updated, deleted, attendee_added, '
    'attendee_removed, attendee_returned, attendee_updated or attendee_deleted';
  comment on column @extschema@.booking_history.actor is
    'webhook, replay, rebuild, or for a manual change "role NAME", with "(claim ...)" if a verified JWT names a person';
  comment on column @extschema@.booking_history.at is 'when the change was made';
  comment on column @extschema@.booking_history.old_values is 'changed columns with their old values: {column: value}';
  comment on column @extschema@.booking_history.new_values is 'changed columns with their new values: {column: value}';
  comment on table @extschema@.email_outbox is
    'One row for each mail to one recipient. Inserted by the transaction that makes it due, sent by the worker.';
  comment on column @extschema@.email_outbox.account is 'calcom_accounts.account';
  comment on column @extschema@.email_outbox.id is 'uuid, ordered by time; also the tag outbox_id at Resend';
  comment on column @extschema@.email_outbox.kind is
    'confirmation, rescheduled, cancellation, requested, rejected or reminder';
  comment on column @extschema@.email_outbox.booking_uid is 'bookings.uid';
  comment on column @extschema@.email_outbox.recipient is 'address';
  comment on column @extschema@.email_outbox.start_time is
    'start that the mail states; the mail is skipped if the booking has another start by then';
  comment on column @extschema@.email_outbox.end_time is
    'end that the mail states; if the booking''s end changes, recipients get a new mail';
  comment on column @extschema@.email_outbox.obligation_key is
    'what the mail is for: kind, start, recipient; at most one mail for each key, forever';
  comment on column @extschema@.email_outbox.priority is '0 is sent first';
  comment on column @extschema@.email_outbox.send_after is 'not sent before; infinity while it waits for Resend';
  comment on column @extschema@.email_outbox.owed_at is
    'since when the mail is due; calcom_retry_email() sets it to now; calcom_accounts.mail_max_age counts from it';
  comment on column @extschema@.email_outbox.state is
    'queued, sending, sent, captured (test mode), held (see reason), skipped (no longer true), cancelled, failed or '
    'uncertain (may have been sent: a person decides)';
  comment on column @extschema@.email_outbox.reason is 'why it is held, skipped, failed or retried';
  comment on column @extschema@.email_outbox.attempts is 'counted attempts to send it';
  comment on column @extschema@.email_outbox.lease_node is 'node of the worker that is sending it';
  comment on column @extschema@.email_outbox.lease_epoch is 'epoch of the worker that is sending it';
  comment on column @extschema@.email_outbox.idempotency_key is
    'Idempotency-Key of its request; equal to id until calcom_retry_email() sets a new one';
  comment on column @extschema@.email_outbox.mail_mode is 'mail mode in which it was rendered: test, redirect or live';
  comment on column @extschema@.email_outbox.subject is 'subject as rendered; null after the content was erased';
  comment on column @extschema@.email_outbox.request is
    'exact bytes of the request to Resend, stored before the first attempt; null after the content was erased';
  comment on column @extschema@.email_outbox.first_attempt_at is 'time of the first attempt';
  comment on column @extschema@.email_outbox.in_doubt is
    'true if an attempt may have arrived, because its answer is not known';
  comment on column @extschema@.email_outbox.last_attempt_at is 'time of the latest attempt';
  comment on column @extschema@.email_outbox.settled_at is 'when it reached a final state';
  comment on column @extschema@.email_outbox.provider_id is 'Resend''s id of the mail';
  comment on column @extschema@.email_outbox.delivery_status is
    'what Resend reported later: scheduled, sent, delivery_delayed, delivered, opened, clicked, failed, suppressed, '
    'bounced or complained; the furthest is kept';
  comment on column @extschema@.email_outbox.delivery_status_at is 'when that happened, by Resend''s clock';
  comment on column @extschema@.email_outbox.event_id is
    'calcom_events.id that made it due; null for a reminder or a manual mail';
  comment on column @extschema@.email_outbox.created_at is 'when it was queued';
  comment on table @extschema@.email_templates is
    'An account''s own mail texts, by kind and language. Invalid templates are refused with line and column. See '
    'docs/templates.md.';
  comment on column @extschema@.email_templates.account is 'calcom_accounts.account';
  comment on column @extschema@.email_templates.kind is
    'confirmation, rescheduled, cancellation, requested, rejected or reminder';
  comment on column @extschema@.email_templates.locale is
    'lower case: a locale (pt-br), a language (pt) or * for all; the most specific one is used';
  comment on column @extschema@.email_templates.subject is 'template of the subject; null: the built-in one';
  comment on column @extschema@.email_templates.html is 'template of the HTML part; null: the built-in one';
  comment on column @extschema@.email_templates.text is 'template of the text part; null: the built-in one';
  comment on column @extschema@.email_templates.updated_at is 'when it was last changed';
  comment on table @extschema@.email_calendar_sequences is
    'Last iCalendar SEQUENCE sent to a recipient for an event. Calendars accept only a higher one.';
  comment on column @extschema@.email_calendar_sequences.account is 'calcom_accounts.account';
  comment on column @extschema@.email_calendar_sequences.ical_uid is 'UID of the calendar event';
  comment on column @extschema@.email_calendar_sequences.recipient is 'address, lower case';
  comment on column @extschema@.email_calendar_sequences.sequence is 'last SEQUENCE sent';
  comment on column @extschema@.email_calendar_sequences.booking_uid is
    'bookings.uid of the last file; null: not known';
  comment on table @extschema@.email_suppressions is 'Addresses that must not be mailed.';
  comment on column @extschema@.email_suppressions.account is 'calcom_accounts.account';
  comment on column @extschema@.email_suppressions.email is 'address, lower case';
  comment on column @extschema@.email_suppressions.reason is
    'bounced, complained, suppressed by the provider, or the reason given to calcom_suppress()';
  comment on column @extschema@.email_suppressions.source is
    'provider: reported by Resend, which can also remove it; manual: stays until calcom_unsuppress()';
  comment on column @extschema@.email_suppressions.provider_at is 'when Resend last reported a cause, by its clock';
  comment on column @extschema@.email_suppressions.created_at is 'when it was added';
  comment on table @extschema@.calcom_worker_epochs is
    'Epoch of the worker on each node. A new worker raises it, so that rows of a dead worker are free at once.';
  comment on column @extschema@.calcom_worker_epochs.node is
    'hash of the machine''s identity and of the data directory''s path';
  comment on column @extschema@.calcom_worker_epochs.epoch is 'number of the current worker; only rises';
  comment on column @extschema@.calcom_worker_epochs.erased_at is
    'when the worker last completed the daily erasure of calcom_accounts.keep_mail';
  comment on column @extschema@.calcom_worker_epochs.erased is
    'mails and events erased so far by an erasure that is not complete';
end
$setup$;
comment on function @extschema@.calcom_setup_v1_comments() is
  'Internal step of calcom_setup(): comments of version 1, as calcom_owner.';
