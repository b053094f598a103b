# The border between C++ and the server: whatever goes wrong on either side, the client gets the right error, every
# destructor runs, nothing grows, and the backend goes on; a cancel in the middle of a delivery reaches the client.
use strict;
use warnings;
use FindBin;
use IPC::Run ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $module = PostgreSQL::Test::Utils::tempdir() . '/border.so';
my $pg_config = $ENV{PG_CONFIG} || 'pg_config';
run_log([ 'make', '-s', '-C', "$FindBin::RealBin/../border", 'border-module', "MODULE=$module", "PG_CONFIG=$pg_config" ])
	or BAIL_OUT('the module does not build');

my $node = PostgreSQL::Test::Cluster->new('border');
$node->init;
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'calcom'\nmax_prepared_transactions = 0\n");
$node->start;
my $started = $node->safe_psql('postgres', 'select pg_postmaster_start_time()');
$node->safe_psql('postgres', <<"SQL");
create function misbehave(how text) returns text language c strict as '$module', 'border_misbehave';
create function consume(how text) returns text language c strict as '$module', 'border_consume';
create function consume_many(how text, n int) returns bigint language c strict as '$module', 'border_consume_many';
create function border_sleep(seconds float8) returns text language c strict as '$module', 'border_sleep';
create function alive() returns bigint language c as '$module', 'border_alive';
create function resident() returns bigint language sql as
  \$\$ select split_part(pg_read_file('/proc/self/statm', 0, 100), ' ', 2)::bigint * 4096 \$\$;
create function in_contexts() returns bigint language sql as
  \$\$ select sum(total_bytes)::bigint from pg_backend_memory_contexts where name not like 'Message%' \$\$;
create function many(how text, n int) returns text language plpgsql as \$\$
declare failed int := 0; state text; states text[] := '{}';
begin
  for i in 1..n loop
    begin
      perform misbehave(how);
    exception when others then
      failed := failed + 1;
      if not sqlstate = any(states) then states := states || sqlstate::text; end if;
    end;
  end loop;
  return failed || ' ' || states::text;
end \$\$;
SQL

# What a client sees, in one session; \echo tells that the session goes on and that nothing is left alive.
sub session {
	my (@statements) = @_;
	my $sql = join "\n", '\set VERBOSITY verbose', '\set SHOW_CONTEXT always',
		(map { "$_;" } @statements), "select 'alive ' || alive() || ', backend ' || (pg_backend_pid() = :pid)::text;";
	my ($out, $err) = ('', '');
	IPC::Run::run([ 'psql', '-XAtq', '-d', $node->connstr('postgres') ],
		'<', \("select pg_backend_pid() as pid \\gset\n$sql\n"), '>', \$out, '2>', \$err);
	return ($out, $err);
}

my %expected = (
	'bad_alloc' => [ qr/ERROR:  53200: out of memory/ ],
	'huge allocation' => [ qr/ERROR:  53200: out of memory/ ],
	'runtime_error' => [ qr/ERROR:  XX000: a surprise: 100% of %s\nDETAIL:  An unexpected C\+\+ exception reached the border/ ],
	'number' => [ qr/ERROR:  XX000: unknown C\+\+ exception/ ],
	'ereport' => [ qr/ERROR:  22012: raised by the server\nDETAIL:  A detail\.\nHINT:  A hint\.\nCONTEXT:  a context/ ],
	'division' => [ qr/ERROR:  22012: division by zero/ ],
	'palloc' => [ qr/ERROR:  XX000: invalid memory alloc request size 1073741824/ ],
	'SqlError' => [ qr/ERROR:  KC999: ours\nDETAIL:  The detail of 100%\.\nHINT:  The hint of %s\./ ],
	# Cut to what is carried over the border, by whole characters (these take two bytes).
	'SqlError, long' => [ qr/ERROR:  XX000: x(?:\xC5\xBC){255}\nDETAIL:  (?:\xC5\xBC){511}\nHINT:  (?:\xC5\xBC){511}\n/ ],
	'exception inside call' => [ qr/ERROR:  XX000: thrown inside call/ ],
	'nested call' => [ qr/ERROR:  42P01: raised by the server\nDETAIL:  A detail\./ ],
	'call after call' => [ qr/ERROR:  42883: after 22012/ ],
);
for my $how (sort keys %expected) {
	my ($out, $err) = session("select misbehave('$how')");
	like($err, $expected{$how}[0], "$how: the client gets the error");
	is($out, "alive 0, backend true\n", "$how: every destructor ran, the backend goes on");
}
is((session("select misbehave('nothing')"))[0], "it went well\nalive 0, backend true\n", 'nothing wrong: the result');

# In a transaction the caller's savepoint is what is rolled back, no more.
is((session('begin', 'create table kept (id int)', 'savepoint s', "select misbehave('number')", 'rollback to s',
	'insert into kept values (7)', 'commit', 'select id from kept'))[0], "7\nalive 0, backend true\n", 'a savepoint survives');

