# Time and mail: what could not leave for too long is not sent any more, and what mails said is erased when its time is
# over, by a worker that is there anyway. Rows are aged by hand; the clock is the server's.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use WorkerTest;

my $resend = start_resend();
my $node = start_cluster('retention', conf => "calcom.resend_url = '$resend->{url}'\ncalcom.worker_linger = 1s\n");
set_up($node, 'postgres');
go_live($node, 'postgres');

sub value { return $node->safe_psql('postgres', shift) }
sub becomes { my ($sql, $what) = @_; return ok($node->poll_query_until('postgres', $sql), $what) }
sub state_of { return value("select state || coalesce(': ' || reason, '') from email_outbox where booking_uid = '$_[0]' order by created_at limit 1") }
sub sent_to { my ($who) = @_; return scalar grep { $_->{body} =~ /\Q$who\E\@/ } @{ requests($resend) } }
sub age { my ($uid, $by) = @_; return value("update email_outbox set owed_at = owed_at - interval '$by', created_at = created_at - interval '$by' where booking_uid = '$uid'") }

# ---- The greatest age ----
value(q{select calcom_pause('default')});
book($node, 'postgres', $_, "$_\@example.com") for qw(young old begun limitless);
age('young', '6 days 23 hours');
age('old', '7 days 1 minute');
age('limitless', '400 days');
# An attempt was made an hour ago and its answer never came: it may have arrived, so only its own rule ends it.
age('begun', '30 days');
value(q{update email_outbox set attempts = 1, in_doubt = true, first_attempt_at = now() - interval '1 hour', last_attempt_at = now() - interval '1 hour'
	where booking_uid = 'begun'});
value(q{update email_outbox set send_after = now() + interval '1 hour' where booking_uid = 'limitless'});
is(value(q{select string_agg(booking_uid || ': ' || coalesce(reason, 'leaves'), ', ' order by booking_uid)
	from calcom_simulate() where kind = 'confirmation' and reason = 'too old'}), 'limitless: too old, old: too old', 'calcom_simulate() lists it');
value(q{select calcom_resume('default')});
ok(state_becomes($node, 'postgres', 'young', 'sent'), 'a mail of less than a week is sent');
becomes("select state = 'skipped' from email_outbox where booking_uid = 'old'", 'an older one is skipped');
is(state_of('old'), 'skipped: too old', 'with the reason');
ok(state_becomes($node, 'postgres', 'begun', 'sent'), 'one that may have arrived keeps its own rule');
is(sent_to('old'), 0, 'nobody was asked to send the old one');
like(value(q{select detail from calcom_trace('old') where what = 'mail' and detail like '%skipped%'}), qr/confirmation to old\@example.com: skipped \(too old\)/, 'calcom_trace() tells');
is(value('select too_old from calcom_status'), 1, 'calcom_status counts');
my ($state, $command) = split /\|/, value(q{select state || '|' || command from calcom_doctor() where check_name = 'mails too old'}), 2;
is($state, 'warning', 'calcom_doctor() warns');
value(q{select calcom_account_set('default', mail_max_age => '0')});
value(q{update email_outbox set send_after = now() where booking_uid = 'limitless'});
ok(state_becomes($node, 'postgres', 'limitless', 'sent'), 'without a limit any age is sent');
value(q{select calcom_account_set('default', mail_max_age => '7 days')});

# A person can send it again: by the doctor's command, and manually.
$command =~ s/^.*?: (?=SELECT)// or die $command;
value($command);
becomes("select state = 'sent' from email_outbox where booking_uid = 'old'", "the doctor's command sends it");
is(sent_to('old'), 1, 'once');
is(value(q{select state || ': ' || finding from calcom_doctor() where check_name = 'mails too old'}), 'ok: none in 7 days', 'and the doctor is content');
is(value(q{select created_at < now() - interval '7 days' from email_outbox where booking_uid = 'old'}), 't', 'the time line keeps when it was queued');
is(value(q{select count(*) from calcom_send_confirmation('old')}), 1, 'by hand, too');
becomes("select count(*) = 2 from email_outbox where booking_uid = 'old' and state = 'sent'", 'it is sent');

# ---- Retention ----
# The pass of today is over: a worker came along above, found nothing and left no line.
becomes('select erased_at is not null from calcom_worker_epochs', 'a pass was made');
is(value("select count(*) from calcom_audit where action = 'keep_mail'"), 0, 'which found nothing and says nothing');
my $pass = value('select erased_at from calcom_worker_epochs');

