# As many deliveries as wrk can send in two seconds: no socket error, no refusal, and what was answered is stored, once.
# How many they are is for test/bench/proxy_load.sh to say.
use strict;
use warnings;
use File::Temp ();
use FindBin;
use lib $FindBin::Bin;
use Test::More;
use ProxyHarness;

start_cluster();
my $proxy = start_proxy();
my $bodies = File::Temp->new;
print $bodies 'ab ', unpack('H*', "delivery $_"), "\n" for 1 .. 100_000;
close $bodies;

for my $clients (1, 50) {
    psql(q{TRUNCATE "Web'Hooks".received});
    my $script = "$FindBin::Bin/../bench/proxy_load.lua";
    my $said = `wrk -t 1 -c $clients -d 2 --timeout 10s -s $script http://127.0.0.1:$proxy->{port} -- $bodies`;
    my ($answers, $refused, $errors) = $said =~ /^RESULT (\d+) \S+ \S+ \S+ (\d+) (\d+)$/m;
    ok($answers, "$clients clients: " . ($answers // 'no') . ' answers') or diag($said);
    is("$refused refused, $errors errors", '0 refused, 0 errors', 'none a refusal, no connection lost');
    # wrk leaves without waiting for what is under way.
    my $stored = 0;
    wait_until('all is stored', sub { $stored = psql(q{SELECT count(*) FROM "Web'Hooks".received}); $stored >= $answers });
    cmp_ok($stored, '<=', $answers + $clients, "$stored stored");
    is(psql(q{SELECT count(*) - count(DISTINCT body) FROM "Web'Hooks".received}), 0, 'none twice');
}
# Of deliveries: the first questions for its health may have come before the database was connected.
my @told = map { /^time=\S+ method=POST .* status=(\d+)/ ? $1 : () } split /\n/, stdout_of($proxy);
cmp_ok(scalar @told, '>', 0, 'the log has them');
is(scalar(grep { $_ != 200 } @told), 0, 'and none that was refused');
is(stop_proxy($proxy), 0, 'ends cleanly');
done_testing();
