# HTTP as hostile or careless clients speak it: nothing of it may crash the proxy, hold it, or be read in two ways.
use strict;
use warnings;
use Digest::SHA qw(sha256_hex);
use FindBin;
use lib $FindBin::Bin;
use Test::More;
use Time::HiRes qw(time);
use ProxyHarness;

my $path = '/api/webhooks/calcom';
my $host = "Host: localhost\r\n";
start_cluster();
my $proxy = start_proxy(qw(--max-body 1000));

sub stored { return psql(q{SELECT count(*) FROM "Web'Hooks".received}) }

# The status of the one answer to these bytes, after which the connection must be closed.
sub refused {
    my ($bytes) = @_;
    my $client = connect_to($proxy);
    send_raw($client, $bytes);
    my $response = read_response($client) or return 'closed';
    read_to_end($client);
    return $client->{buffer} eq '' ? $response->{status} : "$response->{status} and more";
}

subtest 'keep-alive and pipelining' => sub {
    my $client = connect_to($proxy);
    my @bodies = map { "body $_" } 1 .. 20;
    send_raw($client, join '', map { webhook($path, $_) } @bodies);
    for my $body (@bodies) {
        like(read_response($client)->{body}, qr/@{[ sha256_hex($body) ]}/, "in order: $body");
    }
    send_raw($client, "GET /nowhere HTTP/1.1\r\n$host\r\n" . webhook($path, 'after'));
    is(read_response($client)->{status}, 404, 'an error without a body keeps the connection');
    is(read_response($client)->{status}, 200, 'for the next request');
    send_raw($client, webhook($path, 'last', 'Connection: close'));
    is(read_response($client)->{headers}{connection}, 'close', 'until the client asks to close');
    ok(read_to_end($client), 'closed');
};

subtest 'HTTP/1.0' => sub {
    my $client = connect_to($proxy);
    send_raw($client, "POST $path HTTP/1.0\r\nContent-Length: 1\r\n\r\nx");
    is(read_response($client)->{status}, 200, 'is served without Host');
    ok(read_to_end($client), 'and closed');
};

subtest 'chunked' => sub {
    my $client = connect_to($proxy);
    my $head = "POST $path HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\n";
    send_raw($client, $head . "5\r\nhello\r\n1;name=value\r\n \r\n5\r\nworld\r\n0\r\nX-Cal-Signature-256: trailer\r\n\r\n");
    like(read_response($client)->{body}, qr/@{[ sha256_hex('hello world') ]}/, 'is put together');
    is(psql(q{SELECT count(*) FROM "Web'Hooks".received WHERE signature = 'trailer'}), 0, 'a trailer signs nothing');
    send_raw($client, $head . "3e8\r\n" . 'a' x 1000 . "\r\n0\r\n\r\n");
    is(read_response($client)->{status}, 200, 'up to the limit');
    my $before = stored();
    is(refused($head . "3e9\r\n"), 413, 'one chunk above it, before its bytes');
    is(refused($head . ("64\r\n" . 'a' x 100 . "\r\n") x 10 . "1\r\n"), 413, 'many chunks above it');
    is(refused($head . "zz\r\n"), 400, 'a size that is no number');
    is(refused($head . "5\r\nhelloworld\r\n"), 400, 'more than the size said');
    is(refused($head . "fffffffffffffffff\r\n"), 400, 'a size beyond 64 bits');
    is(stored(), $before, 'nothing of these is stored');
};

