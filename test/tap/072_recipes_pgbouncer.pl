# docs/recipes/pgbouncer: calcom-proxy and plain SQL through PgBouncer in transaction mode, whose server sessions change
# hands after each transaction.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use POSIX ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use WaitUntil;
use Test::More;
use Deliveries;
use DirectRoute;
use WorkerTest;

my $pgbouncer = program('pgbouncer') or BAIL_OUT('pgbouncer is not here: tools/dependencies.sh test brings it');
my $node = start_cluster('pooled');
set_up($node, 'app');
$node->safe_psql('app', q{create role calcom_proxy login password 'proxy-password' in role calcom_ingester;
	create role app_user login password 'user-password'; create role visitor;
	grant visitor to app_user; select calcom_trust_claims('visitor')});
my $directory = PostgreSQL::Test::Utils::tempdir();
my $port = free_port();
# Passwords are asked for on both sides: PgBouncer has the same secrets as the server.
append_to_file("$directory/userlist.txt", $node->safe_psql('app', q{select format('"%s" "%s"', rolname, rolpassword) from pg_authid where rolpassword is not null}) . "\n");
my $access = $node->data_dir . '/pg_hba.conf';
my $trust = slurp_file($access);
unlink $access;
append_to_file($access, "local all calcom_proxy,app_user scram-sha-256\n$trust");
$node->reload;
append_to_file("$directory/pgbouncer.ini", recipe('pgbouncer/pgbouncer.ini',
		[ 'host=127.0.0.1 port=5432', 'host=' . $node->host . ' port=' . $node->port ], [ 'listen_port = 6432', "listen_port = $port" ],
		[ '/etc/pgbouncer/userlist.txt', "$directory/userlist.txt" ]));
# Its timeout is another, to distinguish it from the proxy's own setting.
sub run_roles {
	my ($timeout) = @_;
	append_to_file("$directory/roles-$timeout.sql", recipe('pgbouncer/roles.sql', [ q{'8s'}, "'$timeout'" ]));
	return $node->command_ok([ 'psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('app'), '-f', "$directory/roles-$timeout.sql" ], "roles.sql runs, with $timeout");
}
run_roles('60s');
my $pooler = start_daemon($port, $pgbouncer, "$directory/pgbouncer.ini");
my $through = "host=127.0.0.1 port=$port dbname=app";

# SQL through the pooler; one call, one client.
sub pooled {
	my ($sql, $user) = @_;
	local $ENV{PGPASSWORD} = 'user-password';
	my ($out, $err) = ('', '');
	IPC::Run::run([ 'psql', '-XqAt', '-v', 'ON_ERROR_STOP=1', '-d', "$through user=app_user" ], '<', \$sql, '>', \$out, '2>', \$err) or return $err;
	chomp $out;
	return $out;
}

# ---- the proxy through it ---------------------------------------------------------------------------------------------
local $ENV{PGPASSWORD} = 'proxy-password';
my $proxy = start_calcom_proxy("$through user=calcom_proxy");
my $url = "$proxy->{url}/api/webhooks/calcom";
my @wrong;
for my $name (fixture_names()) {
	my $body = fixture($name);
	my $answer = post_to($url, $body);
	my ($id) = $answer->{content} =~ /"event_id":"([0-9a-f-]{36})"/;
	push @wrong, "$name: $answer->{status} $answer->{content}" unless $id
	  && $node->safe_psql('app', "select encode(calcom_event_body('$id'), 'hex')") eq unpack 'H*', $body;
}
is_deeply(\@wrong, [], 'every captured body arrives byte for byte');
my $ping = '{"triggerEvent":"PING","payload":{}}';
is(post_to($url, $ping, signed_headers($ping, 'wrong'))->{status}, 401, 'forged');
my @children = map {
	my $n = $_;
	my $pid = fork // die $!;
	POSIX::_exit(grep({ post_to($url, body_of("pooled-$n-$_", 'ada@example.com'))->{status} != 200 } 1 .. 10) ? 1 : 0) if $pid == 0;
	$pid
} 1 .. 6;
my $failed = grep { waitpid($_, 0) && $? } @children;
is($failed, 0, 'sixty at once are answered with 200');
is($node->safe_psql('app', q{select count(*) from bookings where uid like 'pooled-%'}), '60', 'and are there');
is($node->safe_psql('app', q{select distinct application_name from pg_stat_activity where usename = 'calcom_proxy'}), 'calcom-proxy',
	'in sessions that are called calcom-proxy');

# The timeout is there in every session, also in one that the proxy has not introduced itself to.
run_roles('1s');
$node->safe_psql('app', q{select pg_terminate_backend(pid, 10000) from pg_stat_activity where usename = 'calcom_proxy'});
my $lock = $node->background_psql('app');
$lock->query_safe('begin; lock table calcom_events in access exclusive mode');
my $late = post_to($url, '{"triggerEvent":"PING","payload":{"n":1}}');
is($late->{status}, 503, 'a delivery that hangs is answered with 503');
$lock->query_safe('commit');
$lock->quit;
like(slurp_file($node->logfile), qr/ERROR:  canceling statement due to statement timeout/, 'by the timeout of the role');
run_roles('60s');
$node->safe_psql('app', q{select pg_terminate_backend(pid, 10000) from pg_stat_activity where usename = 'calcom_proxy'});

# ---- plain SQL through it ---------------------------------------------------------------------------------------------
$node->safe_psql('app', 'grant calcom_ingester, calcom_reader to app_user');
my $secret = q{'hook-secret'};
is(pooled(qq{select outcome from calcom_ingest('{"triggerEvent":"PING","payload":{"n":2}}', calcom_sign('{"triggerEvent":"PING","payload":{"n":2}}', $secret))}), 'ignored', 'calcom_ingest');
is(pooled(qq{select item, outcome from calcom_ingest_batch(array['{"n":3}'::bytea, '{"n":4}'], array[calcom_sign('{"n":3}'::bytea, $secret), 'forged'], array['default', 'default'])}),
	"1|dead\n2|refused", 'calcom_ingest_batch');
my $mine = q{begin; set local role visitor; select set_config('request.jwt.claims', '{"email":"zoe@studio.example"}', true) is null; select count(*) > 0 from bookings; commit;};
is(pooled($mine . q{select coalesce(nullif(current_setting('request.jwt.claims', true), ''), 'none'), current_user}), "f\nt\nnone|app_user",
	'claims and role, set for one transaction, are gone after it');

# ---- what goes away and comes back ------------------------------------------------------------------------------------
$node->stop;
my $answer = post_to($url, $ping);
is("$answer->{status} $answer->{headers}{'retry-after'}", '503 5', 'without the database: 503 with Retry-After');
$node->start;
sub answers_again { return wait_until('a delivery is stored', sub { post_to($url, $ping)->{status} == 200 }) }
ok(answers_again(), 'with it again: 200');
stop_program($pooler);
is(post_to($url, $ping)->{status}, 503, 'without the pooler: 503');
$pooler = start_daemon($port, $pgbouncer, "$directory/pgbouncer.ini");
ok(answers_again(), 'with it again: 200');
stop_program($_) for $proxy, $pooler;
$node->stop;
done_testing();
