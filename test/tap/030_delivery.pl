# What the provider tells later, limits and rates, with the worker running.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use WorkerTest;

my $resend = start_resend(ratelimit => 5);
my $node = start_cluster('delivery', conf => "calcom.resend_url = '$resend->{url}'\ncalcom.http_timeout = 60s\ncalcom.worker_linger = 2s\n");
my $secret = 'whsec_Y2FsZW5kYXJxdWVyeS10ZXN0LXNlY3JldC0zMmJ5dGU=';
set_up($node, 'postgres');
go_live($node, 'postgres');
$node->safe_psql('postgres', "select calcom_set_secret('default', 'resend_webhook', '$secret')");

sub value { return $node->safe_psql('postgres', shift) }

# Delivers an event of Resend about the mail of a booking.
sub resend_event {
	my ($id, $type, $uid) = @_;
	return value(qq{
		with m as (select o.id::text as tag from email_outbox o where o.booking_uid = '$uid'),
		     b as (select format('{"type":"%s","created_at":"2026-11-22T10:00:00Z","data":{"email_id":"re-%s","to":["x\@example.com"],"tags":{"outbox_id":"%s"}}}',
		                         '$type', '$uid', tag) as body, extract(epoch from now())::bigint::text as at from m)
		select (resend_ingest(body, '$id', at, resend_sign(convert_to(body, 'UTF8'), '$id', at, '$secret'))).outcome from b});
}

# The answer never comes; the webhook tells that the mail was taken. It is not sent again.
script($resend, { do => 'hang' });
book($node, 'postgres', 'lost', 'lost@example.com');
wait_for_mails($resend, requests => 1);
is(value("select state from email_outbox where booking_uid = 'lost'"), 'sending', 'no answer yet');
is(resend_event('evt-1', 'email.delivered', 'lost'), 'applied', 'the provider reports it');
is(value("select state, provider_id, delivery_status from email_outbox where booking_uid = 'lost'"), 'sent|re-lost|delivered',
	'so it was sent');
value('select pg_terminate_backend(' . worker_pid($node, 'postgres') . ')');
book($node, 'postgres', 'after', 'after@example.com');
ok(state_becomes($node, 'postgres', 'after', 'sent'), 'the next worker goes on');
is(scalar(grep { $_->{body} =~ /lost\@example/ } @{ requests($resend) }), 1, 'and does not send the other again');

# More than N an hour to one person wait; nobody else does.
WorkerTest::call($resend, 'POST', '/__reset');
value(q{select calcom_account_set('default', max_mails_per_hour => 3)});
value(q{insert into email_outbox (account, kind, booking_uid, recipient, obligation_key)
	select 'default', 'confirmation', 'after', 'after@example.com', 'flood ' || n from generate_series(1, 8) n});
ok($node->poll_query_until('postgres', "select count(*) = 6 from email_outbox where state = 'queued' and reason like 'more mails to this recipient%'"),
	'three an hour: one went before, two go, six wait');
is(value("select count(*) from email_outbox where obligation_key like 'flood%' and state in ('queued', 'sent')"), 8, 'none is lost');
is(value("select bool_and(send_after > now() + interval '50 min') from email_outbox where state = 'queued'"), 't', 'they wait until the quota is renewed');
book($node, 'postgres', 'other', 'other@example.com');
ok(state_becomes($node, 'postgres', 'other', 'sent'), 'somebody else gets his at once');

# Two databases, one key: together they stay below its limit.
set_up($node, 'second');
go_live($node, 'second');
book($node, 'second', 'second', 'seed@example.com');
ok(state_becomes($node, 'second', 'second', 'sent'), 'the second database sends');
WorkerTest::call($resend, 'POST', '/__reset');
for my $database ('postgres', 'second') {
	my $uid = $database eq 'postgres' ? 'other' : 'second';
	$node->safe_psql($database, qq{select calcom_account_set('default', max_mails_per_hour => 0);
		insert into email_outbox (account, kind, booking_uid, recipient, obligation_key)
		select 'default', 'confirmation', '$uid', recipient, 'rate ' || n from email_outbox, generate_series(1, 12) n where booking_uid = '$uid'});
}
wait_for_mails($resend, mails => 24);
# Four a second of both, after one that was saved up: 24 take 5.75 s. Two that do not share would take half of it. How
# far apart single requests arrive is the machine's affair, too; the provider here counts none of them against a window.
my @times = sort map { "'$_->{at}'::timestamptz" } @{ requests($resend) };
cmp_ok(value("select extract(epoch from $times[-1] - $times[0])"), '>', 4.5, 'both together ask no more often than one may');
is(scalar(grep { $_->{done} =~ /429/ } @{ requests($resend) }), 0, 'no request is refused for its rate');
is(value('select rate_limit, rate_per_second from calcom_status'), '5|4.0', 'calcom_status shows the limit and our share');
like(value('select environment from calcom_status'), qr{^system \d+, database \d+, node [0-9a-f]{32}$}, 'and where we are');

# A worker that a bad key stops says so.
value(q{select calcom_set_secret('default', 'resend_api_key', 'wrong_key')});
value(q{insert into email_outbox (account, kind, booking_uid, recipient, obligation_key) values ('default', 'confirmation', 'other', 'other@example.com', 'locked')});
ok($node->poll_query_until('postgres', "select circuit = 'open' and circuit_reason like '400%' from calcom_status"), 'the circuit is open, with the reason');
is(value("select state from calcom_doctor() where check_name = 'circuit of default'"), 'error', 'and the doctor says so');

# An operator retries what failed, under a new key.
value("select calcom_set_secret('default', 'resend_api_key', '$WorkerTest::API_KEY')");
ok($node->poll_query_until('postgres', "select state = 'sent' from email_outbox where obligation_key = 'locked'"), 'a key later it is sent');
script($resend, { do => '422' });
book($node, 'postgres', 'refused', 'refused@example.com');
ok(state_becomes($node, 'postgres', 'refused', 'failed'), 'refused');
is(value('select count(*) from calcom_dead_letters'), 1, 'a dead letter');
value("select calcom_retry_email(id) from calcom_dead_letters");
ok(state_becomes($node, 'postgres', 'refused', 'sent'), 'sent after a person\'s retry');
my %keys = map { $_->{headers}{'idempotency-key'} => 1 } grep { $_->{body} =~ /refused\@/ } @{ requests($resend) };
is(scalar keys %keys, 2, 'under a new key');
is(scalar(log_holds_no($node, $secret, $WorkerTest::API_KEY, 'lost@example.com')), 0, 'no secret and no address in the log');

$node->stop;
$resend->{harness}->kill_kill;
done_testing();
