# Without anything but calcom_setup(), mail is rendered and kept within moments, and never sent. The worker comes when
# it is needed and goes when it is not.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use WorkerTest;

my $node = start_cluster('test_mode', conf => "calcom.worker_linger = 2s\n");
set_up($node, 'postgres');
is(book($node, 'postgres', 'uid-1', 'ada@example.com'), 'applied', 'a delivery is applied');
ok(state_becomes($node, 'postgres', 'uid-1', 'captured'), 'its mail is captured');
like($node->safe_psql('postgres', "select subject || request from email_outbox where booking_uid = 'uid-1'"),
	qr/Confirmed.*"to":\["ada\@example\.com"\].*outbox_id/, 'rendered for the recipient');
is($node->safe_psql('postgres', "select attempts, first_attempt_at is null, provider_id is null, settled_at is not null
	from email_outbox"), '0|t|t|t', 'nothing was attempted');

is($node->safe_psql('postgres', "select backend_type, application_name, datname, state, wait_event_type
	from pg_stat_activity where backend_type = 'calcom worker'"),
	'calcom worker|calcom worker|postgres|idle|Extension', 'the lingering worker is visible and idle');
ok($node->poll_query_until('postgres', "select count(*) = 0 from pg_stat_activity where backend_type = 'calcom worker'"),
	'an idle worker leaves');
is($node->safe_psql('postgres', "select count(*) from pg_locks where locktype = 'advisory'"), '0', 'and its lock is gone');

$node->safe_psql('postgres', "insert into email_outbox (account, kind, booking_uid, recipient, obligation_key)
	values ('default', 'confirmation', 'uid-1', 'ada\@example.com', 'by hand'),
	       ('default', 'confirmation', 'nowhere', 'ada\@example.com', 'by hand, no booking')");
ok($node->poll_query_until('postgres', "select state = 'captured' from email_outbox where obligation_key = 'by hand'"),
	'plain SQL wakes the worker as well');
is($node->safe_psql('postgres', "select state, reason from email_outbox where booking_uid = 'nowhere'"),
	'skipped|no such booking', 'a mail about nothing is skipped');

my $due = $node->safe_psql('postgres', "insert into email_outbox
	(account, kind, booking_uid, recipient, obligation_key, send_after)
	values ('default', 'confirmation', 'uid-1', 'ada\@example.com', 'later', now() + interval '4 s') returning id");
ok($node->poll_query_until('postgres', "select state = 'captured' and settled_at >= send_after from email_outbox
	where obligation_key = 'later'"), 'a mail of later goes at its time, not before, worker or no worker');

$node->safe_psql('postgres', "begin; insert into email_outbox (account, kind, booking_uid, recipient, obligation_key)
	values ('default', 'confirmation', 'uid-1', 'ada\@example.com', 'rolled back'); rollback");
is(book($node, 'postgres', 'uid-1', 'ada@example.com', 'BOOKING_CANCELLED'), 'applied', 'the booking is cancelled');
$node->safe_psql('postgres', "insert into email_outbox (account, kind, booking_uid, recipient, obligation_key)
	values ('default', 'confirmation', 'uid-1', 'ada\@example.com', 'untrue')");
ok($node->poll_query_until('postgres', "select state = 'skipped' and reason is not null from email_outbox
	where obligation_key = 'untrue'"), 'a mail that is no longer true is skipped with the reason');

# A delivery that met a locked booking is merged by the worker once the lock is gone.
book($node, 'postgres', 'uid-locked', 'ada@example.com');
ok(state_becomes($node, 'postgres', 'uid-locked', 'captured'), 'a booking');
my $other = $node->background_psql('postgres');
$other->query_safe("begin; select 1 from bookings where uid = 'uid-locked' for update");
is(book($node, 'postgres', 'uid-locked', 'ada@example.com', 'BOOKING_CANCELLED'), 'deferred', 'a delivery is deferred');
$other->query_safe('commit');
$other->quit;
ok($node->poll_query_until('postgres', "select status = 'cancelled' from bookings where uid = 'uid-locked'"),
	'and merged by the worker');
ok($node->poll_query_until('postgres', "select state = 'captured' from email_outbox
	where booking_uid = 'uid-locked' and kind = 'cancellation'"), 'and its mail is made');

# Read-only, as failover managers make a server for a while: quiet, and nothing is overridden.
$node->safe_psql('postgres', 'alter system set default_transaction_read_only = on');
$node->reload;
ok($node->poll_query_until('postgres', "select current_setting('default_transaction_read_only') = 'on'"), 'read-only');
$node->safe_psql('postgres', "set default_transaction_read_only = off; insert into email_outbox
	(account, kind, booking_uid, recipient, obligation_key)
	values ('default', 'confirmation', 'uid-1', 'ada\@example.com', 'read-only')");
ok($node->poll_query_until('postgres', "select count(*) = 0 from pg_stat_activity where backend_type = 'calcom worker'"),
	'the worker goes');
is($node->safe_psql('postgres', "select state from email_outbox where obligation_key = 'read-only'"), 'queued', 'mail waits');
$node->safe_psql('postgres', 'set default_transaction_read_only = off; alter system reset default_transaction_read_only');
$node->reload;
ok($node->poll_query_until('postgres', "select state = 'skipped' from email_outbox where obligation_key = 'read-only'"),
	'and is looked at when the server can be written again');

# Two databases, each with its own worker.
set_up($node, 'second');
book($node, 'second', 'uid-2', 'bob@example.com');
ok(state_becomes($node, 'second', 'uid-2', 'captured'), 'a second database is served');

# A dropped extension takes its worker away.
$node->safe_psql('postgres', 'alter system set calcom.worker_linger = 3600');
$node->reload;
book($node, 'second', 'uid-3', 'bob@example.com');
ok(state_becomes($node, 'second', 'uid-3', 'captured'), 'the second database is served again');
ok(worker_pid($node, 'second'), 'its worker stays');
$node->safe_psql('second', 'drop extension calcom cascade');
ok($node->poll_query_until('postgres', "select count(*) = 0 from pg_stat_activity
	where backend_type = 'calcom worker' and datname = 'second'"), 'DROP EXTENSION lets the worker go');
is($node->safe_psql('second', 'select count(*) from email_outbox'), '2', 'the rows stay');
is(scalar(log_holds_no($node, 'bob@example.com', 'hook-secret')), 0, 'no address and no secret in the log');
unlike(slurp_file($node->logfile), qr/calcom (worker|launcher|database scanner).*(ERROR|WARNING|exit code 1)/, 'no complaint in the log');
$node->stop;

# One place for two databases: who only lingers makes room.
my $crowded = start_cluster('crowded', conf => "calcom.max_workers = 1\ncalcom.worker_linger = 1h\n");
set_up($crowded, 'first');
set_up($crowded, 'second');
book($crowded, 'first', 'a', 'ada@example.com');
ok(state_becomes($crowded, 'first', 'a', 'captured'), 'one place: the first database is served');
book($crowded, 'second', 'b', 'ada@example.com');
ok(state_becomes($crowded, 'second', 'b', 'captured'), 'and the second, while the first worker would still linger');
$crowded->stop;

# Not preloaded: everything works, mail waits.
my $plain = start_cluster('not_preloaded', preload => '');
set_up($plain, 'postgres');
is(book($plain, 'postgres', 'uid-1', 'ada@example.com'), 'applied', 'not preloaded: deliveries are taken');
is($plain->safe_psql('postgres', 'select state from email_outbox'), 'queued', 'mail waits');
$plain->append_conf('postgresql.conf', "shared_preload_libraries = 'calcom'\n");
$plain->restart;
ok(state_becomes($plain, 'postgres', 'uid-1', 'captured'), 'preloaded after a restart: what waited is served at once');
$plain->stop;

done_testing();
