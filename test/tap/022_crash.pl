# The worker dies between sending and recording: what was in its hands goes out again under the same key and with the
# same bytes, so the recipient gets one mail.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use WorkerTest;

my $resend = start_resend();
my $node = start_cluster('crash', conf => "calcom.resend_url = '$resend->{url}'\nrestart_after_crash = on\n");
set_up($node, 'postgres');
go_live($node, 'postgres');

# A reset that libcurl sees is retried by the worker itself; "delay" leaves the mail taken and the answer under way.
script($resend, { do => 'delay', ms => 3000 });
book($node, 'postgres', 'cut', 'ada@example.com');
wait_for_mails($resend, requests => 1);
is($node->safe_psql('postgres', 'select state, attempts from email_outbox'), 'sending|1', 'a mail is under way');
my $epoch = $node->safe_psql('postgres', 'select epoch from calcom_worker_epochs');
my $pid = worker_pid($node, 'postgres');
ok($pid, 'by the worker');
kill 9, $pid;
ok($node->poll_query_until('postgres', "select count(*) = 0 from pg_stat_activity where pid = $pid"),
	'the server restarts after kill -9');
ok(state_becomes($node, 'postgres', 'cut', 'sent'), 'the mail is sent by the next worker');
is(scalar @{ mails($resend) }, 1, 'exactly one mail');
my %keys = map { $_->{headers}{'idempotency-key'} => 1 } @{ requests($resend) };
my %bodies = map { $_->{body} => 1 } @{ requests($resend) };
cmp_ok(scalar @{ requests($resend) }, '>=', 2, 'though it was asked for again');
is(scalar keys %keys, 1, 'under one key');
is(scalar keys %bodies, 1, 'with the same bytes');
is($node->safe_psql('postgres', 'select provider_id from email_outbox'), mails($resend)->[0]{id}, 'the true id is recorded');
cmp_ok($node->safe_psql('postgres', 'select epoch from calcom_worker_epochs'), '>', $epoch, 'under a new epoch');

# The same if the worker is only terminated.
WorkerTest::call($resend, 'POST', '/__reset');
script($resend, { do => 'hang' });
book($node, 'postgres', 'terminated', 'ada@example.com');
wait_for_mails($resend, requests => 1);
$node->safe_psql('postgres', 'select pg_terminate_backend(' . worker_pid($node, 'postgres') . ')');
ok(state_becomes($node, 'postgres', 'terminated', 'sent'), 'a terminated worker is followed by another one');
is(scalar @{ mails($resend) }, 1, 'one mail');

# An error in a round is logged, and the worker continues. A user's trigger runs as the owner of the data; one that
# is deferred to COMMIT is refused.
sub planted {
	my ($word, $uid, $trigger, $error) = @_;
	$node->safe_psql('postgres', qq{
		create function public.$word() returns trigger language plpgsql as \$\$ begin
			if new.state = 'sending' then raise exception '$word as %', current_user; end if; return new; end \$\$;
		create $trigger});
	book($node, 'postgres', $uid, 'ada@example.com');
	$node->wait_for_log(qr/calcom worker: could not claim mail: $error/);
	is($node->safe_psql('postgres', "select state, attempts from email_outbox where booking_uid = '$uid'"),
		'queued|0', "$word: a round that failed left nothing behind");
	$node->safe_psql('postgres', "drop trigger $word on email_outbox");
	ok(state_becomes($node, 'postgres', $uid, 'sent'), "$word: the next round sends it");
}
planted('tripped', 'trip-1', 'trigger tripped before update on email_outbox for each row execute function public.tripped()',
	'P0001: tripped as calcom_owner');
planted('deferred', 'trip-2', 'constraint trigger deferred after update on email_outbox deferrable initially deferred
	for each row execute function public.deferred()',
	'42501: cannot fire deferred trigger within security-restricted operation');

$node->stop;
$resend->{harness}->kill_kill;
done_testing();
