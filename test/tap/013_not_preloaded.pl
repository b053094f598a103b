# Without shared_preload_libraries everything works but the worker; setup and doctor give the line to run, and it is right.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Deliveries;
use WorkerTest;

my $node = start_cluster('not_preloaded', preload => 'auto_explain');
set_up($node, 'postgres');
is($node->safe_psql('postgres', 'select calcom_preloaded()'), 'f', 'not preloaded');
is(deliver($node, 'postgres', upcoming('BOOKING_CREATED-chain1.json')), 'applied', 'a delivery is merged');
is(deliver($node, 'postgres', upcoming('BOOKING_CREATED-meeting1.json')), 'applied', 'another');
is($node->safe_psql('postgres', "select state, count(*) from email_outbox group by 1"), "queued|3", 'mail waits');
is($node->safe_psql('postgres', "select count(*) from booking_history"), '5', 'history is written');
my ($status, $out, $err) = $node->psql('postgres', "select calcom_ingest('{}'::text, repeat('0', 64))");
like($err, qr/signature does not match/, 'a forged one is refused');
is($node->safe_psql('postgres', 'select calcom_refusals()'), '[]', 'but not counted');
is($node->safe_psql('postgres', "select finding from calcom_doctor() where check_name = 'last refused delivery'"),
	'not counted: the library is not preloaded', 'the doctor says that it is not');

my $line = "ALTER SYSTEM SET shared_preload_libraries = 'auto_explain', 'calcom'; then restart the server";
is($node->safe_psql('postgres', "select state, finding, command from calcom_doctor() where check_name = 'preload'"),
	"todo|not preloaded: deliveries are taken, mail waits; restart needed|$line", 'the doctor gives the line, keeping what is preloaded');
is($node->safe_psql('postgres', "select state, next from calcom_setup() where step = 'preload'"),
	"todo|restart needed, until then deliveries are taken and mail waits: $line", 'setup, too');
my ($command) = $line =~ /^(ALTER SYSTEM[^;]*);/;
$node->safe_psql('postgres', $command);
$node->restart;
is($node->safe_psql('postgres', 'show shared_preload_libraries'), 'auto_explain, calcom', 'the line was run');
is($node->safe_psql('postgres', "select state, command from calcom_doctor() where check_name = 'preload'"), 'ok|', 'the doctor is content');
ok($node->poll_query_until('postgres', "select count(*) = 3 and bool_and(state = 'captured') from email_outbox"),
	'what waited is served, in test mode');
$node->psql('postgres', "select calcom_ingest('{}'::text, repeat('0', 64))");
is($node->safe_psql('postgres', "select r ->> 'count' from jsonb_array_elements(calcom_refusals()) r"), '1', 'refusals are counted now');
$node->stop;
done_testing();
