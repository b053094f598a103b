# Clients that repeat a delivery until it is answered 200, as Cal.com does, a proxy, and a real calcom whose server
# crashes, restarts, turns read-only, stalls and fails at commit meanwhile: whatever was answered 200 is stored, and
# whatever was sent is stored once.
use strict;
use warnings;
use Digest::SHA qw(hmac_sha256_hex sha256_hex);
use FindBin;
use lib $FindBin::RealBin;
use List::Util qw(shuffle);
use POSIX ();
use PostgreSQL::Test::Utils;
use Test::More;
use ProxyHarness qw(start_proxy stop_proxy wait_until wait_until_healthy connect_to send_raw read_response webhook stdout_of);
use WorkerTest qw(set_up body_of);

my $path = '/api/webhooks/calcom';
my $seed = $ENV{CALCOM_TEST_SEED} // time;
note("CALCOM_TEST_SEED=$seed");
srand $seed;

my $node = WorkerTest::start_cluster('restarts', conf => "restart_after_crash = on\n");
set_up($node, 'postgres');
$node->safe_psql('postgres', 'create role proxy login in role calcom_ingester');
my $address = 'host=' . $node->host . ' port=' . $node->port . ' dbname=postgres user=proxy';
my $proxy = start_proxy({ DATABASE_URL => $address, CALCOM_PROXY_SCHEMA => '' }, qw(--database-timeout 1 --pool 3));
my $reports = $node->basedir;
my $enough = "$reports/enough";

# Delivers its own bodies until there is enough, some of them once more, and writes one line an answer.
sub client {
	my ($own) = @_;
	srand $seed + $own;
	open my $report, '>>', "$reports/client_$own" or die $!;
	$report->autoflush(1);
	my $connection;
	for (my $number = 1; !-e $enough; $number++) {
		my $body = body_of("$own-$number", "person-$own-$number\@example.com");
		my $request = webhook($path, $body, 'X-Cal-Signature-256: ' . hmac_sha256_hex($body, 'hook-secret'));
		my $repeats = rand() < 0.2 ? 2 : 1;
		while ($repeats > 0) {
			$connection //= connect_to($proxy);
			send_raw($connection, $request);
			my $response = eval { read_response($connection) };
			undef $connection if !$response || ($response->{headers}{connection} // '') eq 'close';
			my $status = $response ? $response->{status} : 'none';
			my ($outcome, $event) = ($response ? $response->{body} : '') =~ /"outcome":"(\w+)","event_id":"([^"]+)"/;
			print $report join(' ', sha256_hex($body), $status, $outcome // '-', $event // '-'), "\n";
			$status eq '200' ? $repeats-- : select undef, undef, undef, 0.02;    # polls the database through the proxy
		}
	}
}

my @clients = map {
	my $own = $_;
	my $pid = fork // die $!;
	if ($pid == 0) {
		my $done = eval { client($own); 1 };
		print STDERR $@ unless $done;
		POSIX::_exit($done ? 0 : 1);
	}
	$pid;
} 1 .. 5;

sub answers { return map { split /\n/, slurp_file($_) } glob "$reports/client_*" }
sub answered { my ($status) = @_; return scalar grep { / $status / } answers() }
sub backends {
	return split /\n/, $node->safe_psql('postgres', q{select pid from pg_stat_activity where application_name = 'calcom-proxy'});
}

# Until some more have had this answer.
sub flows {
	my ($status, $count) = @_;
	my $before = answered($status);
	return wait_until("$count more are answered $status", sub { answered($status) >= $before + $count });
}

my %trouble = (
	'a crash of the server' => sub { $node->stop('immediate'); flows(503, 5); $node->start },
	'a restart' => sub { $node->restart },
	'terminated connections' => sub {
		for (1 .. 10) {
			$node->safe_psql('postgres', qq{select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'calcom-proxy'});
			flows(200, 5);
		}
	},
	'a backend that is killed' => sub {
		my ($backend) = shuffle(backends());
		kill 'KILL', $backend;
		# A psql that is refused before it has read its input is an exception, too.
		wait_until('the server is up again', sub { eval { !grep { $_ == $backend } backends() } });
	},
	'a backend that no longer answers' => sub {
		my ($backend) = shuffle(backends());
		kill 'STOP', $backend;
		flows(503, 1);
		kill 'CONT', $backend;
	},
	'every backend that no longer answers' => sub {
		my @stopped = backends();
		kill 'STOP', @stopped;
		flows(503, 5);
		kill 'CONT', @stopped;
	},
	'a server that turns read-only' => sub {
		$node->safe_psql('postgres', $_) for 'alter system set default_transaction_read_only = on', 'select pg_reload_conf()';
		flows(503, 5);
		$node->safe_psql('postgres', $_) for 'set default_transaction_read_only = off; alter system reset default_transaction_read_only', 'select pg_reload_conf()';
	},
	'commits that fail' => sub {
		$node->safe_psql('postgres', q{
			create function fail_sometimes() returns trigger language plpgsql as $$
			begin if random() < 0.3 then raise exception 'not now' using errcode = '40001'; end if; return null; end $$;
			create constraint trigger fail_sometimes after insert on calcom_events deferrable initially deferred
				for each row execute function fail_sometimes()});
		flows(503, 20);
		$node->safe_psql('postgres', 'drop function fail_sometimes cascade');
	},
	'a table that is locked for too long' => sub {
		my $holder = $node->background_psql('postgres');
		$holder->query_safe('begin; lock table calcom_events in access exclusive mode');
		flows(503, 5);
		$holder->quit;
	},
);

for my $name (shuffle(sort keys %trouble)) {
	flows(200, 20);
	$trouble{$name}->();
	wait_until_healthy($proxy);
	ok(flows(200, 20), "deliveries pass again after $name");
}

append_to_file($enough, '');
for my $client (@clients) {
	waitpid $client, 0;
	is($?, 0, 'a client ends when there is enough');
}

my (%event, %status, %outcome);
for (answers()) {
	my ($digest, $status, $outcome, $event) = split / /;
	$status{$status}++;
	next unless $status eq '200';
	$outcome{$outcome}++;
	$event{$digest}{$event}++;
}
note(join ', ', map { "$status{$_} answers $_" } sort keys %status);
note(join ', ', map { "$outcome{$_} $_" } sort keys %outcome);
is(join(' ', sort keys %status), '200 503', 'whatever happens, a client gets 200 or 503');
cmp_ok($outcome{duplicate} // 0, '>', 0, 'some were repeated');
is(join(' ', grep { keys %{ $event{$_} } > 1 } keys %event), '', 'the same delivery is the same event each time');

my %stored;
$stored{$_}++ for split /\n/, $node->safe_psql('postgres', q{select encode(sha256(calcom_event_body(id)), 'hex') from calcom_events});
is(scalar(grep { !$stored{$_} } keys %event), 0, 'whatever was answered 200 is stored');
is(scalar(grep { $stored{$_} > 1 } keys %stored), 0, 'once');
is(scalar keys %stored, scalar keys %event, 'and nothing else is');
is($node->safe_psql('postgres', 'select count(*) from bookings'), scalar keys %event, 'and each is merged into its booking');
is(stop_proxy($proxy), 0, 'the proxy ends cleanly');
$node->stop;
done_testing();
