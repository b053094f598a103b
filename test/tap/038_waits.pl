# Quotas and unverified domains: mail waits for as long as the provider means it, whatever becomes of the worker and of
# the server meanwhile; nobody else waits; and doctor, status and log show why, until when, and the command.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use WorkerTest;

my $resend = start_resend();
my $node = start_cluster('waits', conf => "calcom.resend_url = '$resend->{url}'\ncalcom.worker_linger = 1s\ncalcom.http_timeout = 1500ms\nrestart_after_crash = on\n");
set_up($node, 'postgres');
go_live($node, 'postgres');

sub value { my ($sql, $database) = @_; return $node->safe_psql($database // 'postgres', $sql) }
sub becomes { my ($sql, $what, $database) = @_; return ok($node->poll_query_until($database // 'postgres', $sql), $what) }
sub begin { my (@steps) = @_; WorkerTest::call($resend, 'POST', '/__reset'); return script($resend, @steps) }
sub asked { return scalar @{ requests($resend) } }
sub kept { return value("select count(*) filter (where state = 'queued' and attempts = 0 and first_attempt_at is null) || ' of ' || count(*)
	from email_outbox where booking_uid like '$_[0]-%'") }
sub worker_leaves { return becomes("select worker = 'resting' from calcom_status", "$_[0]: the worker leaves") }

# Something is committed, so that a worker comes and looks; it has looked when it has rested again.
sub worker_looks {
	my ($uid) = @_;
	my $epoch = value('select epoch from calcom_worker_epochs');
	book($node, 'postgres', $uid, 'ada@example.com');
	becomes("select epoch > $epoch from calcom_worker_epochs", "$uid: a worker comes");
	return worker_leaves($uid);
}

# ---- The daily quota ----
begin({ do => '429', name => 'daily_quota_exceeded', repeat => \1 });
book($node, 'postgres', "day-$_", 'ada@example.com') for 1 .. 6;
becomes("select circuit = 'open' from calcom_status", 'daily quota: the circuit opens');
# In the first minutes of a day the provider's clock may only be late.
is(value(q{select until = (date_trunc('day', since at time zone 'UTC') + interval '1 day') at time zone 'UTC'
	or since - date_trunc('day', since at time zone 'UTC') at time zone 'UTC' < interval '11 min' from email_waits}), 't', 'until the day is over in UTC');
worker_leaves('daily quota');
is(value('select next_due = circuit_until from calcom_status'), 't', 'and is due when the wait is over');
is(kept('day'), '6 of 6', 'no mail is failed or has spent an attempt');
my $asked = asked();
cmp_ok($asked, '<=', 4, 'the provider was asked no more than at once');
like(value('select circuit_reason || circuit_finding from calcom_status'),
	qr/^429 daily_quota_exceededResend's daily quota is used up; mail goes on at \d{4}-\d\d-\d\d \d\d:\d\d UTC \(429/, 'calcom_status says why');
like(value(q{select state || ': ' || finding || ': ' || command from calcom_doctor() where check_name = 'circuit of default'}),
	qr/^warning: open, every mail is kept: Resend's daily quota.*calcom_resume\('default'\)/, 'so does calcom_doctor()');
like(value(q{select string_agg(distinct leaves || ' ' || reason, ',') from calcom_simulate('2 days') where booking_uid like 'day-%' and kind = 'confirmation'}),
	qr/^true Resend's daily quota is used up/, 'and calcom_simulate()');
is(value(q{select bool_and(at = (select until from email_waits)) from calcom_simulate('2 days') where booking_uid like 'day-%' and kind = 'confirmation'}), 't',
	'which knows when they leave');

worker_looks('day-7');
is(asked(), $asked, 'the next worker does not ask');
# Its own changes are a reason to ask, so its worker has seen them before there is mail.
set_up($node, 'second');
becomes("select count(*) > 0 from calcom_worker_epochs", 'a second database has a worker', 'second');
becomes("select worker = 'resting' from calcom_status", 'which leaves', 'second');
my $epoch = value('select epoch from calcom_worker_epochs', 'second');
go_live($node, 'second');
becomes("select epoch > $epoch from calcom_worker_epochs", 'and comes again', 'second');
becomes("select worker = 'resting' from calcom_status", 'and leaves', 'second');
book($node, 'second', 'day-second', 'ada@example.com');
becomes("select circuit_reason like '429 received by another database%' from calcom_status", 'another database with the key learns of it', 'second');
is(asked(), $asked, 'and does not ask either');
value('alter system set calcom.worker_linger = 60');
$node->reload;
book($node, 'postgres', 'day-8', 'ada@example.com');
becomes("select worker = 'running' from calcom_status", 'a worker stays');
kill 9, worker_pid($node, 'postgres');
$node->poll_query_until('postgres', 'select true');
book($node, 'postgres', 'day-9', 'ada@example.com');
becomes("select worker = 'running' from calcom_status", 'killed with the server around it, it comes back');
value('alter system reset calcom.worker_linger');
$node->reload;
worker_leaves('after the kill');
$node->restart('immediate');
worker_looks('day-10');
is(asked(), $asked, 'nobody has asked: the wait outlives the server');
is(kept('day'), '10 of 10', 'all mail is there');

# The wait is over: tried not before, by one mail, and then all go.
begin({ do => 'delay', ms => 300 });
value(q{update email_waits set until = now() + interval '4 s'});
my $until = value('select until from email_waits');
$node->restart;
wait_for_mails($resend, mails => 10);
my @times = map { "'$_->{at}'::timestamptz" } @{ requests($resend) };
is(value("select $times[0] >= '$until'"), 't', 'nothing is sent before the time');
is(value("select $times[1] - $times[0] >= interval '0.29 s'"), 't', 'one mail goes ahead');
becomes("select count(*) = 10 from email_outbox where booking_uid like 'day-%' and state = 'sent' and attempts = 1", 'then all are sent');
is(value("select circuit || accounts_waiting from calcom_status"), 'closed0', 'and nothing waits any more');
like(slurp_file($node->logfile), qr/WARNING:  calcom worker: mail of account default waits: Resend's daily quota.*\n.*HINT:  nothing to do.*LOG:  calcom worker: mail of account default is sent again/s,
	'the log tells both');
value(q{select calcom_resume()}, 'second');
becomes("select state = 'sent' from email_outbox", 'calcom_resume() ends the wait of the other', 'second');

# ---- The monthly quota ----
begin({ do => '429', name => 'monthly_quota_exceeded', repeat => \1 });
book($node, 'postgres', "month-$_", 'ada@example.com') for 1 .. 6;
becomes("select circuit = 'open' from calcom_status", 'monthly quota: the circuit opens');
is(value(q{select until - since between interval '59 min' and interval '61 min' from email_waits}), 't', 'the next is tried in an hour');
like(value(q{select state || ': ' || finding || ': ' || command from calcom_doctor() where check_name = 'circuit of default'}),
	qr/^error: open, every mail is kept: Resend's monthly quota is used up; one mail is tried every hour \(429 monthly_quota_exceeded\): take a larger plan.*calcom_resume/,
	'calcom_doctor() names the command');
like(value('select circuit_command from calcom_status'), qr/larger plan/, 'so does calcom_status');
like(slurp_file($node->logfile), qr/monthly quota is used up.*\n.*HINT:  take a larger plan/, 'and the log');
is(value(q{select bool_or(leaves) from calcom_simulate() where booking_uid like 'month-%'}), 'f', 'calcom_simulate() lets none leave');
worker_leaves('monthly quota');
$asked = asked();
worker_looks('month-7');
is(asked(), $asked, 'the next worker does not ask within the hour');
value("select calcom_set_secret('default', 'resend_api_key', '$WorkerTest::API_KEY')");
wait_for_mails($resend, requests => $asked + 1);
becomes(q{select until > now() + interval '59 min' and since < now() - interval '1 s' from email_waits}, 'a key is set: asked once more');
is(asked(), $asked + 1, 'with one mail');
is(kept('month'), '7 of 7', 'no mail is failed or has spent an attempt');
begin();
value(q{select calcom_resume('default')});
becomes("select count(*) = 7 from email_outbox where booking_uid like 'month-%' and state = 'sent'", 'a larger plan: all are sent');
is(scalar @{ mails($resend) }, 7, 'each once');

# ---- A domain that is not verified ----
value(qq{select calcom_account_add('other', sender => 'Other <mail\@other.example>');
	select calcom_set_secret('other', 'webhook', 'hook-secret');
	select calcom_set_secret('other', 'resend_api_key', '$WorkerTest::API_KEY'); select calcom_go_live('other')});
sub book_other {
	my $body = body_of($_[0], 'eve@example.com');
	return value(qq{select outcome from calcom_ingest(\$b\$$body\$b\$, calcom_sign(\$b\$$body\$b\$, 'hook-secret'), 'other')});
}
begin({ do => 'unverified', domain => 'studio.example', repeat => \1 });
book($node, 'postgres', "domain-$_", 'ada@example.com') for 1 .. 3;
becomes("select circuit = 'open' from calcom_status", 'unverified domain: the circuit opens');
book_other('elsewhere');
ok(state_becomes($node, 'postgres', 'elsewhere', 'sent'), 'an account with another domain goes on');
is(kept('domain'), '3 of 3', 'no mail is failed or has spent an attempt');
like(value(q{select string_agg(check_name || ' ' || state || ': ' || finding || ': ' || coalesce(command, ''), E'\n' order by check_name) from calcom_doctor() where check_name like 'circuit%'}),
	qr/^circuit of default error: open, every mail is kept: Resend takes no mail from studio\.example, .*\(403 validation_error\): verify the domain at https:\/\/resend\.com\/domains, or: SELECT .*calcom_account_set\('default', sender => .*\ncircuit of other ok/,
	'calcom_doctor() names the domain and the command');
$asked = asked();
worker_leaves('unverified domain');
worker_looks('domain-4');
is(asked(), $asked, 'the next worker does not ask');
value(q{select calcom_account_set('default', sender => 'Studio <mail@moved.example>')});
becomes("select count(*) = 4 from email_outbox where booking_uid like 'domain-%' and state = 'sent' and attempts = 1", 'another sender: all are sent');
my @domains = grep { join(' ', @{ $_->{body}{to} }) eq 'ada@example.com' } @{ mails($resend) };
is(join(',', map { $_->{body}{from} } @domains), join(',', ('Studio <mail@moved.example>') x 4), 'from the new sender');
is(value("select circuit from calcom_status"), 'closed', 'and the circuit is closed');
begin({ do => 'unverified', domain => 'moved.example', repeat => \1 });
book($node, 'postgres', 'domain-5', 'ada@example.com');
becomes("select circuit = 'open' from calcom_status", 'that one is lost, too');
begin();
value(q{select calcom_resume('default')});
ok(state_becomes($node, 'postgres', 'domain-5', 'sent'), 'verified again: sent');
# A mail of the old sender's that may have arrived is bound to its bytes; it waits alone.
begin({ do => 'hang' }, { do => 'unverified', domain => 'moved.example', repeat => \1 });
book($node, 'postgres', 'bound', 'ada@example.com');
becomes("select circuit = 'open' from calcom_status", 'no answer at first, then refused for its domain');
value(q{select calcom_account_set('default', sender => 'Studio <mail@third.example>')});
book($node, 'postgres', 'free', 'ada@example.com');
ok(state_becomes($node, 'postgres', 'free', 'sent'), 'another sender: what is new leaves');
becomes("select state = 'queued' and attempts = 1 and idempotency_key = id::text and request like '%moved.example%'
	and send_after > now() + interval '9 min' from email_outbox where booking_uid = 'bound'", 'what may have arrived is neither altered nor spent');
my %bodies = map { $_->{body} => 1 } grep { $_->{headers}{'idempotency-key'} eq value("select id from email_outbox where booking_uid = 'bound'") } @{ requests($resend) };
is(scalar keys %bodies, 1, 'and was asked for with the same bytes each time');
is(value('select circuit from calcom_status'), 'closed', 'nor does it hold the others');
is(scalar(log_holds_no($node, $WorkerTest::API_KEY, 'ada@example.com')), 0, 'no key and no address in the log');

$node->stop;
$resend->{harness}->kill_kill;
done_testing();
