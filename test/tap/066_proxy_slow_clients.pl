# Hundreds of clients that send a byte at a time, or never read, while deliveries go on: each delivery is answered 200,
# each slow client is ended by its absolute deadline, and memory stays where the limits put it. Nothing here is timed,
# because machines are busy: what would wait for a slow client would wait for longer than the test does.
use strict;
use warnings;
use Errno qw(EAGAIN);
use FindBin;
use lib $FindBin::Bin;
use IO::Select;
use Test::More;
use ProxyHarness;

my $path = '/api/webhooks/calcom';
my $head = "POST $path HTTP/1.1\r\nHost: localhost\r\n";
my $patience = $ENV{PG_TEST_TIMEOUT_DEFAULT} || 180;
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

# One more drop of each. Ended clients are counted with their answers and connect again.
sub drip {
    my ($proxy, $clients, $answers) = @_;
    my %ended = map { $_ => 1 } IO::Select->new(map { $_->{socket} } @$clients)->can_read(0);
    for my $client (@$clients) {
        if ($ended{ $client->{socket} }) {
            sysread $client->{socket}, my $answer, 4096;
            $answers->{ $client->{kind} }{ ($answer // '') =~ m{^HTTP/1\.1 (\d+)} ? $1 : 'closed' }++;
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

# Deliveries over a connection that is kept and over new ones, while the slow clients go on: what was not answered 200.
sub deliver_beside {
    my ($proxy, $clients, $answers, $enough) = @_;
    my $usual = connect_to($proxy);
    my $delivered = 0;
    my @wrong;
    wait_until('there is enough', sub {
        drip($proxy, $clients, $answers);
        for my $client ($usual, connect_to($proxy)) {
            send_raw($client, webhook($path, 'delivery ' . ++$delivered));
            my $response = read_response($client);
            push @wrong, $response ? $response->{status} : 'closed' unless $response && $response->{status} == 200;
        }
        $enough->($delivered);
    });
    is("@wrong", '', "$delivered deliveries, each answered 200");
    is(psql(q{SELECT count(DISTINCT body) || ' ' || count(*) FROM "Web'Hooks".received; TRUNCATE "Web'Hooks".received}),
        "$delivered $delivered", 'and stored, and nothing else is');
}

subtest 'three hundred slow clients hold nobody' => sub {
    # Their time never ends here: a wait for one of them would last an hour.
    my $proxy = start_proxy(qw(--header-timeout 3600 --body-timeout 3600 --max-body 100000));
    my @clients = map { slow_client($proxy, $_) } (sort keys %kinds) x 50;
    deliver_beside($proxy, \@clients, \my %answers, sub { $_[0] >= 100 });
    is(join(' ', %answers), '', 'while none of them was ended');
    kill_proxy($proxy, 'KILL');
    stop_proxy($proxy);
};

subtest 'each is ended by its deadline, whatever it sends' => sub {
    my $proxy = start_proxy(qw(--header-timeout 2 --body-timeout 2 --max-body 1000));
    my $before = peak_kilobytes($proxy);
    my ($greedy, $asked) = greedy_client($proxy);
    cmp_ok($asked, '<', 64 << 20, 'who does not read is not read from either');
    my @clients = map { slow_client($proxy, $_) } (sort keys %kinds) x 50;
    my %answers;
    my $ended = sub { my ($kind) = @_; my $count = 0; $count += $_ for values %{ $answers{$kind} }; return $count };
    deliver_beside($proxy, \@clients, \%answers, sub { !grep { $ended->($_) < 100 } keys %kinds });    # two generations of them
    for my $kind (sort keys %kinds) {
        my $expected = $kind eq 'silent' ? 'closed' : '408';
        is(join(' ', sort keys %{ $answers{$kind} }), $expected, "slow by $kind: $expected");
    }
    my $grown = peak_kilobytes($proxy) - $before;
    note("grown by $grown kB at most");
  SKIP: {
        skip 'a sanitizer keeps what was freed', 1 if $ENV{CALCOM_SANITIZED};
        cmp_ok($grown, '<', 32 << 10, 'memory is bounded');
    }
    close $_->{socket} for @clients;
    ok(wait_until('it gives up on the one that never reads', sub {
        local $SIG{PIPE} = 'IGNORE';
        defined(syswrite $greedy->{socket}, 'GET') ? 0 : $! != EAGAIN;
    }), 'and so is its patience with one that never reads');
    is(stop_proxy($proxy), 0, 'ends cleanly');
};

# Its bytes and its deadline are there at the same time, as after a stop of the machine: what was read must not take the
# clock away.
subtest 'a deadline that passes while bytes are there' => sub {
    my $proxy = start_proxy(qw(--header-timeout 1 --body-timeout 1 --max-body 1000));
    my %beginnings = (
        header => $head . "X: a\r\n" x 2000,
        refused => "${head}Content-Length: 8000000\r\n\r\n" . 'x' x 200_000,
        chunks => "${head}Transfer-Encoding: chunked\r\n\r\n1;" . 'x' x 60_000,
    );
    for my $kind (sort keys %beginnings) {
        my $client = connect_to($proxy);
        send_raw($client, substr $beginnings{$kind}, 0, length($head) + 40);
        is(post($proxy, $path, $kind)->{status}, 200, "$kind: begun");
        kill 'STOP', $proxy->{pid};
        my $stopped = time;
        send_raw($client, substr $beginnings{$kind}, length($head) + 40);
        wait_until('the deadline has passed', sub { time > $stopped + 2 });
        kill 'CONT', $proxy->{pid};
        my $response = read_response($client);
        is($response && $response->{status}, $kind eq 'refused' ? 413 : 408, "$kind: ended");
    }
    is(stop_proxy($proxy), 0, 'ends cleanly');
};

subtest 'a refused client that goes on writing is left' => sub {
    my $proxy = start_proxy();
    my $client = connect_to($proxy);
    send_raw($client, "nonsense\r\n\r\n");
    is(read_response($client)->{status}, 400, 'refused');
    my $end = time + $patience;
    my $block = 'x' x 1_000_000;
    while (time < $end && send_raw($client, $block)) { }
    cmp_ok(time, '<', $end, 'and left');
    is(stop_proxy($proxy), 0, 'ends cleanly');
};

subtest 'slow clients at the cap' => sub {
    my $proxy = start_proxy(qw(--max-connections 20 --header-timeout 1));
    my @clients = map { slow_client($proxy, 'lines') } 1 .. 40;
    my %answers;
    for my $delivery (1 .. 3) {
        my $client = connect_to($proxy);
        my $before = $answers{lines}{408} // 0;
        send_raw($client, webhook($path, "at the cap $delivery"));
        wait_until('its answer', sub { drip($proxy, \@clients, \%answers); IO::Select->new($client->{socket})->can_read(0.05) });
        is(read_response($client)->{status}, 200, 'a delivery waits for its turn');
        # Forty stood before it. Those that come again stand behind it, but for the twenty of the moment.
        cmp_ok(($answers{lines}{408} // 0) - $before, '<=', 60, 'and has it');
    }
    ok(!$answers{lines}{closed}, 'none of the others is cut off without a word');
    close $_->{socket} for @clients;
    is(stop_proxy($proxy), 0, 'ends cleanly');
};

subtest 'connections kept alive for nothing do not lock others out' => sub {
    my $proxy = start_proxy(qw(--max-connections 10 --idle-timeout 3600));
    my @idle = map { connect_to($proxy) } 1 .. 10;
    for my $client (@idle) {
        send_raw($client, webhook($path, 'x'));
        is(read_response($client)->{status}, 200, 'an idle connection');
    }
    is(post($proxy, $path, "new $_")->{status}, 200, "a new client $_ is served") for 1 .. 20;
    is(read_response($idle[0]), undef, 'the oldest has gone');
    send_raw($idle[9], webhook($path, 'still here'));
    is(read_response($idle[9])->{status}, 200, 'the youngest has not');
    is(stop_proxy($proxy), 0, 'ends cleanly');
};

done_testing();