# 450 mails of long ago, more than two portions, of each state that a mail can end in; one event of Resend.
value(q{insert into email_outbox (account, kind, booking_uid, recipient, obligation_key, state, settled_at, subject, request)
	select 'default', 'confirmation', 'history', 'h' || n || '@example.com', 'history ' || n,
	       (array['sent', 'captured', 'skipped', 'cancelled', 'failed', 'uncertain'])[1 + n % 6], now() - interval '91 days', 'Subject', '{"html":"x"}'
	  from generate_series(1, 450) n;
	insert into email_outbox (account, kind, booking_uid, recipient, obligation_key, state, settled_at, subject, request)
	values ('default', 'confirmation', 'recent', 'r@example.com', 'recent', 'sent', now() - interval '89 days', 'Subject', '{"html":"x"}');
	insert into provider_events (account, id, type, created_at, received_at, outcome, body)
	values ('default', 'evt_old', 'email.delivered', now(), now() - interval '91 days', 'unmatched', '{}'),
	       ('default', 'evt_new', 'email.delivered', now(), now(), 'unmatched', '{}');
	select calcom_account_add('archive'); select calcom_account_set('archive', keep_mail => '0');
	insert into email_outbox (account, kind, booking_uid, recipient, obligation_key, state, settled_at, subject, request)
	values ('archive', 'confirmation', 'archive', 'a@example.com', 'archive', 'sent', now() - interval '9 years', 'Subject', '{"html":"x"}')});
my $left = "count(*) filter (where request is not null or subject is not null)";
my $epoch = value('select epoch from calcom_worker_epochs');
becomes("select worker = 'resting' from calcom_status", 'the worker leaves');
book($node, 'postgres', 'same-day', 'same@example.com');
ok(state_becomes($node, 'postgres', 'same-day', 'sent'), 'another comes');
becomes("select worker = 'resting' from calcom_status", 'and leaves');
is(value("select epoch > $epoch from calcom_worker_epochs"), 't', 'it was another');
is(value("select $left from email_outbox where booking_uid = 'history'"), 450, 'on the same day nothing is erased: restarts do not repeat it');
is(value('select erased_at from calcom_worker_epochs'), $pass, 'nor is it noted');
is(value(q{select state from calcom_doctor() where check_name = 'retention of mail'}), 'ok', 'the doctor gives the worker two days');
value(q{update email_outbox set settled_at = settled_at - interval '2 days' where booking_uid = 'history'});
like(value(q{select state || ': ' || finding from calcom_doctor() where check_name = 'retention of mail'}), qr/^warning: what mails of default said should have been erased/,
	'and warns then');

# A day later, with mail on its way whose answer is late: it is not kept waiting.
value("update calcom_worker_epochs set erased_at = now() - interval '25 hours'");
WorkerTest::call($resend, 'POST', '/__reset');
script($resend, { do => 'delay', ms => 1500 });
book($node, 'postgres', 'day-2', 'late@example.com');
wait_for_mails($resend, requests => 1);
is(value("select $left = 450 or (select state from email_outbox where booking_uid = 'day-2') <> 'sending' from email_outbox where booking_uid = 'history'"), 't',
	'nothing is erased while a mail is in flight');
ok(state_becomes($node, 'postgres', 'day-2', 'sent'), 'the mail of the next day is sent');
becomes('select erased_at > now() - interval \'1 hour\' from calcom_worker_epochs', 'then the worker erases');
is(value("select $left from email_outbox where booking_uid = 'history'"), 75, 'what all of the old mails said but the uncertain ones');
is(value(q{select count(*) from email_outbox where booking_uid = 'history' and state = 'uncertain' and request is not null and subject is not null}), 75, 'which are whole');
is(value(q{select count(*) from email_outbox where booking_uid = 'history'}), 450, 'no row is gone');
is(value(q{select string_agg(id, ',') from provider_events where body is not null}), 'evt_new', "the bodies of Resend's old events are gone");
is(value(q{select count(*) from email_outbox where booking_uid in ('recent', 'archive') and request is not null}), 2, 'younger mail and other accounts are not touched');
is(value(q{select account || ' ' || detail from calcom_audit where action = 'keep_mail'}), '* {"by": "worker", "erased": 376}',
	'one line of the trail says how much, over all portions');
is(value(q{select state || ': ' || finding from calcom_doctor() where check_name = 'retention of mail'}), 'ok: archive: forever, default: 90 days', 'the doctor shows the retention');

