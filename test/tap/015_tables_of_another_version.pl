# Between a new library and the next calcom_setup(): deliveries are taken and wait, and nothing writes tables that it does
# not know. Setup merges them.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Deliveries;
use WorkerTest;

my $node = start_cluster('version');
set_up($node, 'postgres');
is(deliver($node, 'postgres', upcoming('BOOKING_CREATED-chain1.json')), 'applied', 'before: a delivery is merged');
ok(state_becomes($node, 'postgres', 'rYebyg2Ux8HrNRFtE8YYCi', 'captured'), 'and its mail rendered');
my $before = fingerprint($node, 'postgres', map { $_ => 1 } qw(calcom_events calcom_event_digests calcom_meta calcom_worker_epochs));

for my $version ('0', '999') {
	$node->safe_psql('postgres', "update calcom_meta set value = '$version' where key = 'schema_version'");
	my $body = upcoming($version eq '0' ? 'BOOKING_RESCHEDULED-chain2.json' : 'BOOKING_RESCHEDULED-chain3.json');
	is(deliver($node, 'postgres', $body), 'deferred', "tables of version $version: a delivery is stored and waits");
	is(deliver($node, 'postgres', $body), 'duplicate', 'the same again is known');
	is($node->safe_psql('postgres', "select state, finding, command from calcom_doctor() where check_name = 'setup'"),
		"error|tables of version $version|SELECT * FROM public.calcom_setup();", 'the doctor says what to run');
}
is(deliver($node, 'postgres', upcoming('PING.json')), 'ignored', 'a ping is answered meanwhile');
is($node->safe_psql('postgres', 'select calcom_merge_deferred()'), '2', 'asked to merge, it leaves them');
is(fingerprint($node, 'postgres', map { $_ => 1 } qw(calcom_events calcom_event_digests calcom_meta calcom_worker_epochs)), $before,
	'no other table was touched');

$node->safe_psql('postgres', "update calcom_meta set value = '1' where key = 'schema_version'");
is($node->safe_psql('postgres', "select state, next from calcom_setup() where step = 'deferred deliveries'"), 'ok|none waiting',
	'setup merges what waited');
is($node->safe_psql('postgres', q{select string_agg(status, ' ' order by start_time) from bookings}), 'rescheduled rescheduled accepted',
	'in the state that the deliveries tell');
is($node->safe_psql('postgres', "select count(*) from calcom_events where outcome = 'deferred' or settled_at is null"), '0', 'all are settled');
$node->stop;
done_testing();
