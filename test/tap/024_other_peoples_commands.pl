# A DBA's commands do not wait for the worker: DROP DATABASE, templates, renames, a fast stop with answers outstanding.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time);
use WorkerTest;

my $resend = start_resend();
# A worker that would not make way lingers, and the provider hangs, for longer than any command here waits.
my $hang = 120;
my $node = start_cluster('commands', conf => "calcom.resend_url = '$resend->{url}'\ncalcom.worker_linger = 1h\ncalcom.http_timeout = ${hang}s\n");

# The server gives these commands five seconds to find the database free of others, and then refuses them.
sub passes {
	my ($sql, $what) = @_;
	my $before = time;
	my ($code, $out, $error) = $node->psql('postgres', $sql);
	is($error, '', "$what succeeds");
	note(sprintf '%s took %.3f s', $what, time - $before);
}

sub drained {
	my ($database, $uid) = @_;
	book($node, $database, $uid, 'ada@example.com');
	state_becomes($node, $database, $uid, 'captured') or die 'not captured';
	ok(worker_pid($node, $database), "a worker lingers in $database");
}

set_up($node, 'one');
drained('one', 'a');
passes('create database two template one', 'CREATE DATABASE TEMPLATE');
drained('one', 'b');
passes('alter database one rename to uno', 'RENAME');
drained('uno', 'c');
passes('drop database uno', 'DROP DATABASE');

# With a request in flight the worker leaves it behind.
set_up($node, 'busy');
go_live($node, 'busy');
script($resend, { do => 'hang', repeat => \1 });
book($node, 'busy', 'x', 'ada@example.com');
wait_for_mails($resend, requests => 1);
passes('drop database busy', 'DROP DATABASE while answers hang');

# COMMIT PREPARED fires no commit callback.
$node->append_conf('postgresql.conf', "max_prepared_transactions = 5\n");
$node->restart;
set_up($node, 'postgres');
book($node, 'postgres', 'p', 'ada@example.com');
state_becomes($node, 'postgres', 'p', 'captured');
$node->safe_psql('postgres', "begin; insert into email_outbox (account, kind, booking_uid, recipient, obligation_key)
	values ('default', 'confirmation', 'p', 'ada\@example.com', 'prepared'); prepare transaction 'p'");
$node->safe_psql('postgres', "commit prepared 'p'");
ok($node->poll_query_until('postgres', "select state = 'captured' from email_outbox where obligation_key = 'prepared'"),
	'COMMIT PREPARED wakes the worker');

# A whole delivery, prepared, with a restart before its commit; and one in a subtransaction that is taken back.
sub delivery { my ($uid) = @_; my $body = body_of($uid, "$uid\@example.com"); return "select outcome from calcom_ingest(\$b\$$body\$b\$, calcom_sign(\$b\$$body\$b\$, 'hook-secret'))" }
$node->safe_psql('postgres', 'begin; ' . delivery('two-phases') . "; prepare transaction 'd'");
is($node->safe_psql('postgres', 'begin; savepoint s; ' . delivery('undone') . '; rollback to s; ' . delivery('done') . '; commit'), "applied\napplied",
	'deliveries in a prepared transaction and in a subtransaction');
ok(state_becomes($node, 'postgres', 'done', 'captured'), 'what was committed has its mail');
$node->restart;
is($node->safe_psql('postgres', "select count(*) from email_outbox where booking_uid in ('undone', 'two-phases')"), '0', 'what was not has none');
$node->safe_psql('postgres', "commit prepared 'd'");
ok(state_becomes($node, 'postgres', 'two-phases', 'captured'), 'what is committed after a restart has it then');

# A fast stop while answers hang.
go_live($node, 'postgres');
WorkerTest::call($resend, 'POST', '/__reset');
script($resend, { do => 'hang', repeat => \1 });
book($node, 'postgres', 'hanging', 'ada@example.com');
wait_for_mails($resend, requests => 1);
my $before = time;
$node->stop('fast');
cmp_ok(time - $before, '<', $hang / 2, 'a fast stop does not wait for the provider');
WorkerTest::call($resend, 'POST', '/__reset');
$node->start;
ok(state_becomes($node, 'postgres', 'hanging', 'sent'), 'after the start the mail is sent');
is(scalar @{ mails($resend) }, 1, 'once');

# No room for a worker: said once, with what to do; deliveries are taken all the same.
$node->append_conf('postgresql.conf', "max_worker_processes = 1\nmax_logical_replication_workers = 0\n");
$node->restart;
is(book($node, 'postgres', 'still', 'ada@example.com'), 'applied', 'no process slot: deliveries are taken');
$node->wait_for_log(qr/no background worker slot is free, mail waits.*HINT:  Raise max_worker_processes/s);
$node->append_conf('postgresql.conf', "max_worker_processes = 2\n");
$node->restart;
ok(state_becomes($node, 'postgres', 'still', 'sent'), 'two process slots are enough for one database');
my @warnings = slurp_file($node->logfile) =~ /no background worker slot is free/g;
is(scalar @warnings, 1, 'the warning was given once');

$node->stop;
$resend->{harness}->kill_kill;
done_testing();
