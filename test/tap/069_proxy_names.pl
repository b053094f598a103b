# A database that is known by its name only, and a name server that does not answer: the proxy starts, says that it has
# no database, stops on a signal, and connects by itself when the name is known.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use Digest::SHA qw(hmac_sha256_hex);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use ProxyHarness qw(listening_proxy stop_proxy wait_until wait_until_healthy post request stderr_of);
use WorkerTest qw(set_up body_of);

my $directory = PostgreSQL::Test::Utils::tempdir();
my $library = "$directory/slow_names.so";
run_log([ qw(cc -shared -fPIC -o), $library, "$FindBin::RealBin/../tools/slow_names.c", '-ldl' ]) or die 'no compiler';
my $silence = "$directory/silence";
append_to_file($silence, '');

my $node = WorkerTest::start_cluster('named', conf => "listen_addresses = '127.0.0.1'\n");
set_up($node, 'postgres');
$node->safe_psql('postgres', 'create role proxy login in role calcom_ingester');
my $port = $node->port;
my %environment = (LD_PRELOAD => $library, SLOW_NAMES => $silence, CALCOM_PROXY_SCHEMA => '');

sub deliver {
	my ($proxy, $uid) = @_;
	my $body = body_of($uid, "$uid\@example.com");
	return post($proxy, '/api/webhooks/calcom', $body, 'X-Cal-Signature-256: ' . hmac_sha256_hex($body, 'hook-secret'));
}

my $proxy = listening_proxy({ %environment, DATABASE_URL => "host=database.test port=$port dbname=postgres user=proxy" }, qw(--database-timeout 1));
my $answer = deliver($proxy, 'unanswered');
is("$answer->{status} $answer->{headers}{'retry-after'}", '503 5', 'nobody is held by a name server that does not answer');
is(request($proxy, 'GET', '/healthz')->{body}, '{"error":"the database is away"}', 'health says so');
ok(wait_until('the log says so', sub { stderr_of($proxy) =~ /database is not available: no answer while connecting/ }), 'and so does the log');
is(stop_proxy($proxy), 0, 'nor is its end');

$proxy = listening_proxy({ %environment, DATABASE_URL => "postgresql://proxy\@database.test:$port/postgres" });
is(deliver($proxy, 'too-early')->{status}, 503, 'a URI, still without an answer');
unlink $silence or die $!;
wait_until_healthy($proxy);
is(deliver($proxy, 'named')->{status}, 200, 'it connects by itself once the name is known');
append_to_file($silence, '');
$node->restart;
is(deliver($proxy, 'lost')->{status}, 503, 'lost again, with a new connection needed');
unlink $silence or die $!;
wait_until_healthy($proxy);
is(deliver($proxy, 'found')->{status}, 200, 'and found again');
is(stop_proxy($proxy), 0, 'ends cleanly');

$proxy = listening_proxy({ %environment, DATABASE_URL => "host=nowhere.invalid,database.test port=1,$port dbname=postgres user=proxy" });
wait_until_healthy($proxy);
is(deliver($proxy, 'second')->{status}, 200, 'a host that does not exist is passed over for the next');
is(stop_proxy($proxy), 0, 'ends cleanly');
$proxy = listening_proxy({ %environment, DATABASE_URL => 'host=nowhere.invalid dbname=postgres user=proxy' });
ok(wait_until('the log says so', sub { stderr_of($proxy) =~ /could not translate host name \\"nowhere.invalid\\" to address/ }), 'without another one, that is what the log says');
is(stop_proxy($proxy), 0, 'ends cleanly');
$node->stop;
done_testing();