# A subtransaction consumes errors, restores context and owner, and the caller goes on.
for ([ 'nothing', 'committed' ], [ 'division', '22012 division by zero' ], [ 'ereport', '22012 raised by the server' ],
	[ 'SqlError', 'KC999 ours' ], [ 'bad_alloc', '53200 out of memory' ], [ 'nested call', '42P01 raised by the server' ]) {
	my ($how, $expected) = @$_;
	is((session("select consume('$how')", "select 1 / 1"))[0], "$expected\n1\nalive 0, backend true\n", "consumed: $how");
}
# Never a cancel, and never what nobody foresaw.
for ([ 'cancel', qr/ERROR:  57014/ ], [ 'number', qr/ERROR:  XX000/ ], [ 'runtime_error', qr/ERROR:  XX000: a surprise/ ]) {
	my ($how, $error) = @$_;
	my ($out, $err) = session("select consume('$how')");
	like($err, $error, "not consumed: $how");
	is($out, "alive 0, backend true\n", "not consumed: $how: the backend goes on");
}
my ($out, $err) = session("set statement_timeout = '100ms'", 'select border_sleep(600)', 'reset statement_timeout');
like($err, qr/ERROR:  57014: canceling statement due to statement timeout/, 'a real timeout below a subtransaction is not consumed');
is($out, "alive 0, backend true\n", 'and the backend goes on');

# Ten thousand times, and nothing grows. The first thousand warm the allocator up.
for my $how ('bad_alloc', 'runtime_error', 'number', 'ereport', 'SqlError', 'nested call') {
	my $measure = 'select resident() as resident, in_contexts() as contexts \gset';
	my ($grown) = session("select many('$how', 1000) is null as warm \\gset\nselect 1 as one \\gset\n$measure\n"
		. "select many('$how', 10000)", 'select resident() - :resident < 1000000, in_contexts() - :contexts < 100000',
		'select resident() - :resident, in_contexts() - :contexts');
	my ($states, $bounded, $figures) = split /\n/, $grown;
	like($states, qr/^10000 \{\w{5}\}$/, "$how, 10,000 times: always the same error");
	is($bounded, 't|t', "$how, 10,000 times: nothing grows");
	note("$how: grown by resident|contexts = $figures bytes");
	like($grown, qr/alive 0, backend true\n\z/, "$how, 10,000 times: nothing is left alive");
}
my ($many) = session("select consume_many('division', 10000)", "select consume_many('SqlError', 10000)");
is($many, "10000\n10000\nalive 0, backend true\n", '10,000 subtransactions in one call');

# A delivery that waits for a booking is cancelled, times out, or loses its server process: it gets an error, and nothing is stored.
$node->safe_psql('postgres', 'create extension calcom');
$node->safe_psql('postgres', 'select from calcom_setup()');
my $body = '{"triggerEvent":"BOOKING_%s","createdAt":"2026-11-01T00:00:00Z","payload":{"uid":"held","status":"ACCEPTED","startTime":"2096-01-01T10:00:00Z"}}';
my $deliver = sub { my $text = sprintf $body, shift; "select outcome from calcom_ingest('$text'::text, calcom_sign('$text'::text, 'secret'))" };
$node->safe_psql('postgres', "select calcom_set_secret('default', 'webhook', 'secret')");
is($node->safe_psql('postgres', $deliver->('CREATED')), 'applied', 'a booking is there');

sub start_session {
	my ($name, @statements) = @_;
	my $session = { out => '', err => '' };
	$session->{run} = IPC::Run::start([ 'psql', '-XAtq', '-v', 'VERBOSITY=verbose', (map { ('-c', $_) } @statements),
		'-d', $node->connstr('postgres') . " application_name=$name" ], '>', \$session->{out}, '2>', \$session->{err});
	return $session;
}
my $holder = start_session('holder', 'begin', "select from bookings where uid = 'held' for update", 'select border_sleep(3600)');
ok($node->poll_query_until('postgres', "select wait_event = 'PgSleep' from pg_stat_activity where application_name = 'holder'"),
	'somebody holds the booking');
my $waiting = "select count(*) = 1 from pg_stat_activity where application_name = 'waiter' and wait_event_type = 'Lock'";
for ([ 'is cancelled', 'pg_cancel_backend', qr/ERROR:  57014: canceling statement due to user request/ ],
	[ 'is terminated', 'pg_terminate_backend', qr/57P01: terminating connection due to administrator command/ ]) {
	my ($what, $function, $error) = @$_;
	my $waiter = start_session('waiter', "set calcom.merge_lock_timeout = '60s'", $deliver->('CANCELLED'));
	ok($node->poll_query_until('postgres', $waiting), 'a delivery waits for it');
	$node->safe_psql('postgres', "select $function(pid) from pg_stat_activity where application_name = 'waiter'");
	$waiter->{run}->finish;
	like($waiter->{err}, $error, "it $what, and the client gets the error");
	is($waiter->{out}, '', "it $what, and has no outcome");
}
my $slow = start_session('waiter', "set calcom.merge_lock_timeout = '60s'", "set statement_timeout = '300ms'", $deliver->('CANCELLED'));
$slow->{run}->finish;
like($slow->{err}, qr/ERROR:  57014: canceling statement due to statement timeout/, 'statement_timeout reaches the client');
is($node->safe_psql('postgres', 'select (select count(*) from calcom_events), (select count(*) from calcom_event_digests),
	(select status from bookings)'), '1|1|accepted', 'nothing of the cancelled deliveries is stored');
is($node->safe_psql('postgres', $deliver->('CANCELLED')), 'deferred', 'delivered again while the booking is held: deferred');
$node->safe_psql('postgres', "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'holder'");
$holder->{run}->finish;
ok($node->poll_query_until('postgres', "select status = 'cancelled' from bookings"), 'and merged by the worker when it is free');

is($node->safe_psql('postgres', 'select pg_postmaster_start_time()'), $started, 'the server was never restarted');
unlike(slurp_file($node->logfile), qr/terminated by signal|PANIC|was terminated|reinitializing/, 'no process died');
$node->stop;
done_testing();
