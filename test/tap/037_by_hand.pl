# What a person asks of mail, with a worker there that would send whatever it finds: a preview leaves nothing behind, a
# the simulation lists what the worker then does, and mail sent by hand leaves exactly once.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use WorkerTest;

my $resend = start_resend();
my $node = start_cluster('by_hand', conf => "calcom.resend_url = '$resend->{url}'\n");
set_up($node, 'postgres');

sub value { return $node->safe_psql('postgres', shift) }
sub of_kind { my ($kind) = @_; return [ grep { grep { $_->{name} eq 'kind' && $_->{value} eq $kind } @{ $_->{body}{tags} } } @{ mails($resend) } ] }

# A mail that comes after all others and is taken as the sign that the worker has been through the queue.
my $marks = 0;
sub worker_passes {
	my ($state) = @_;
	my $uid = 'mark-' . ++$marks;
	book($node, 'postgres', $uid, "$uid\@example.com");
	return ok(state_becomes($node, 'postgres', $uid, $state), "the worker has passed ($uid)");
}

# ---- Test mode: captured ----
book($node, 'postgres', 'test', 'ada@example.com');
ok(state_becomes($node, 'postgres', 'test', 'captured'), 'a booking in test mode');
is(value("select string_agg(sent_kind, ',') from (select sent_kind from calcom_send_confirmation('test') union all
	select sent_kind from calcom_send_reminder('test', '24h')) s"), 'confirmation,reminder', 'mail by hand in test mode');
ok($node->poll_query_until('postgres', "select count(*) = 2 from email_outbox where obligation_key like 'manual/%' and state = 'captured'
	and request is not null"), 'is captured');
book($node, 'postgres', 'test', 'ada@example.com', 'BOOKING_CANCELLED');
value("select sent_kind from calcom_send_cancellation('test')");
ok($node->poll_query_until('postgres', "select count(*) = 1 from email_outbox
	where obligation_key like 'manual/%' and kind = 'cancellation' and state = 'captured'"), 'so is a cancellation');
is(scalar @{ requests($resend) }, 0, 'nothing has left');

# ---- Live: a preview leaves nothing ----
go_live($node, 'postgres');
book($node, 'postgres', 'live', 'eve@example.com');
ok(state_becomes($node, 'postgres', 'live', 'sent'), 'a booking, live');
my $before = value('select count(*), max(created_at) from email_outbox') . value('select sum(sequence) from email_calendar_sequences');
my $asked = @{ requests($resend) };
for my $kind (qw(confirmation rescheduled cancellation requested rejected reminder)) {
	like(value("select subject from calcom_preview_email('live', '$kind', 'eve\@example.com')"), qr/\w/, "$kind previewed");
}
value('select count(*) from calcom_simulate()');
is(value('select count(*), max(created_at) from email_outbox') . value('select sum(sequence) from email_calendar_sequences'), $before,
	'previews and simulation queue nothing');
worker_passes('sent');
is(scalar @{ requests($resend) }, $asked + 1, 'nor has anything left but the mark');

# ---- Live: by hand, exactly once ----
WorkerTest::call($resend, 'POST', '/__reset');
value("select email_id from calcom_send_confirmation('live'); select email_id from calcom_send_reminder('live', '1h')");
ok($node->poll_query_until('postgres', "select count(*) = 2 from email_outbox where booking_uid = 'live'
	and obligation_key like 'manual/%' and state = 'sent' and attempts = 1"), 'confirmation and reminder by hand are sent');
book($node, 'postgres', 'live', 'eve@example.com', 'BOOKING_CANCELLED');
ok($node->poll_query_until('postgres', "select state = 'sent' from email_outbox where booking_uid = 'live' and kind = 'cancellation'"),
	'the booking is cancelled');
value("select email_id from calcom_send_cancellation('live', recipient => 'eve\@example.com')");
ok($node->poll_query_until('postgres', "select count(*) = 3 from email_outbox where booking_uid = 'live'
	and obligation_key like 'manual/%' and state = 'sent' and attempts = 1"), 'and the cancellation by hand is sent');
worker_passes('sent');
is(join(',', map { my $kind = $_; $kind . ' ' . grep { $_->{body}{to}[0] eq 'eve@example.com' } @{ of_kind($kind) } } qw(confirmation reminder cancellation)),
	'confirmation 1,reminder 1,cancellation 2', 'each by hand once, the cancellation also by itself');
my @keys = map { $_->{headers}{'idempotency-key'} } @{ requests($resend) };
my %keys = map { $_ => 1 } @keys;
is(scalar keys %keys, scalar @keys, 'each asked for once');
my ($code, $out, $error) = $node->psql('postgres', "select calcom_send_reminder('live')");
like($error, qr/no recipient qualifies for this mail.*Because: booking was cancelled/s, 'what is not true is refused');

# ---- The simulation tells what holds mail, and the worker then does so ----
value("select calcom_account_set('default', max_mails_per_hour => 2)");
value('select calcom_pause()');
$node->safe_psql('postgres', "insert into email_outbox (account, kind, booking_uid, recipient, obligation_key)
	select 'default', 'confirmation', 'mark-1', 'mark-1\@example.com', 'flood ' || n from generate_series(1, 4) n");
sub simulated { return value("select string_agg(leaves || ' ' || coalesce(reason, '-'), ', ' order by at) from calcom_simulate('$_[0]')
	where booking_uid = 'mark-1' and kind = 'confirmation'") }
is(simulated('1 day'), join(', ', ('false the account is paused') x 4), 'paused: simulated');
ok($node->poll_query_until('postgres', "select count(*) = 4 from email_outbox where obligation_key like 'flood%' and state = 'held'"), 'and held');
# As if resumed, in a transaction that is taken back.
my $limit = 'more mails to this recipient within an hour than the account allows';
my $simulated = value("begin; update calcom_accounts set paused = false; select string_agg(leaves || ' ' || coalesce(reason, '-') || ' '
	|| case when at < now() + interval '1 min' then 'now' when at < now() + interval '61 min' then 'in an hour' else 'later' end, ', ' order by at)
	from calcom_simulate('1 day') where booking_uid = 'mark-1' and kind = 'confirmation'; rollback");
is($simulated, "true - now, true $limit in an hour, true $limit in an hour, true $limit later",
	'one went before, so one may go now and the others wait: simulated');
is(value("begin; update calcom_accounts set paused = false; select count(*) filter (where leaves) from calcom_simulate('30 min')
	where booking_uid = 'mark-1' and kind = 'confirmation'; rollback"), '1', 'within half an hour one leaves');
value('select calcom_resume()');
ok($node->poll_query_until('postgres', "select count(*) filter (where state = 'sent') = 1
	and count(*) filter (where state = 'queued' and reason = '$limit') = 3 from email_outbox where obligation_key like 'flood%'"), 'and so it comes');
is(simulated('1 day'), join(', ', ("true $limit") x 3), 'the others: as they are');
value("select calcom_suppress('mark-1\@example.com', 'asked')");
is(simulated('1 day'), join(', ', ('false suppressed: asked') x 3), 'suppressed: simulated');
value("select calcom_unsuppress('mark-1\@example.com'); select calcom_account_disable('default')");
is(simulated('1 day'), join(', ', ('false the account is disabled') x 3), 'disabled: simulated');

$node->stop;
$resend->{harness}->kill_kill;
done_testing();
