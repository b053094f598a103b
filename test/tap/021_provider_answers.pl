# What the provider answers, and what becomes of the mail and of the sender.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use WorkerTest;

my $resend = start_resend();
my $node = start_cluster('answers', conf => "calcom.resend_url = '$resend->{url}'\ncalcom.http_timeout = 1500ms\n");
set_up($node, 'postgres');
go_live($node, 'postgres');

sub row {
	my ($uid, $columns) = @_;
	return $node->safe_psql('postgres', "select $columns from email_outbox where booking_uid = '$uid'");
}

sub keys_seen { my %seen = map { $_->{headers}{'idempotency-key'} => 1 } @{ requests($resend) }; return keys %seen }

book($node, 'postgres', 'ok', 'ada@example.com');
ok(state_becomes($node, 'postgres', 'ok', 'sent'), 'a mail is sent');
my ($mail) = @{ mails($resend) };
is($mail->{headers}{authorization}, "Bearer $WorkerTest::API_KEY", 'with the key');
is($mail->{idempotency_key}, row('ok', 'id'), 'the row\'s id is the idempotency key');
is_deeply([ map { $_->{name} } @{ $mail->{body}{tags} } ], [ 'outbox_id', 'kind' ], 'tagged');
is_deeply($mail->{body}{to}, ['ada@example.com'], 'to the recipient');
is($mail->{body}{from}, 'Studio <mail@studio.example>', 'from the sender');
is(row('ok', 'provider_id, attempts, lease_node is null, settled_at is not null'), "$mail->{id}|1|t|t", 'and recorded');

WorkerTest::call($resend, 'POST', '/__reset');
script($resend, { do => '422' });
book($node, 'postgres', 'bad', 'bad@example.com');
ok(state_becomes($node, 'postgres', 'bad', 'failed'), '422: the mail is failed');
like(row('bad', 'reason'), qr/^422/, 'with the reason');

script($resend, { do => '429', retry_after => 1 });
book($node, 'postgres', 'limited', 'ada@example.com');
ok(state_becomes($node, 'postgres', 'limited', 'sent'), '429: sent after the wait');
is(row('limited', 'attempts'), '1', 'and the refusal was nobody\'s attempt');
my @both = grep { $_->{headers}{'idempotency-key'} eq row('limited', 'id') } @{ requests($resend) };
is($node->safe_psql('postgres', "select timestamptz '$both[1]{at}' - timestamptz '$both[0]{at}' >= interval '0.95 s'"),
	't', 'not before retry-after');

WorkerTest::call($resend, 'POST', '/__reset');
script($resend, { do => '500' });
book($node, 'postgres', 'broken', 'ada@example.com');
ok(state_becomes($node, 'postgres', 'broken', 'sent'), '500: tried again and sent');
is(row('broken', 'attempts'), '2', 'in two attempts');
is(scalar @{ mails($resend) }, 1, 'one mail');
is(scalar keys_seen(), 1, 'under one key');

WorkerTest::call($resend, 'POST', '/__reset');
script($resend, { do => 'hang' });
book($node, 'postgres', 'slow', 'ada@example.com');
ok(state_becomes($node, 'postgres', 'slow', 'sent'), 'no answer: tried again and sent');
is(scalar keys_seen(), 1, 'under the same key');
my @bodies = map { $_->{body} } @{ requests($resend) };
is($bodies[0], $bodies[1], 'with the same bytes');

WorkerTest::call($resend, 'POST', '/__reset');
script($resend, { do => 'ok_then_reset' });
book($node, 'postgres', 'reset', 'ada@example.com');
ok(state_becomes($node, 'postgres', 'reset', 'sent'), 'taken, but the answer was lost: sent');
is(scalar @{ mails($resend) }, 1, 'exactly one mail');
is(row('reset', 'provider_id'), mails($resend)->[0]{id}, 'and it is the one that was taken');

# Many mails while one hangs: no barrier.
WorkerTest::call($resend, 'POST', '/__reset');
script($resend, { do => 'hang' });
$node->safe_psql('postgres', "insert into email_outbox (account, kind, booking_uid, recipient, obligation_key)
	select 'default', 'confirmation', 'ok', 'ada\@example.com', 'many ' || n from generate_series(1, 20) n");
wait_for_mails($resend, mails => 19);
is($node->safe_psql('postgres', "select count(*) from email_outbox where obligation_key like 'many%' and state = 'sending'"),
	'1', 'nineteen others pass the one that hangs');
ok($node->poll_query_until('postgres', "select count(*) = 20 from email_outbox
	where obligation_key like 'many%' and state = 'sent'"), 'and it is sent as well');
is(scalar @{ mails($resend) }, 20, 'each once');

# A bad key is no fault of any mail.
WorkerTest::call($resend, 'POST', '/__reset');
$node->safe_psql('postgres', "select calcom_set_secret('default', 'resend_api_key', 'wrong_key')");
book($node, 'postgres', "locked-$_", 'ada@example.com') for 1 .. 6;
wait_for_mails($resend, requests => 1);
ok($node->poll_query_until('postgres', "select count(*) = 6 from email_outbox
	where booking_uid like 'locked-%' and state = 'queued' and attempts = 0"), 'bad key: nothing is failed or spent');
my $asked = @{ requests($resend) };
book($node, 'postgres', 'locked-7', 'ada@example.com');
ok($node->poll_query_until('postgres', "select state = 'queued' from email_outbox where booking_uid = 'locked-7'"), 'more mail');
is(scalar @{ requests($resend) }, $asked, 'does not reach the provider while the circuit is open');
cmp_ok($asked, '<=', 4, 'which took no more than what was in flight');
$node->safe_psql('postgres', "select calcom_set_secret('default', 'resend_api_key', '$WorkerTest::API_KEY')");
ok($node->poll_query_until('postgres', "select count(*) = 7 from email_outbox
	where booking_uid like 'locked-%' and state = 'sent'"), 'the key is replaced: all are sent');
is(scalar @{ mails($resend) }, 7, 'each once');

is(scalar(log_holds_no($node, $WorkerTest::API_KEY, 'wrong_key', 'ada@example.com')), 0, 'no key and no address in the log');
$node->stop;
$resend->{harness}->kill_kill;
done_testing();