subtest 'limits' => sub {
    is(refused("POST $path HTTP/1.1\r\n${host}Content-Length: 8388609\r\n\r\n"), 413, 'far too long, before its bytes');
    is(refused("POST $path HTTP/1.1\r\n${host}Content-Length: 1001\r\n\r\n" . 'a' x 1001), 413, 'too long, with its bytes');
    is(refused("POST $path HTTP/1.1\r\n${host}Content-Length: 1001\r\nExpect: 100-continue\r\n\r\n"), 413, 'no 100 for it');
    # Fronts such as Caddy may lose an answer that comes while they still write.
    my $writing = connect_to($proxy);
    send_raw($writing, "POST $path HTTP/1.1\r\n${host}Content-Length: 3000000\r\n\r\n" . 'a' x 2_999_999);
    my $other = connect_to($proxy);
    send_raw($other, webhook($path, 'meanwhile'));
    is(read_response($other)->{status}, 200, 'another is served');
    ok(!IO::Select->new($writing->{socket})->can_read(0), 'while one that is too long is read to its end');
    send_raw($writing, 'a');
    is(read_response($writing)->{status}, 413, 'and answered then');
    ok(read_to_end($writing), 'and closed');
    is(refused("GET /healthz HTTP/1.1\r\n${host}X: " . 'a' x 17000 . "\r\n\r\n"), 431, 'header above 16 KiB');
    is(refused("GET /healthz HTTP/1.1\r\n${host}" . "X: a\r\n" x 5000), 431, 'header without an end');
    is(refused('GET /' . 'a' x 20000 . " HTTP/1.1\r\n$host\r\n"), 431, 'endless target');
};

subtest 'Expect and Content-Encoding' => sub {
    my $client = connect_to($proxy);
    send_raw($client, "POST $path HTTP/1.1\r\n${host}Content-Length: 4\r\nExpect: 100-continue\r\n\r\n");
    is(read_response($client)->{status}, 100, '100 first');
    send_raw($client, 'body');
    is(read_response($client)->{status}, 200, 'then the answer');
    is(refused(webhook($path, 'x', 'Expect: miracles')), 417, 'other expectations');
    is(refused(webhook($path, 'x', 'Content-Encoding: gzip')), 415, 'an encoded body');
    is(post($proxy, $path, 'x', 'Content-Encoding: identity')->{status}, 200, 'identity is no encoding');
};

subtest 'malformed' => sub {
    my $before = stored();
    my $smuggled = "GET /healthz HTTP/1.1\r\n$host\r\n";
    my $chunked = "Transfer-Encoding: chunked\r\n";
    my %request = (
        'Content-Length and Transfer-Encoding' => "Content-Length: 4\r\n$chunked\r\n0\r\n\r\n$smuggled",
        'Transfer-Encoding and Content-Length' => "${chunked}Content-Length: 4\r\n\r\n0\r\n\r\n$smuggled",
        'two lengths' => "Content-Length: 0\r\nContent-Length: " . length($smuggled) . "\r\n\r\n$smuggled",
        'a list of lengths' => "Content-Length: 1, 1\r\n\r\nx",
        'a signed length' => "Content-Length: +1\r\n\r\nx",
        'a hexadecimal length' => "Content-Length: 0x1\r\n\r\nx",
        'a negative length' => "Content-Length: -1\r\n\r\nx",
        'a length beyond 64 bits' => "Content-Length: 99999999999999999999999\r\n\r\nx",
        'unknown coding' => "Transfer-Encoding: xchunked\r\n\r\n$smuggled",
        'coding after chunked' => "Transfer-Encoding: chunked, identity\r\n\r\n$smuggled",
        'coding before chunked' => "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n$smuggled",
        'chunked twice' => "$chunked$chunked\r\n0\r\n\r\n$smuggled",
        'space before the colon' => "Content-Length : 1\r\n\r\nx",
        'a line without a colon' => "nonsense\r\n\r\n",
        'a NUL in a value' => "X: a\0b\r\n\r\n",
        'a bare LF' => "X: a\nContent-Length: 0\r\n\r\n",
        'two hosts' => "$host\r\n",
    );
    for my $name (sort keys %request) {
        is(refused("POST $path HTTP/1.1\r\n$host$request{$name}"), 400, $name);
    }
    is(refused("POST $path HTTP/1.0\r\n$host$chunked\r\n0\r\n\r\n$smuggled"), 400, 'chunked in HTTP/1.0');
    is(refused("POST $path HTTP/1.1\r\nContent-Length: 0\r\n\r\n"), 400, 'no host');
    is(refused($_), 400, 'no HTTP') for "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 TLS \r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n$host\r\n", "\0" x 100, "\r\n\r\n\r\n";
    is(stored(), $before, 'nothing of these is stored');
    is(request($proxy, 'GET', '/healthz')->{status}, 200, 'and the proxy lives');
};