# Nothing wakes a worker for it, and a pass that finds nothing leaves no line.
becomes("select worker = 'resting' from calcom_status", 'the worker leaves');
is(value('select next_due is null or next_due < now() + interval \'23 hours\' from calcom_status'), 't', 'with no appointment for tomorrow');
value("update calcom_worker_epochs set erased_at = now() - interval '25 hours'");
book($node, 'postgres', 'day-3', 'third@example.com');
becomes('select erased_at > now() - interval \'1 hour\' from calcom_worker_epochs', 'a day later it is done again');
is(value("select count(*) from calcom_audit where action = 'keep_mail'"), 1, 'and found nothing');
value("update calcom_worker_epochs set erased_at = now() + interval '10 years'");
becomes("select worker = 'resting' from calcom_status", 'the worker leaves');
book($node, 'postgres', 'day-4', 'fourth@example.com');
becomes('select erased_at < now() from calcom_worker_epochs', 'a pass noted by a wrong clock does not stop it for years');

# ---- A failed mail whose contents are erased is composed again ----
book($node, 'postgres', 'again', 'again@example.com');
ok(state_becomes($node, 'postgres', 'again', 'sent'), 'a booking');
value(q{update email_outbox set state = 'failed', settled_at = now() - interval '91 days' where booking_uid = 'again'});
is(value(q{select calcom_prune_mail(account => 'default')}), 1, 'its failed mail is erased');
is(value(q{select num_nulls(sender, html, "text", attachments) from calcom_mail_content((select id from email_outbox where booking_uid = 'again'))}), 4, 'there is nothing to show');
value(q{select calcom_retry_email(id) from email_outbox where booking_uid = 'again'});
ok(state_becomes($node, 'postgres', 'again', 'sent'), 'retried, it is composed again');
is(value(q{select subject like '%Consultation%' and request like '%again@example.com%' from email_outbox where booking_uid = 'again'}), 't', 'whole');
is(sent_to('again'), 2, 'and sent');
# One whose booking is gone, too, cannot be.
value(q{update email_outbox set state = 'failed' where booking_uid = 'history' and recipient = 'h6@example.com';
	select calcom_retry_email(id) from email_outbox where booking_uid = 'history' and recipient = 'h6@example.com'});
becomes(q{select state || ': ' || reason = 'skipped: no such booking' from email_outbox where booking_uid = 'history' and recipient = 'h6@example.com'}, 'without its booking it is skipped, and says so');
# ---- The simulation lists mail that becomes too old while it waits ----
WorkerTest::call($resend, 'POST', '/__reset');
script($resend, { do => '429', name => 'daily_quota_exceeded', repeat => \1 });
book($node, 'postgres', 'quota', 'quota@example.com');
becomes("select circuit = 'open' from calcom_status", 'a quota is used up');
sub simulated {
	my ($max_age) = @_;
	return value(qq{begin; update email_waits set until = now() + interval '5 hours'; update calcom_accounts set mail_max_age = '$max_age' where account = 'default';
		select leaves || ' ' || left(reason, 20) from calcom_simulate() where booking_uid = 'quota' and kind = 'confirmation'; rollback});
}
is(simulated('6 hours'), "true Resend's daily quota", 'it leaves after five hours');
is(simulated('4 hours'), 'false too old', 'or is too old by then');

is(scalar(log_holds_no($node, 'WARNING:  calcom worker: could not', 'ERROR:')), 0, 'the log is quiet');

# ---- What goes wrong with erasing delays no mail, and is reported ----
WorkerTest::call($resend, 'POST', '/__reset');
value(q{create function public.refuse() returns trigger language plpgsql as 'begin raise exception $$no$$; end';
	create trigger refuse before update of erased on calcom_worker_epochs for each row execute function public.refuse();
	update calcom_worker_epochs set erased_at = now() - interval '2 days';
	select calcom_resume('default')});
becomes("select worker = 'resting' from calcom_status", 'the worker leaves');
book($node, 'postgres', 'refused', 'refused@example.com');
ok(state_becomes($node, 'postgres', 'refused', 'sent'), 'a mail is sent');
becomes("select last_error like 'could not erase old mail%' from calcom_status", 'calcom_status tells what went wrong');
book($node, 'postgres', 'after', 'after@example.com');
ok(state_becomes($node, 'postgres', 'after', 'sent'), 'the next mail is sent');
value('drop trigger refuse on calcom_worker_epochs');
becomes("select worker = 'resting' from calcom_status", 'the worker leaves');
book($node, 'postgres', 'fixed', 'fixed@example.com');
becomes("select erased_at > now() - interval '1 hour' from calcom_worker_epochs", 'fixed, the next worker erases');

done_testing();
