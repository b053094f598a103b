# Accounts of one database share its worker and, here, one key: many mails of one account do not delay the others, and what fails
# for one account does not stop another.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use WorkerTest;

my $resend = start_resend(ratelimit => 20);
my $node = start_cluster('accounts', conf => "calcom.resend_url = '$resend->{url}'\n");
set_up($node, 'postgres');
go_live($node, 'postgres');
sub value { return $node->safe_psql('postgres', shift) }
sub becomes { my ($sql, $what) = @_; return ok($node->poll_query_until('postgres', $sql), $what) }

# An account before `default` in every order, and one behind.
for my $account ('aaa', 'zzz') {
	value(qq{select calcom_account_add('$account', sender => '$account <mail\@$account.example>');
		select calcom_account_set('$account', max_mails_per_hour => 0);
		select calcom_set_secret('$account', 'webhook', 'hook-secret');
		select calcom_set_secret('$account', 'resend_api_key', '$WorkerTest::API_KEY'); select calcom_go_live('$account')});
}
sub book_at {
	my ($account, $uid) = @_;
	my $body = body_of($uid, "$uid\@example.com");
	return value(qq{select outcome from calcom_ingest(\$b\$$body\$b\$, calcom_sign(\$b\$$body\$b\$, 'hook-secret'), '$account')});
}
sub queue {
	my ($account, $kind, $priority, $count) = @_;
	return value(qq{insert into email_outbox (account, kind, priority, booking_uid, recipient, start_time, obligation_key)
		select account, '$kind', $priority, uid, uid || '\@example.com', start_time, '$kind ' || n
		  from bookings, generate_series(1, $count) n where account = '$account' and uid = '$account'});
}
# The places, among all mails taken, of those from an account.
sub places { my ($account) = @_; my @all = @{ mails($resend) }; return grep { $all[$_]{body}{from} =~ /\@$account\.example/ } 0 .. $#all }

for my $account ('aaa', 'zzz') {
	book_at($account, $account);
	ok(state_becomes($node, 'postgres', $account, 'sent'), "$account sends");
}

# ---- One account's thousands of reminders, another's confirmation ----
WorkerTest::call($resend, 'POST', '/__reset');
queue('aaa', 'reminder', 2, 3000);
wait_for_mails($resend, mails => 5);
book_at('zzz', 'news');
my $before = @{ mails($resend) };
ok(state_becomes($node, 'postgres', 'news', 'sent'), 'a confirmation leaves');
cmp_ok((places('zzz'))[0], '<', $before + 20, 'within about a second of a queue of minutes that is another account\'s');
cmp_ok(value("select count(*) from email_outbox where account = 'aaa' and state = 'queued'"), '>', 2500, 'while thousands wait');
value("delete from email_outbox where account = 'aaa' and state = 'queued'");

# ---- Two crowds of the same urgency take turns ----
becomes("select count(*) = 0 from email_outbox where state in ('queued', 'sending')", 'quiet');
WorkerTest::call($resend, 'POST', '/__reset');
value('select calcom_pause()');
queue('aaa', 'confirmation', 1, 40);
queue('zzz', 'confirmation', 1, 10);
value('select calcom_resume()');
wait_for_mails($resend, mails => 50);
cmp_ok((places('zzz'))[9], '<', 30, 'the small crowd is through before the large one');

# ---- A round that fails for one account, while another's probe was being taken ----
WorkerTest::call($resend, 'POST', '/__reset');
script($resend, { do => 'bad_key' });
book_at('aaa', 'probe');
becomes("select exists (select from email_waits where account = 'aaa')", 'a refused key: the account waits');
my $session = $node->background_psql('postgres', on_error_stop => 1);
$session->query_safe('begin');
$session->query_safe('lock table email_calendar_sequences in access exclusive mode');
book_at('zzz', 'blocked');
value(q{select calcom_resume('aaa')});
becomes(q{select count(*) > 0 from pg_stat_activity where backend_type = 'calcom worker' and wait_event_type = 'Lock'}, 'the round fails at the other account');
my $since = value('select clock_timestamp()');
becomes(qq{select clock_timestamp() > timestamptz '$since' + interval '1 s'}, 'more than once');
$session->query_safe('commit');
$session->quit;
ok(state_becomes($node, 'postgres', 'blocked', 'sent'), 'when it can, it goes on');
ok(state_becomes($node, 'postgres', 'probe', 'sent'), 'and so does the account that waited');

# ---- Rows that somebody wrote by hand ----
value(q{insert into email_outbox (account, kind, booking_uid, recipient, obligation_key, send_after, start_time) values
	('aaa', 'confirmation', 'aaa', 'aaa@example.com', 'never', 'infinity', null),
	('aaa', 'confirmation', 'aaa', 'aaa@example.com', 'always', '-infinity', null),
	('aaa', 'confirmation', 'aaa', 'aaa@example.com', 'no time', now(), '-infinity')});
becomes("select state = 'sent' from email_outbox where obligation_key = 'always'", 'due since -infinity: sent');
becomes("select state || ': ' || reason = 'skipped: booking was moved to another time' from email_outbox where obligation_key = 'no time'", 'of no time: not true');
is(value("select state from email_outbox where obligation_key = 'never'"), 'queued', 'due never: waits');
ok($node->psql('postgres', "update email_outbox set idempotency_key = E'two\\nlines' where obligation_key = 'never'") != 0,
	'a key that no request can carry is refused');
# An idle worker sleeps: its process uses next to no time.
my $pid = worker_pid($node, 'postgres');
sub ticks { my @stat = split ' ', slurp_file("/proc/$pid/stat"); return $stat[13] + $stat[14] }
becomes("select state = 'idle' and state_change < now() - interval '1 s' from pg_stat_activity where pid = $pid", 'the worker rests');
my $ticks = ticks();
my $now = value('select clock_timestamp()');
becomes("select clock_timestamp() > timestamptz '$now' + interval '2 s'", 'for a while');
cmp_ok(ticks() - $ticks, '<', 50, 'really');

$node->stop;
$resend->{harness}->kill_kill;
done_testing();