subtest 'cut off' => sub {
    my $before = stored();
    for my $bytes ('POST /api', "POST $path HTTP/1.1\r\n${host}Content-Length: 10\r\n\r\nhalf") {
        my $client = connect_to($proxy);
        send_raw($client, $bytes);
        shutdown $client->{socket}, SHUT_WR;
        is(read_response($client)->{status}, 400, 'a request cut off');
    }
    is(stored(), $before, 'is not stored');
    my $client = connect_to($proxy);
    send_raw($client, webhook($path, 'whole'));
    shutdown $client->{socket}, SHUT_WR;
    is(read_response($client)->{status}, 200, 'a whole one from a client that closed its side is');
    $before = stored();
    $client = connect_to($proxy);
    send_raw($client, webhook($path, 'and gone'));
    close $client->{socket};
    ok(wait_until('it is stored', sub { stored() == $before + 1 }), 'and so is one whose client did not wait');
};

subtest 'slow clients' => sub {
    my $proxy = start_proxy(qw(--header-timeout 2 --body-timeout 2 --idle-timeout 2));
    # Each sends a byte more often than any inactivity limit, and is ended all the same by the absolute one.
    my $drip = sub {
        my ($start, $drop) = @_;
        my $begun = time;
        my $client = connect_to($proxy);
        send_raw($client, $start);
        until (IO::Select->new($client->{socket})->can_read(0.1)) {
            die "never ended\n" if time - $begun > 60;
            send_raw($client, $drop);
        }
        my $response = read_response($client);
        return ($response ? $response->{status} : 'closed', time - $begun);
    };
    my ($status, $took) = $drip->("POST $path HTTP/1.1\r\n$host", "X: a\r\n");
    is($status, 408, 'a slow header');
    cmp_ok($took, '>=', 1.9, 'has its time');
    ($status) = $drip->("POST $path HTTP/1.1\r\n${host}Content-Length: 900\r\n\r\n", 'a');
    is($status, 408, 'a slow body');
    ($status) = $drip->("POST $path HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\n", "1\r\na\r\n");
    is($status, 408, 'slow chunks');
    my $client = connect_to($proxy);
    is(read_response($client), undef, 'silence is closed without a word');
    $client = connect_to($proxy);
    send_raw($client, webhook($path, 'x'));
    is(read_response($client)->{status}, 200, 'and so is');
    is(read_response($client), undef, 'a connection kept alive for nothing');
    is(stop_proxy($proxy), 0, 'ends cleanly');
};
is(stop_proxy($proxy), 0, 'ends cleanly');

subtest 'IPv6' => sub {
    IO::Socket::IP->new(LocalHost => '::1', LocalPort => 0, Listen => 1) or plan skip_all => 'this machine has no ::1';
    for my $address ('[::1]', '[::]') {
        my $six = start_proxy('--listen', "$address:0");
        is(post($six, $path, 'six')->{status}, 200, "$address is served");
        is(stop_proxy($six), 0, 'ends cleanly');
    }
};

subtest 'connections above the cap wait' => sub {
    my $small = start_proxy(qw(--max-connections 2));
    my $lock = hold_lock(1);
    my @clients = map { connect_to($small) } 1 .. 3;
    send_raw($_, webhook($path, 'lock 1')) for @clients;
    wait_until('two calls wait', sub { psql(q{SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted}) == 2 });
    ok(!IO::Select->new($clients[2]{socket})->can_read(0), 'the third has no answer');
    release_lock($lock);
    for my $client (@clients[0, 1]) {
        is(read_response($client)->{status}, 200, 'those within the cap have theirs');
    }
    is(read_response($clients[2])->{status}, 200, 'then the third, although nobody left by himself');
    for my $client (map { connect_to($small) } 1 .. 3) {
        send_raw($client, webhook($path, 'x'));
        is(read_response($client)->{status}, 200, 'idle connections make room');
    }
    is(stop_proxy($small), 0, 'ends cleanly');
};

done_testing();
