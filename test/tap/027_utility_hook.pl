# The ProcessUtility hook reads nothing of the parse tree after the command: a module that overwrites the tree crashes a
# hook that does. The worker is woken after the commands that concern it, and not after those that fail.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use WorkerTest;

my $module = PostgreSQL::Test::Utils::tempdir() . '/freed_tree.so';
my $pg_config = $ENV{PG_CONFIG} || 'pg_config';
run_log([ 'make', '-s', '-C', "$FindBin::RealBin/../border", 'freed-tree-module', "MODULE=$module", "PG_CONFIG=$pg_config" ])
  or BAIL_OUT('the module does not build');

my $node = start_cluster('hook', preload => "$module, calcom",
  conf => "calcom.worker_linger = 0\nmax_prepared_transactions = 5\n");
my $started = $node->safe_psql('postgres', 'select pg_postmaster_start_time()');
set_up($node, 'postgres');
set_up($node, 'other');
$node->safe_psql('postgres', <<'SQL');
create function mail(key text) returns void language sql as $$
  insert into email_outbox (account, kind, booking_uid, recipient, obligation_key)
  values ('default', 'confirmation', 'no such booking', 'ada@example.com', key) $$;
create procedure mail_and_commit(key text) language plpgsql as $$ begin perform mail(key); commit; end $$;
SQL

# The mail of a booking that does not exist is skipped as soon as the worker looks at it.
sub handled {
  my ($key, $what) = @_;
  ok($node->poll_query_until('postgres', "select state = 'skipped' from email_outbox where obligation_key = '$key'"), $what);
}

$node->safe_psql('postgres', "call mail_and_commit('call')");
handled('call', 'a procedure with COMMIT wakes the worker');
$node->safe_psql('postgres', q{do $$ begin perform mail('do'); end $$});
handled('do', 'a DO block wakes the worker');
$node->safe_psql('postgres', q{do $$ begin perform mail('do commit'); commit; perform mail('undone'); rollback; end $$});
handled('do commit', 'a DO block with COMMIT and ROLLBACK wakes the worker');
$node->safe_psql('postgres', q{begin; select mail('undone'); rollback});
is($node->safe_psql('postgres', q{select count(*) from email_outbox where obligation_key = 'undone'}), '0', 'nothing of a ROLLBACK stays');
$node->safe_psql('postgres', q{begin; select mail('prepared'); prepare transaction 'p'});
$node->safe_psql('postgres', q{commit prepared 'p'});
handled('prepared', 'COMMIT PREPARED wakes the worker');

# The server itself frees the tree here: the block drops its own prepared statement, and its ROLLBACK releases the plan.
my $script = PostgreSQL::Test::Utils::tempdir() . '/script';
append_to_file($script, "do \$\$ begin perform mail('freed'); commit; execute 'deallocate all'; rollback; end \$\$;\nrollback;\n");
command_ok([ 'pgbench', '-n', '-M', 'prepared', '-t', '1', '-f', $script, '-d', $node->connstr('postgres') ],
  'a DO block that frees its own parse tree');
handled('freed', 'and what it committed wakes the worker');

$node->safe_psql('postgres', 'alter database other reset calcom.worker');
$node->safe_psql('postgres', 'alter database other set calcom.worker = on');
$node->safe_psql('postgres', 'alter database other reset all');
$node->safe_psql('postgres', 'alter database other set calcom.worker = on');

# A command that fails wakes nobody.
for ([ q{commit prepared 'unknown'}, qr/does not exist/ ], [ 'drop database unknown', qr/does not exist/ ],
  [ 'drop extension unknown', qr/does not exist/ ], [ 'alter database unknown set calcom.worker = on', qr/does not exist/ ]) {
  my ($sql, $error) = @$_;
  my ($code, $out, $err) = $node->psql('postgres', $sql);
  like($err, $error, "$sql: the error reaches the client");
}
for my $sql (q{commit prepared 'raised'}, 'drop extension if exists pg_trgm', 'alter database other set calcom.worker = on',
  q{do $$ begin perform mail('rolled back'); end $$}, q{call mail_and_commit('raised, committed')}) {
  $node->safe_psql('postgres', q{begin; select mail('raised'); prepare transaction 'raised'}) if $sql =~ /prepared/;
  my ($code, $out, $err) = $node->psql('postgres', $sql, connstr => $node->connstr('postgres') . ' application_name=raise');
  like($err, qr/raised by the next hook/, "$sql: an error of the next hook reaches the client");
}
is($node->safe_psql('postgres', q{select count(*) from email_outbox where obligation_key = 'rolled back'}), '0',
  'what the error rolled back is not there');
handled('raised, committed', 'what was committed before the error wakes the worker');
book($node, 'postgres', 'last', 'ada@example.com');
ok(state_becomes($node, 'postgres', 'last', 'captured'), 'a delivery afterwards has its mail');

is($node->safe_psql('postgres', 'select pg_postmaster_start_time()'), $started, 'the server was never restarted');
unlike(slurp_file($node->logfile), qr/terminated by signal|PANIC|was terminated|reinitializing/, 'no process died');
$node->stop;
done_testing();
