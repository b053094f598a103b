# Hundreds of clients that send a byte at a time, or never read, while deliveries go on: each delivery is answered 200,
# each slow client is ended by its absolute deadline, and memory stays where the limits put it.
use strict;
use warnings;
use Errno qw(EAGAIN);
use FindBin;
use lib $FindBin::Bin;
use IO::Select;
use Test::More;
use Time::HiRes qw(time);
use ProxyHarness;

my $path = '/api/webhooks/calcom';
my $head = "POST $path HTTP/1.1\r\nHost: localhost\r\n";
start_cluster();

# A kind of slow client: what it sends at once, and then again and again.
my %kinds = (
    header => [ $head, 'X' ],
    lines => [ $head, "X: a\r\n" ],
    body => [ "${head}Content-Length: 900\r\n\r\n", 'x' ],
    chunks => [ "${head}Transfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n" ],
    extension => [ "${head}Transfer-Encoding: chunked\r\n\r\n1;", 'x' ],
    silent => [ '', '' ],
);

sub slow_client {
    my ($proxy, $kind) = @_;
    my $client = connect_to($proxy);
    $client->{socket}->blocking(0);
    send_raw($client, $kinds{$kind}[0]);
    return { %$client, kind => $kind };
}

# One more drop of each. Those that were ended are counted with what they were told, and come again.
sub drip {
    my ($proxy, $clients, $told) = @_;
    my %ended = map { $_ => 1 } IO::Select->new(map { $_->{socket} } @$clients)->can_read(0);
    for my $client (@$clients) {
        if ($ended{ $client->{socket} }) {
            sysread $client->{socket}, my $answer, 4096;
            $told->{ $client->{kind} }{ ($answer // '') =~ m{^HTTP/1\.1 (\d+)} ? $1 : 'closed' }++;
            $client = slow_client($proxy, $client->{kind});
        } else {
            send_raw($client, $kinds{ $client->{kind} }[1]);
        }
    }
}

# Never reads: asks until neither side can take more.
sub greedy_client {
    my ($proxy) = @_;
    my $client = connect_to($proxy);
    $client->{socket}->blocking(0);
    my $ask = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n" x 1000;
    my $sent = 0;
    local $SIG{PIPE} = 'IGNORE';
    wait_until('the proxy reads no more', sub {
        while (defined(my $written = syswrite $client->{socket}, $ask)) { $sent += $written }
        die "not pushed back but ended: $!" unless $! == EAGAIN;
        !IO::Select->new($client->{socket})->can_write(0.5);
    });
    return ($client, $sent);
}

sub peak_kilobytes {
    my ($proxy) = @_;
    open my $status, '<', "/proc/$proxy->{pid}/status" or die $!;
    local $/;
    return <$status> =~ /^VmHWM:\s+(\d+) kB/m ? $1 : die 'no VmHWM';
}

subtest 'three hundred slow clients hold nobody' => sub {
    my $proxy = start_proxy(qw(--header-timeout 2 --body-timeout 2 --max-body 1000));
    my $before = peak_kilobytes($proxy);
    my ($greedy, $asked) = greedy_client($proxy);
    cmp_ok($asked, '<', 64 << 20, 'who does not read is not read from either');
    my @clients = map { slow_client($proxy, $_) } (sort keys %kinds) x 50;
    my (%told, @slow, $delivered);
    my $begun = time;
    my $usual = connect_to($proxy);
    while (time - $begun < 6) {    # three generations of slow clients
        drip($proxy, \@clients, \%told);
        for my $client ($usual, connect_to($proxy)) {
            my $sent = time;
            send_raw($client, webhook($path, 'delivery ' . ++$delivered));
            my $response = read_response($client);
            push @slow, ($response ? $response->{status} : 'closed') . sprintf ' after %.1f s', time - $sent
              if !$response || $response->{status} != 200 || time - $sent > 5;
        }
    }
    is("@slow", '', "$delivered deliveries, each answered 200, none after more than 5 s");
    is(psql(q{SELECT count(DISTINCT body) FROM "Web'Hooks".received}), $delivered, 'and stored');
    is(psql(q{SELECT count(*) FROM "Web'Hooks".received}), $delivered, 'and nothing else is');
    for my $kind (sort keys %kinds) {
        my $expected = $kind eq 'silent' ? 'closed' : '408';
        is(join(' ', sort keys %{ $told{$kind} }), $expected, "slow by $kind: $expected");
        cmp_ok($told{$kind}{$expected} // 0, '>=', 50, 'each of them');
    }
    my $grown = peak_kilobytes($proxy) - $before;
    note("grown by $grown kB at most");
  SKIP: {
        skip 'a sanitizer keeps what was freed', 1 if $ENV{CALCOM_SANITIZED};
        cmp_ok($grown, '<', 32 << 10, 'memory is bounded');
    }
    close $_->{socket} for @clients, $usual;
    ok(wait_until('it gives up on the one that never reads', sub {
        local $SIG{PIPE} = 'IGNORE';
        defined(syswrite $greedy->{socket}, 'GET') ? 0 : $! != EAGAIN;
    }), 'and so is its patience with one that never reads');
    is(stop_proxy($proxy), 0, 'ends cleanly');
};

subtest 'slow clients at the cap' => sub {
    my $proxy = start_proxy(qw(--max-connections 20 --header-timeout 1));
    my @clients = map { slow_client($proxy, 'lines') } 1 .. 40;
    my %told;
    for my $delivery (1 .. 3) {
        my $client = connect_to($proxy);
        my $begun = time;
        send_raw($client, webhook($path, "at the cap $delivery"));
        drip($proxy, \@clients, \%told) until IO::Select->new($client->{socket})->can_read(0.05) || time - $begun > 20;
        is(read_response($client)->{status}, 200, 'a delivery waits for its turn');
        # Forty came before it, twenty at a time, a second each.
        cmp_ok(time - $begun, '<', 15, 'and has it');
    }
    ok(!$told{lines}{closed}, 'none of the others is cut off without a word');
    close $_->{socket} for @clients;
    is(stop_proxy($proxy), 0, 'ends cleanly');
};

subtest 'connections kept alive for nothing do not lock others out' => sub {
    my $proxy = start_proxy(qw(--max-connections 10 --idle-timeout 3600));
    my @idle = map { connect_to($proxy) } 1 .. 10;
    my $begun = time;
    for my $client (@idle) {
        send_raw($client, webhook($path, 'x'));
        is(read_response($client)->{status}, 200, 'an idle connection');
    }
    is(post($proxy, $path, "new $_")->{status}, 200, "a new client $_ is served") for 1 .. 20;
    cmp_ok(time - $begun, '<', 20, 'at once');
    is(read_response($idle[0]), undef, 'the oldest has gone');
    send_raw($idle[9], webhook($path, 'still here'));
    is(read_response($idle[9])->{status}, 200, 'the youngest has not');
    is(stop_proxy($proxy), 0, 'ends cleanly');
};

done_testing();
