# Eight clients deliver the same events at once, each in its own order, some of them twice over: nothing is lost, and
# what people see is what one client gets that delivers them in order.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use IPC::Run ();
use List::Util qw(shuffle);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Deliveries;
use WorkerTest;

# Impatient, so that many deliveries are deferred and merged later.
my $node = start_cluster('many', conf => "calcom.merge_lock_timeout = 2ms\ndeadlock_timeout = 10ms\n");
set_up($node, $_) for 'in_order', 'at_once';

# A body that names no time of sending is stamped with the time of its arrival, so its place differs by design.
my @names = grep { fixture($_) =~ /"createdAt":"2026/ } fixture_names();
cmp_ok(scalar @names, '>', 45, 'nearly all captured deliveries take part');
# Each client delivers what all deliver, and the same once more in bytes of its own (blanks at the end), so that they
# meet both at the log and at the bookings.
my $clients = 8;
my @bodies = map { my $body = upcoming($_); [ map { $body . ' ' x $_ } 0 .. $clients ] } @names;
my $all = @bodies * ($clients + 1);
$node->safe_psql('in_order', join ';', map { map { delivery($_) } @$_ } @bodies);
is($node->safe_psql('in_order', "select count(*) from calcom_events where outcome = 'deferred'"), '0', 'one client alone defers nothing');

my $seed = $ENV{CALCOM_TEST_SEED} // time;
note("CALCOM_TEST_SEED=$seed");
srand $seed;
# A delivery whose bytes are in another long transaction gets 55P03 (503 by the proxy) and is repeated.
sub until_taken {
	my ($statement) = @_;
	return "$statement;\n" . "\\if :ERROR\n$statement;\n" x 20 . "\\endif\n" x 20;
}
my $barrier = $node->background_psql('at_once');
$barrier->query_safe('select pg_advisory_lock(1)');
my @clients = map {
	my $own = $_;
	# From a file: what IPC::Run feeds from memory flows only while it is pumped.
	my $script = $node->basedir . "/client_$own.sql";
	append_to_file($script, join '', "\\set VERBOSITY sqlstate\nselect pg_advisory_lock_shared(1) \\g /dev/null\n",
		map { until_taken(delivery($_)) } shuffle(map { ($_->[0], $_->[$own]) } @bodies));
	my $client = { out => '', err => '' };
	$client->{run} = IPC::Run::start([ 'psql', '-XAtq', '-d', $node->connstr('at_once'), '-f', $script ],
		'>', \$client->{out}, '2>', \$client->{err});
	$client;
} 1 .. $clients;
ok($node->poll_query_until('at_once', "select count(*) = $clients from pg_locks where locktype = 'advisory' and not granted"), 'all clients stand at it');
$barrier->quit;
$_->{run}->finish for @clients;
my @errors = map { split /\n/, $_->{err} } @clients;
note(@errors . ' deliveries were repeated');
is(join("\n", grep { !/ERROR:  55P03$/ } @errors), '', 'no client got another error');
my %outcome;
for my $client (@clients) {
	my @lines = split /\n/, $client->{out};
	is(scalar @lines, 2 * @names, 'a client has an outcome for each delivery');
	$outcome{$_}++ for @lines;
}
note(join ', ', map { "$_: $outcome{$_}" } sort keys %outcome);
ok($node->poll_query_until('at_once', "select count(*) = 0 from calcom_events where outcome = 'deferred'"),
	'what was deferred is merged by the worker, by itself');

is($node->safe_psql('at_once', 'select count(*), count(distinct calcom_event_body(id)) from calcom_events'),
	"$all|$all", 'every delivery is stored, once');
my %seen = (
	bookings => "select to_jsonb(b) - 'updated_at' from bookings b order by uid",
	attendees => 'select to_jsonb(a) from booking_attendees a order by booking_uid, email',
	facts => 'select uid, facts from booking_facts order by uid');
my $dead = "select booking_uid, reason from calcom_events where outcome = 'dead' order by md5(calcom_event_body(id)::text)";
is($node->safe_psql('at_once', $dead), $node->safe_psql('in_order', $dead), 'only what is dead in order is dead');
is($node->safe_psql('at_once', $seen{$_}), $node->safe_psql('in_order', $seen{$_}), "$_ are the same") for sort keys %seen;
is($node->safe_psql('at_once', 'select count(*) - count(distinct (booking_uid, kind, recipient, obligation_key)) from email_outbox'),
	'0', 'nobody is owed a mail twice');
unlike(slurp_file($node->logfile), qr/PANIC|terminated by signal/, 'no process died');
$node->stop;
done_testing();
