# Whatever the order, the repetition and the purges between, the same deliveries end in the same bookings, and the log
# says the same as the tables: rebuilding finds no difference, with all events, with a checkpoint, and from nothing.
# CALCOM_SEED repeats a run.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use List::Util qw(shuffle);
use PostgreSQL::Test::Utils;
use Test::More;
use WorkerTest;

my $orders = 20;
my $seed = $ENV{CALCOM_SEED} // int(rand(2**31));
srand($seed);
note("seed $seed");

my $node = start_cluster('log', preload => '');
my $fixtures = "$FindBin::RealBin/../fixtures/calcom";

# Sent long ago, so that no stamp is clamped to the time of receipt, which differs from order to order.
sub bodies {
	opendir(my $folder, $fixtures) or die $!;
	my @names = sort grep { /\.(json|txt)$/ && $_ ne 'manifest.json' } readdir($folder);
	return map { my $body = slurp_file("$fixtures/$_"); $body =~ s/("createdAt":\s*")20\d\d/${1}2019/g; $body } @names;
}

sub sql { return $node->safe_psql('postgres', $_[0]) }

# Everything that people see of one account and what merge knows of it; of all accounts alike.
sub state_of {
	my ($account) = @_;
	return sql(qq{
		select md5(concat(
		  (select string_agg((to_jsonb(b) - '{account,updated_at}'::text[])::text, ' ' order by uid) from bookings b where account = '$account'),
		  (select string_agg((to_jsonb(a) - 'account')::text, ' ' order by booking_uid, email) from booking_attendees a where account = '$account'),
		  (select string_agg(facts, ' ' order by uid) from booking_facts where account = '$account')))});
}

sub differences { return sql("select * from calcom_rebuild_all(account => '$_[0]')") }

set_up($node, 'postgres');
sql('alter database postgres reset calcom.worker');
my @bodies = bodies();
sql('create table body (n int, body bytea); ' . join '', map {
	sprintf "insert into body values (%d, '\\x%s');\n", $_, unpack('H*', $bodies[$_]) } 0 .. $#bodies);
sql(qq{select calcom_account_add('order-' || i), calcom_set_secret('order-' || i, 'webhook', 'secret') from generate_series(1, $orders) i});

# Every body once, twice or three times; a purge of some events in between for every second account.
sub deliver_in_some_order {
	my ($account, $with_purge) = @_;
	my @deliveries = shuffle(map { ($_) x (1 + int(rand(3))) } 0 .. $#bodies);
	my @script = map { "select from body, calcom_ingest(body, calcom_sign(body, 'secret'), '$account') where n = $_;" } @deliveries;
	if ($with_purge) {
		splice(@script, int(rand(@script)), 0, sprintf("select calcom_purge('0', '$account', %d);", 1 + int(rand(40)))) for 1 .. 4;
	}
	sql(join "\n", @script);
	return;
}

my ($first, $dead);
for my $i (1 .. $orders) {
	my $account = "order-$i";
	deliver_in_some_order($account, $i % 2 == 0);
	my $state = state_of($account);
	$first //= $state;
	is($state, $first, "$account: the same bookings, attendees and facts as in any other order");
	is(sql("select count(*) from calcom_events where account = '$account' and outcome = 'deferred'"), 0, "$account: nothing waits");
	is(differences($account), '', "$account: the log says what the tables say");

	$dead //= sql("select count(*) from calcom_events where account = '$account' and outcome = 'dead'");
	is(sql("select remaining from calcom_purge('0', '$account')"), $dead, "$account: only dead events outlive a purge of everything");
	is(differences($account), '', "$account: the checkpoints say what the tables say");
	is(sql(qq{select count(*) from booking_facts f full join booking_checkpoints c using (account, uid)
	          where account = '$account' and f.facts is distinct from c.facts}), 0, "$account: checkpoints are the facts of all events");
	sql("delete from bookings where account = '$account'; select from calcom_rebuild_all(apply => true, account => '$account')");
	is(state_of($account), $first, "$account: rebuilt from nothing, the bookings are the same");
	is(sql("select count(*) from calcom_replay_dead('$account') where outcome <> 'dead'"), 0, "$account: what is not understood stays dead");
}
cmp_ok(sql(q{select count(*) from bookings where account = 'order-1'}), '>', 15, 'there were bookings to compare');
cmp_ok($dead, '>', 2, 'and bodies that no version understands');

# Repeats of what was purged are recognised.
is(sql(q{select distinct r.outcome from body, calcom_ingest(body, calcom_sign(body, 'secret'), 'order-1') r}), 'duplicate',
	'a purged delivery that comes again is a duplicate');

# A rebuild waits for a locked booking as long as lock_timeout says; looking needs no lock.
my $uid = sql(q{select uid from bookings where account = 'order-1' order by uid limit 1});
my ($in, $out) = ("begin; select 'it is locked' from bookings where account = 'order-1' and uid = '$uid' for update;\n", '');
my $holder = IPC::Run::start([ 'psql', '-XAtq', '-d', $node->connstr('postgres') ], '<', \$in, '>', \$out);
$holder->pump until $out =~ /it is locked/;
my ($code, undef, $error) = $node->psql('postgres', "set lock_timeout = '200ms'; select calcom_rebuild('$uid', 'order-1')");
isnt($code, 0, 'a rebuild does not write over a booking that somebody holds');
like($error, qr/lock timeout/, 'and says that it is locked');
is(differences('order-1'), '', 'differences are listed without waiting');
$in .= "commit;\n\\q\n";
$holder->finish;
is(sql("select distinct what from calcom_rebuild('$uid', 'order-1')"), 'same', 'free again, it is as the log says');

done_testing();
