# A dump restored elsewhere: the same rows, policies and indexes, no false history, no secret, and no mail from there.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Deliveries;
use WorkerTest;

my $resend = start_resend();
my $conf = "calcom.resend_url = '$resend->{url}'\n";
my $source = start_cluster('source', conf => $conf);
$source->safe_psql('postgres', 'create role accountant');
set_up($source, 'studio');
go_live($source, 'studio');
deliver($source, 'studio', upcoming($_)) for 'BOOKING_CREATED-chain1.json', 'BOOKING_RESCHEDULED-chain2.json',
	'BOOKING_CREATED-seats1.json', 'BOOKING_CREATED-seats2.json', 'BOOKING_CANCELLED-seats4-one-seat.json', 'PING.json';
ok($source->poll_query_until('studio', "select count(*) > 4 and bool_and(state in ('sent', 'skipped')) from email_outbox"),
	'the original is live: its mail is sent');
# Mail that waits in the original, a customer's own additions, and a change by hand.
$source->safe_psql('studio', "select calcom_account_set('default', paused => true)");
deliver($source, 'studio', upcoming('BOOKING_CREATED-confirm2.json'));
ok(state_becomes($source, 'studio', 'jXpmEZ4U6PxQeaL2FeTB7E', 'held'), 'paused: a mail is held');
$source->safe_psql('studio', q{
	create index by_title on bookings (lower(title));
	alter table bookings add column invoice text;
	create policy for_accounting on bookings for select to accountant using (status = 'accepted');
	drop policy calcom_reads_all on email_suppressions;
	select calcom_trust_claims('accountant');
	update bookings set invoice = 'R-1' where uid = 'fNVRyZP6tt1tjU9vq3UVmY';
	begin;  -- in one transaction: the worker takes up what is held as soon as the account is no longer paused
	update calcom_accounts set paused = false;
	update email_outbox set state = 'queued', send_after = now() + interval '10 years' where state = 'held';
	commit});
ok($source->poll_query_until('studio', "select count(*) = 1 from email_outbox where state = 'queued'"), 'one mail is queued');
my $sent = scalar @{ mails($resend) };
cmp_ok($sent, '>', 4, 'Resend has the mails of the original');

# Policies are named by the role's oid where roles differ, so roles are compared by name.
my $catalog = q{
	select 'policy', tablename, regexp_replace(policyname, '_\d+$', ''), roles::text, cmd, qual from pg_policies
	union all select 'index', tablename, indexname, indexdef, null, null from pg_indexes where schemaname = 'public'
	union all select 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(oid), null, null from pg_trigger where not tgisinternal
	union all select 'owner', relname, relowner::regrole::text, relrowsecurity::text, null, null
		from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'
	union all select 'comment', relname, obj_description(oid, 'pg_class'), null, null, null
		from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'
	union all select 'privilege', table_name, grantee, string_agg(privilege_type, ',' order by privilege_type), null, null
		from information_schema.column_privileges where table_schema = 'public' group by table_name, grantee
	order by 1, 2, 3, 4};
my %original = (rows => fingerprint($source, 'studio'), catalog => $source->safe_psql('studio', $catalog));
my $dump = $source->basedir . '/studio';
$source->command_ok([ 'pg_dump', '-Fc', '-f', "$dump.custom", $source->connstr('studio') ], 'pg_dump -Fc');
$source->command_ok([ 'pg_dump', '-f', "$dump.sql", $source->connstr('studio') ], 'pg_dump as a script');
unlike(slurp_file("$dump.sql"), qr/hook-secret|\Q$WorkerTest::API_KEY\E/, 'no secret in the dump');

my $target = start_cluster('target', conf => $conf);
$target->safe_psql('postgres', 'create role accountant');
for ([ $target, 'restored', 'another server' ], [ $source, 'copied', 'another database of the same server' ]) {
	my ($node, $database, $where) = @$_;
	$node->safe_psql('postgres', "create database $database");
	if ($node == $target) {
		$node->command_ok([ 'pg_restore', '--exit-on-error', '-d', $node->connstr($database), "$dump.custom" ], "pg_restore on $where");
	} else {
		$node->command_ok([ 'psql', '-XqAt', '-o', '/dev/null', '-v', 'ON_ERROR_STOP=1', '-f', "$dump.sql", $node->connstr($database) ],
			"the script on $where");
	}
	is(fingerprint($node, $database), $original{rows}, "$where: the same rows, no new history, no mail queued again");
	is($node->safe_psql($database, $catalog), $original{catalog}, "$where: the same policies, indexes, triggers, owners, comments");
	is($node->safe_psql($database, 'select count(*) from calcom_secrets'), '0', "$where: no secret");
	like($node->safe_psql($database, "select command from calcom_doctor() where check_name = 'database mark'"),
		qr/^ALTER DATABASE $database SET calcom\.worker = on;$/, "$where: the doctor knows that no worker serves it");

	is($node->safe_psql($database, "select state || ': ' || next from calcom_setup() where step = 'tables'"),
		'ok: the tables are of version 1', "$where: setup finds everything");
	is($node->safe_psql($database, 'select mail_mode from calcom_accounts'), 'live', "$where: the account says live");
	like($node->safe_psql($database, "select armed || ': ' || reason from calcom_environment('default')"), qr/^false: \w+/, "$where: but is not armed");
	is($node->safe_psql($database, "select state, command from calcom_doctor() where check_name = 'mail mode of default'"),
		"error|if mail shall leave from here: SELECT public.calcom_go_live('default');", "$where: the doctor says so");

	my ($status, $out, $err) = $node->psql($database, delivery(upcoming('BOOKING_CREATED-meeting1.json')));
	like($err, qr/no webhook secret is set/, "$where: deliveries are refused without a secret");
	$node->safe_psql($database, "select calcom_set_secret('default', 'webhook', 'hook-secret')");
	$node->safe_psql($database, "select calcom_set_secret('default', 'resend_api_key', 're_of_the_copy')");
	is(deliver($node, $database, upcoming('BOOKING_CREATED-chain1.json')), 'duplicate', "$where: what it had is known");
	is(deliver($node, $database, upcoming('BOOKING_RESCHEDULED-chain3.json')), 'applied', "$where: life goes on");
	is($node->safe_psql($database, q{select string_agg(status, ' ' order by start_time) from bookings
		where root_uid = 'rYebyg2Ux8HrNRFtE8YYCi'}), 'rescheduled rescheduled accepted', "$where: where it was left");
	$node->safe_psql($database, "update email_outbox set send_after = now() where state = 'queued'");
	ok($node->poll_query_until($database, "select count(*) = 3 and count(*) filter (where state = 'held' and reason is not null) = 3
		from email_outbox where state not in ('sent', 'skipped')"), "$where: its worker holds old and new mail, with the reason");
}
is(scalar @{ mails($resend) }, $sent, 'not one mail left from a copy');
is(scalar(grep { ($_->{headers}{authorization} // '') =~ /re_of_the_copy/ } @{ requests($resend) }), 0, 'Resend never saw a key of a copy');

# Armed there on purpose, it sends.
$target->safe_psql('restored', "select calcom_go_live('default')");
is($target->safe_psql('restored', "select armed from calcom_environment('default')"), 't', 'armed on purpose');
ok($target->poll_query_until('restored', "select count(*) = 0 from email_outbox where state in ('held', 'queued', 'sending')"),
	'then it sends what was held');
cmp_ok(scalar @{ mails($resend) }, '>', $sent, 'Resend has them');
$_->stop for $source, $target;
done_testing();
