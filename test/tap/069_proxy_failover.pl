# The primary is lost and its synchronous standby promoted: the proxy, given both addresses, tells clients to come again
# while only a read-only server is left, goes on by itself after the promotion, and what it answered 200 before is there.
use strict;
use warnings;
use Digest::SHA qw(hmac_sha256_hex sha256_hex);
use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Cluster;
use Test::More;
use ProxyHarness qw(start_proxy stop_proxy wait_until post stdout_of);
use WorkerTest qw(set_up body_of);

my $primary = WorkerTest::start_cluster('primary', conf => "wal_level = replica\nmax_wal_senders = 4\nhot_standby = on\n");
set_up($primary, 'postgres');
$primary->safe_psql('postgres', 'create role proxy login in role calcom_ingester');
$primary->append_conf('pg_hba.conf', "local replication all trust\n");
$primary->reload;
$primary->backup('copy');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'copy', has_streaming => 1);
$standby->start;
$primary->safe_psql('postgres', $_) for q{alter system set synchronous_standby_names = '*'}, 'select pg_reload_conf()';
ok($primary->poll_query_until('postgres', q{select count(*) = 1 from pg_stat_replication where sync_state = 'sync'}), 'the standby is synchronous');

# One after the other; the standby lets everybody in who only reads.
my $address = join ' ', 'host=' . $primary->host . ',' . $standby->host, 'port=' . $primary->port . ',' . $standby->port, 'dbname=postgres user=proxy';
my $proxy = start_proxy({ DATABASE_URL => $address, CALCOM_PROXY_SCHEMA => '' }, qw(--pool 2));
my %stored;

sub deliver {
	my ($uid) = @_;
	my $body = body_of($uid, "$uid\@example.com");
	my $response = post($proxy, '/api/webhooks/calcom', $body, 'X-Cal-Signature-256: ' . hmac_sha256_hex($body, 'hook-secret'));
	$stored{ sha256_hex($body) } = 1 if $response->{status} == 200;
	return $response->{status};
}

is(deliver("before-$_"), 200, "delivery $_ to the primary") for 1 .. 20;
$primary->stop('immediate');
wait_until('the proxy meets the standby', sub { deliver('between'); stdout_of($proxy) =~ /sqlstate=25006/ });
is(deliver("between-$_"), 503, 'a server that only reads takes nothing') for 1 .. 3;
like(stdout_of($proxy), qr/hint="the database is read-only: point the proxy at the primary"/, 'and the log says why');
# Nobody follows the new primary yet, so it must not wait for a standby of its own.
$standby->append_conf('postgresql.conf', "synchronous_standby_names = ''\n");
$standby->promote;
wait_until('the proxy finds the new primary', sub { deliver('after') == 200 });
is(deliver("after-$_"), 200, "delivery $_ to the new primary") for 1 .. 5;

my %found = map { $_ => 1 } split /\n/, $standby->safe_psql('postgres', q{select encode(sha256(calcom_event_body(id)), 'hex') from calcom_events});
is(scalar(grep { !$found{$_} } keys %stored), 0, scalar(keys %stored) . ' answered 200, all of them stored where it counts');
is($standby->safe_psql('postgres', q{select count(*) from bookings where uid like 'between-%'}), '0', 'and nothing of what was refused');
is(stop_proxy($proxy), 0, 'the proxy ends cleanly');
$standby->stop;
done_testing();
