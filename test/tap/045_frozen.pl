# What was composed for one mode leaves in no other, whatever becomes of the account or of the row; and it is on disk
# before it leaves, whatever the database says of commits.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use WorkerTest;

my $resend = start_resend();
my $node = start_cluster('frozen', conf => "calcom.resend_url = '$resend->{url}'\ncalcom.http_timeout = 400ms\nwal_writer_delay = 10s\n");
set_up($node, 'postgres');
sub value { return $node->safe_psql('postgres', shift) }
sub row { my ($uid, $columns) = @_; return value("select $columns from email_outbox where booking_uid = '$uid'") }
sub becomes { my ($sql, $what) = @_; return ok($node->poll_query_until('postgres', $sql), $what) }
sub begin { my (@steps) = @_; WorkerTest::call($resend, 'POST', '/__reset'); return script($resend, @steps) }
sub went_to { my ($uid) = @_; my $id = row($uid, 'id'); return join ' ', map { @{ $_->{body}{to} } } grep { grep { $_->{value} eq $id } @{ $_->{body}{tags} } } @{ mails($resend) } }
sub redirect { return value(q{select calcom_account_set('default', mail_mode => 'redirect', redirect_to => 'me@studio.example')}) }
# The worker has been through the queue when a mail that came later is through.
my $marks = 0;
sub worker_passes { my $uid = 'mark-' . ++$marks; book($node, 'postgres', $uid, "$uid\@example.com"); return ok(state_becomes($node, 'postgres', $uid, 'sent'), "the worker has passed ($uid)") }

# ---- Test mode ----
book($node, 'postgres', 'test', 'test@example.com');
ok(state_becomes($node, 'postgres', 'test', 'captured'), 'captured in test mode');
go_live($node, 'postgres');
value("update email_outbox set state = 'queued' where booking_uid = 'test'");
becomes("select state = 'held' and cause = 'mode_changed' from email_outbox where booking_uid = 'test'",
	'what was captured is held, even if somebody queues it by hand');

# ---- Redirected, then live; live, then redirected ----
redirect();
begin({ do => 'hang', repeat => \1 });
book($node, 'postgres', 'redirected', 'eve@example.com');
becomes("select attempts > 0 from email_outbox where booking_uid = 'redirected'", 'composed for the one address, no answer');
value(q{select calcom_go_live('default')});
becomes("select state = 'held' from email_outbox where booking_uid = 'redirected'", 'live: it is held');
book($node, 'postgres', 'live', 'eve@example.com');
becomes("select attempts > 0 from email_outbox where booking_uid = 'live'", 'composed for its recipient, no answer');
redirect();
becomes("select state = 'held' from email_outbox where booking_uid = 'live'", 'redirected: that one is held');
begin();
becomes("select state = 'sent' from email_outbox where booking_uid = 'redirected'", 'and the other goes on');
worker_passes();
is(went_to('redirected'), 'me@studio.example', 'to the one address');
is(went_to('live'), '', 'nobody else was written to meanwhile');
value(q{select calcom_go_live('default')});
ok(state_becomes($node, 'postgres', 'live', 'sent'), 'live again: it leaves');
is(went_to('live'), 'eve@example.com', 'to its recipient');
is(row('test', 'state'), 'held', 'the captured one does not');

# ---- The edge of the provider's network answers in its place ----
begin({ do => 'html_403', repeat => \1 });
book($node, 'postgres', 'edge', 'eve@example.com');
becomes("select circuit = 'open' and circuit_reason like '403 not an answer of the API%' from calcom_status", 'HTML in place of an answer: the circuit opens');
becomes("select state = 'queued' and attempts = 0 and first_attempt_at is null from email_outbox where booking_uid = 'edge'", 'and the mail is kept, nothing spent');
begin();
value('select calcom_resume()');
ok(state_becomes($node, 'postgres', 'edge', 'sent'), 'let through again, it leaves');

# ---- On disk before it leaves ----
value('alter database postgres set synchronous_commit = off');
value('select pg_terminate_backend(' . worker_pid($node, 'postgres') . ')');
begin({ do => 'ok_then_hang' });
book($node, 'postgres', 'durable', 'eve@example.com');
wait_for_mails($resend, requests => 1);
$node->stop('immediate');
$node->start;
ok(state_becomes($node, 'postgres', 'durable', 'sent'), 'the server is gone with all that was not on disk: the mail is known');
my %keys = map { $_->{headers}{'idempotency-key'} . $_->{body} => 1 } @{ requests($resend) };
is(scalar keys %keys, 1, 'and was asked for under the same key with the same bytes');
is(scalar @{ mails($resend) }, 1, 'so it came once');

$node->stop;
$resend->{harness}->kill_kill;
done_testing();
