# DROP EXTENSION takes locks on one table after the other, and so does a worker that drains: the one that closes a circle of
# them, it is the worker that steps back, and the DBA's command neither fails nor waits.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time);
use WorkerTest;

my $resend = start_resend(ratelimit => 10000);
my $node = start_cluster('drop', conf => "calcom.resend_url = '$resend->{url}'\ncalcom.send_concurrency = 16\n");
set_up($node, 'postgres');
go_live($node, 'postgres');
script($resend, { do => 'delay', ms => 5, repeat => \1 });
book($node, 'postgres', 'first', 'ada@example.com');
ok(state_becomes($node, 'postgres', 'first', 'sent'), 'a worker is there');

sub queue {
	my ($round, $mails) = @_;
	$node->safe_psql('postgres', "insert into email_outbox (account, kind, booking_uid, recipient, obligation_key)
		select 'default', 'confirmation', 'first', 'ada\@example.com', '$round ' || n from generate_series(1, $mails) n");
}

# The circle, made by hand: the worker has mails in hand and waits for what a session holds; that session then wants the
# table of mails. A worker that would wait on would by then have looked for circles, so that the session were to find it.
sub circle {
	my ($statement, $what) = @_;
	my $session = $node->background_psql('postgres', on_error_stop => 0);
	$session->query_safe('begin');
	$session->query_safe('lock table bookings in access exclusive mode');
	queue($what, 1);
	my $later = $node->safe_psql('postgres', q{select clock_timestamp() + interval '1300 ms'});
	$node->poll_query_until('postgres', qq{select clock_timestamp() > '$later' and exists (select from pg_locks l
		join pg_stat_activity a using (pid) where a.backend_type = 'calcom worker' and not l.granted)})
		or die 'the worker does not wait';
	my $before = time;
	my $out = $session->query("set local client_min_messages = warning; $statement; select 'done'");
	my $took = time - $before;
	is($out, 'done', "$what: the command is not the victim") or diag($session->{stderr});
	note(sprintf '%s took %.3f s', $what, $took);
	$session->query('rollback');
	$session->quit;
	ok($node->poll_query_until('postgres', "select state = 'sent' from email_outbox where obligation_key = '$what 1'"),
		"$what: taken back, the mail leaves");
}
circle('drop extension calcom cascade', 'DROP EXTENSION');
circle('alter table email_outbox add column remark text', 'ALTER TABLE');

# A third session holds what the worker waits for, for as long as it likes; a command on what the worker holds goes by.
{
	my $session = $node->background_psql('postgres', on_error_stop => 0);
	$session->query_safe('begin');
	$session->query_safe('lock table bookings in access exclusive mode');
	queue('bystander', 1);
	$node->poll_query_until('postgres', q{select exists (select from pg_locks l join pg_stat_activity a using (pid)
		where a.backend_type = 'calcom worker' and not l.granted)}) or die 'the worker does not wait';
	for my $column (1 .. 5) {
		my $before = time;
		my ($code, $out, $error) = $node->psql('postgres',
			"set statement_timeout = '60s'; alter table email_outbox add column remark_$column text");
		is($error, '', "bystander $column: the command succeeds while the other waits");
		note(sprintf 'bystander took %.3f s', time - $before);
	}
	$session->query_safe('commit');
	$session->quit;
	ok($node->poll_query_until('postgres', "select state = 'sent' from email_outbox where obligation_key = 'bystander 1'"), 'the mail leaves');
}

# Chance: many mails on their way, the extension dropped during that and made again. After the first few the
# provider takes its time, so that there are some on their way when we look.
my ($longest, $busy) = (0, 0);
for my $round (1 .. 25) {
	WorkerTest::call($resend, 'POST', '/__reset');
	script($resend, ({ do => 'delay', ms => 5 + $round }) x (2 * $round), { do => 'delay', ms => 1000, repeat => \1 });
	# Connected before, so that nothing comes between looking and dropping.
	my $session = $node->background_psql('postgres', on_error_stop => 0);
	$session->query_safe("set client_min_messages = warning; set statement_timeout = '60s'");
	queue($round, 150);
	wait_for_mails($resend, mails => 2 * $round, requests => 2 * $round + 4);
	$busy += $session->query("select count(*) > 0 from email_outbox where state = 'sending'") eq 't';
	my $before = time;
	my $out = $session->query("drop extension calcom cascade; select 'dropped'");
	my $took = time - $before;
	$longest = $took if $took > $longest;
	is($out, 'dropped', "round $round: dropped") or diag($session->{stderr});
	$session->quit;
	$node->safe_psql('postgres', q{create extension calcom; select calcom_setup();
		select calcom_set_secret('default', 'webhook', 'hook-secret')});
	go_live($node, 'postgres');
}
WorkerTest::call($resend, 'POST', '/__reset');
cmp_ok($busy, '>=', 20, 'the worker was busy') or diag("in $busy rounds");
note(sprintf 'longest: %.3f s', $longest);
ok($node->poll_query_until('postgres', q{select count(*) = 0 from email_outbox where state <> 'sent'}), 'all mail is sent in the end');
unlike(slurp_file($node->logfile), qr/deadlock detected|calcom worker: could not/, 'and the log is quiet');

$node->stop;
$resend->{harness}->kill_kill;
done_testing();
