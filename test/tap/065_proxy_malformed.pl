# A corpus of bytes that no well-behaved client sends. Each row says what comes back and what was stored: nothing but
# an answer 200 stores, and what is stored is exactly what the framing says. Every row is sent whole, the sending side
# is closed, and all that comes back until the end is compared: so a second answer, which is how smuggling shows, fails.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Test::More;
use ProxyHarness;

my $path = '/api/webhooks/calcom';
my $host = "Host: localhost\r\n";
my $smuggled = "POST $path/smuggled HTTP/1.1\r\n${host}Content-Length: 8\r\n\r\nsmuggled";
start_cluster();
my $proxy = start_proxy(qw(--max-body 1000));

# Statuses in order, and "close" when the last one announced the end of the connection.
sub answers {
    my ($bytes) = @_;
    my $client = connect_to($proxy);
    send_raw($client, $bytes);
    shutdown $client->{socket}, SHUT_WR;
    my ($said, $last) = '';
    my ($method) = $bytes =~ /^(HEAD) /;
    while (my $response = read_response($client, $method)) {
        $said .= "$response->{status} ";
        $last = $response->{headers}{connection} // '';
    }
    my $old = $bytes =~ m{^\S+ \S+ HTTP/1\.0\r\n};
    return $said eq '' ? 'silence' : $said . ($last eq 'close' || $old && $last ne 'keep-alive' ? 'close' : 'open');
}

# account=body of everything that was stored since it was last asked.
sub stored {
    return psql(q{SELECT coalesce(string_agg(account || '=' || encode(body, 'escape'), ' ' ORDER BY ctid), '') FROM "Web'Hooks".received;
                  DELETE FROM "Web'Hooks".received});
}

# Rows: what it is, bytes, answers (a pattern), stored.
sub hold {
    my ($what, @rows) = @_;
    subtest $what => sub {
        while (my ($name, $bytes, $answers, $stored) = splice @rows, 0, 4) {
            like(answers($bytes) . ' | ' . stored(), qr/^$answers \| \Q$stored\E$/, $name);
        }
    };
}

sub chunked { return "POST $path HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\n$_[0]" }
sub with { my ($headers, $rest) = @_; return "POST $path HTTP/1.1\r\n$host$headers\r\n" . ($rest // '') }
sub line { return "$_[0]\r\n${host}Content-Length: 1\r\n\r\nx" }

hold('chunked bodies',
    'several chunks' => chunked("1\r\na\r\n2\r\nbc\r\n0\r\n\r\n"), '200 open', 'default=abc',
    'extensions' => chunked("1;a=b;c=\"d\"\r\na\r\n0;e\r\n\r\n"), '200 open', 'default=a',
    'sizes with zeros and either case' => chunked("000A\r\n0123456789\r\n0\r\n\r\n"), '200 open', 'default=0123456789',
    'trailers are no headers' => chunked("1\r\na\r\n0\r\nX-Cal-Signature-256: a\r\nHost: b\r\n\r\n"), '200 open', 'default=a',
    'a length among the trailers' => chunked("1\r\na\r\n0\r\nContent-Length: 9\r\n\r\n"), '400 close', '',
    'then another request' => chunked("1\r\na\r\n0\r\n\r\n") . webhook($path, 'b'), '200 200 open', 'default=a default=b',
    'no final chunk' => chunked("1\r\na\r\n"), '400 close', '',
    'a final chunk without its end' => chunked("1\r\na\r\n0\r\n"), '400 close', '',
    'cut off within a chunk' => chunked("5\r\nab"), '400 close', '',
    'cut off within a size' => chunked('5'), '400 close', '',
    'more bytes than the size' => chunked("1\r\nab\r\n0\r\n\r\n"), '400 close', '',
    'fewer bytes than the size' => chunked("3\r\nab\r\n0\r\n\r\n"), '400 close', '',
    'a size that is no number' => chunked("g\r\na\r\n0\r\n\r\n"), '400 close', '',
    'a negative size' => chunked("-1\r\na\r\n0\r\n\r\n"), '400 close', '',
    'a size with plus' => chunked("+1\r\na\r\n0\r\n\r\n"), '400 close', '',
    'a size with 0x' => chunked("0x1\r\na\r\n0\r\n\r\n"), '400 close', '',
    'an empty size' => chunked("\r\na\r\n0\r\n\r\n"), '400 close', '',
    'a blank before the size' => chunked(" 1\r\na\r\n0\r\n\r\n"), '400 close', '',
    'a size of 64 bits and one' => chunked("10000000000000001\r\na\r\n0\r\n\r\n"), '400 close', '',
    'the largest size of 64 bits' => chunked("ffffffffffffffff\r\na\r\n0\r\n\r\n"), '413 close', '',
    'two sizes that overflow together' => chunked("1\r\na\r\nffffffffffffffff\r\na\r\n0\r\n\r\n"), '413 close', '',
    'sizes after LF alone' => chunked("1\na\n0\n\n"), '400 close', '',
    'chunks above the limit' => chunked(("1f4\r\n" . 'a' x 500 . "\r\n") x 3 . "0\r\n\r\n"), '413 close', '',
    'an endless extension' => chunked('1;' . 'a' x 100_000 . "\r\na\r\n0\r\n\r\n"), '413 close', '',
    'endless trailers' => chunked("1\r\na\r\n0\r\n" . "X: a\r\n" x 20_000 . "\r\n"), '413 close', '',
    'more of a next request than one reads' => chunked("1\r\na\r\n0\r\n\r\n" . 'x'), '200 400 close', 'default=a',
);

hold('where a body ends',
    'both, length first' => with("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n$smuggled"), '400 close', '',
    'both, coding first' => with("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n$smuggled"), '400 close', '',
    'both, length 0' => with("Transfer-Encoding: chunked\r\nContent-Length: 0\r\n", "0\r\n\r\n$smuggled"), '400 close', '',
    'chunked twice' => with("Transfer-Encoding: chunked\r\n" x 2, "0\r\n\r\n$smuggled"), '400 close', '',
    'chunked, chunked' => with("Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n$smuggled"), '400 close', '',
    'chunked, identity' => with("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n$smuggled"), '400 close', '',
    'identity' => with("Transfer-Encoding: identity\r\n", $smuggled), '400 close', '',
    'gzip, chunked' => with("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n$smuggled"), '400 close', '',
    'empty coding' => with("Transfer-Encoding:\r\n", $smuggled), '400 close', '',
    'quoted coding' => with("Transfer-Encoding: \"chunked\"\r\n", "0\r\n\r\n$smuggled"), '400 close', '',
    'coding with a parameter' => with("Transfer-Encoding: chunked;q=1\r\n", "0\r\n\r\n$smuggled"), '400 close', '',
    'coding after a comma' => with("Transfer-Encoding: ,chunked\r\n", "0\r\n\r\n$smuggled"), '400 close', '',
    'xchunked' => with("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n$smuggled"), '400 close', '',
    'vertical tab before chunked' => with("Transfer-Encoding: \x0bchunked\r\n", "0\r\n\r\n$smuggled"), '400 close', '',
    'tab and capitals are allowed' => with("Transfer-Encoding:\tCHUNKED \r\n", "1\r\na\r\n0\r\n\r\n"), '200 open', 'default=a',
    'a blank before the colon' => with("Transfer-Encoding : chunked\r\n", "0\r\n\r\n$smuggled"), '400 close', '',
    'a tab before the colon' => with("Transfer-Encoding\t: chunked\r\n", "0\r\n\r\n$smuggled"), '400 close', '',
    'coding in a folded line' => with("X: a\r\n Transfer-Encoding: chunked\r\nContent-Length: 1\r\n", 'x'), '400 close', '',
    'folded coding' => with("Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n$smuggled"), '400 close', '',
    'folded length' => with("Content-Length: 1\r\n 0\r\n", 'x'), '400 close', '',
    'two equal lengths' => with("Content-Length: 1\r\n" x 2, 'x'), '400 close', '',
    'two lengths' => with("Content-Length: 0\r\nContent-Length: 1\r\n", 'x'), '400 close', '',
    (map { ("length $_" => with("Content-Length: $_\r\n", 'x'), '400 close', '') }
        '1, 1', '1,1', '+1', '-1', '-0', '0x1', '1 1', "1\t1", '1;', '1.0', '1e0', '', '"1"', '18446744073709551616', '1' x 40, "\xb9"),
    'the largest length' => with("Content-Length: 18446744073709551615\r\n", 'x'), '413 close', '',
    'one above the limit' => with("Content-Length: 1001\r\n", 'x' x 1001), '413 close', '',
    'fewer bytes than the length' => with("Content-Length: 10\r\n", 'x'), '400 close', '',
    'no length is no body' => with('', $smuggled), '200 200 open', 'default= smuggled=smuggled',
    'more bytes than the length' => with("Content-Length: 1\r\n", 'xGARBAGE'), '200 400 close', 'default=x',
    'a length for chunked in HTTP/1.0' => "POST $path HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n$smuggled", '400 close', '',
);

hold('lines and headers',
    'LF alone after a header' => "POST $path HTTP/1.1\r\nHost: a\nContent-Length: 1\r\n\r\nx", '400 close', '',
    'LF alone throughout' => "POST $path HTTP/1.1\nHost: a\nContent-Length: 1\n\nx", '400 close', '',
    'CR alone in a value' => with("X: a\rb\r\n"), '400 close', '',
    'CR alone throughout' => "POST $path HTTP/1.1\rHost: a\r\r", '400 close', '',
    'NUL in a value' => with("X: a\0b\r\n"), '400 close', '',
    'NUL in a name' => with("X\0: a\r\n"), '400 close', '',
    'DEL in a value' => with("X: a\x7fb\r\n"), '400 close', '',
    'a name with a blank' => with("X Y: a\r\n"), '400 close', '',
    'a name beyond ASCII' => with("X\xc3\xa4: a\r\n"), '400 close', '',
    'an empty name' => with(": a\r\n"), '400 close', '',
    'no colon' => with("nonsense\r\n"), '400 close', '',
    'a folded line' => with("X: a\r\n b\r\nContent-Length: 1\r\n", 'x'), '400 close', '',
    'a first header that starts with a blank' => "POST $path HTTP/1.1\r\n X: a\r\n${host}\r\n", '400 close', '',
    'no host' => "GET /healthz HTTP/1.1\r\n\r\n", '400 close', '',
    'two hosts' => "GET /healthz HTTP/1.1\r\n$host$host\r\n", '400 close', '',
    'many headers' => with(join('', map { "X$_: a\r\n" } 1 .. 1500) . "Content-Length: 1\r\n", 'x'), '200 open', 'default=x',
    'too many headers' => with(join('', map { "X$_: a\r\n" } 1 .. 5000)), '431 close', '',
    'a header too large' => with('X: ' . 'a' x 17_000 . "\r\n"), '431 close', '',
    'a name too large' => with('a' x 17_000 . ": a\r\n"), '431 close', '',
    'a header without an end' => with('X: ' . 'a' x 200_000), '431 close', '',
    'a header cut off' => "POST $path HTTP/1.1\r\nHost: loc", '400 close', '',
    'two signatures, one right' => webhook($path, 'x', 'X-Cal-Signature-256: a', 'x-cal-signature-256: b'), '200 open', 'default=x',
    'a signature beyond ASCII' => webhook($path, 'x', "X-Cal-Signature-256: \xe4"), '401 close', '',
    'a tab in a signature' => webhook($path, 'x', "X-Cal-Signature-256: a\tb"), '401 close', '',
);

hold('request lines',
    'nothing' => '', 'silence', '',
    'empty lines' => "\r\n\r\n", '400 close', '',
    'HTTP/0.9' => "GET /healthz\r\n", '400 close', '',
    'HTTP/1.0' => "POST $path HTTP/1.0\r\nContent-Length: 1\r\n\r\nx", '200 close', 'default=x',
    'HTTP/1.0 kept alive' => "POST $path HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\nx" . webhook($path, 'y', 'Connection: close'), '200 200 close', 'default=x default=y',
    (map { ($_ => line("POST $path $_"), '400 close', '') } 'HTTP/1.2', 'HTTP/2.0', 'HTTP/3', 'HTTP/1.', 'HTTP/11.1', 'http/1.1', 'HTTP/1.1 ', 'ICY'),
    'the preface of HTTP/2' => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0", '400 close', '',
    'a TLS ClientHello' => "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" . "\xa5" x 500, '400 close', '',
    'an SSH banner' => "SSH-2.0-OpenSSH_9.2\r\n", '400 close', '',
    'two blanks' => line("POST  $path HTTP/1.1"), '400 close', '',
    'a tab' => line("POST\t$path HTTP/1.1"), '400 close', '',
    'a blank in the target' => line("POST $path/a b HTTP/1.1"), '400 close', '',
    'a method in small letters' => line("post $path HTTP/1.1"), '405 close', '',
    'a method that nobody knows' => line("BREW $path HTTP/1.1"), '405 close', '',
    'a method with a colon' => line("P:ST $path HTTP/1.1"), '400 close', '',
    'a target too large' => 'GET /' . 'a' x 20_000 . " HTTP/1.1\r\n$host\r\n", '431 close', '',
    'absolute form, another host' => line("POST http://elsewhere.example$path/acme HTTP/1.1"), '200 open', 'acme=x',
    'absolute form without a path' => line('POST http://elsewhere.example HTTP/1.1'), '404 close', '',
    'another scheme' => line("POST ftp://localhost$path HTTP/1.1"), '404 close', '',
    'authority form' => "CONNECT localhost:443 HTTP/1.1\r\n$host\r\n", '404 open', '',
    'asterisk form' => "OPTIONS * HTTP/1.1\r\n$host\r\n", '404 open', '',
    'no leading slash' => line('POST api/webhooks/calcom HTTP/1.1'), '404 close', '',
    'a fragment' => line("POST $path#x HTTP/1.1"), '404 close', '',
    'an upgrade to h2c is not taken' => webhook($path, 'x', 'Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABk'), '200 open', 'default=x',
    'an upgrade to WebSocket neither' => webhook($path, 'x', 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Key: a'), '200 open', 'default=x',
    'a body on GET of a webhook' => "GET $path HTTP/1.1\r\n${host}Content-Length: " . length($smuggled) . "\r\n\r\n$smuggled", '405 close', '',
    'a body on GET of health' => "GET /healthz HTTP/1.1\r\n${host}Content-Length: " . length($smuggled) . "\r\n\r\n$smuggled", '200 close', '',
    'GET, POST, garbage' => "GET /healthz HTTP/1.1\r\n$host\r\n" . webhook($path, 'x') . "\0garbage", '200 200 400 close', 'default=x',
    'a delivery after a refused one' => webhook("$path/a/b", 'x') . webhook($path, 'y'), '404 close', '',
    'Expect that is met' => webhook($path, 'x', 'Expect: 100-CONTINUE'), '100 200 open', 'default=x',
    (map { ("Expect: $_" => webhook($path, 'x', "Expect: $_"), '417 close', '') } '', '200-ok', '100-continue, 100-continue', '100-continue;a'),
    'Expect in HTTP/1.0' => "POST $path HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx", '417 close', '',
);

hold('paths of accounts',
    (map { ($_ => line("POST $path/$_ HTTP/1.1"), '404 close', '') } '..', '.', '%2e%2e', '%2E', '%252e%252e', '..%2f..', '..\\..',
        '..%5c', '%5c', "..;/$path", '%00', 'a%00', 'a%0d%0aX:%20b', 'a%20b', "'%3bDROP%20TABLE%20x--", "a'", '%', '%2', '%zz', '%u0041',
        '%c0%ae', '%ff', "\xff", 'a' x 64, '%61' x 64, 'a/', '/a', '~', '$1', '{}'),
    (map { ("$_ is one" => line("POST $path/$_ HTTP/1.1"), '200 open', "$_=x") } '...', '-', '_', 'a..b', '-rf', 'null', 'default', 'DEFAULT', 'a' x 63),
    'traversal before the path' => line("POST /assets/../api/webhooks/calcom HTTP/1.1"), '405 open', '',
    'traversal within the path' => line("POST /api/webhooks/../webhooks/calcom HTTP/1.1"), '404 close', '',
    'doubled slashes' => line("POST //api//webhooks//calcom HTTP/1.1"), '404 close', '',
);

for my $page (qw(/book /admin /assets)) {
    my $get = sub { return "GET $page$_[0] HTTP/1.1\r\n$host\r\n" };
    my $post = sub { return "POST $page/nowhere/at/all HTTP/1.1\r\n$host$_[0]\r\n" . ($_[1] // '') };
    my $coding = "Transfer-Encoding: chunked\r\n";
    hold("pages under $page",
        (map { ("GET $page$_" => $get->($_), '404 open', '') } '/../admin/x', '/..', '/%2e%2e/etc/passwd', '/%252e%252e/x', '/..%2f..%2fetc%2fpasswd',
            '/..\\..\\x', '/%5c..%5cx', '/../../../../etc/passwd', '/%00', '/a%00.css', "/\xff\xfe", '//x/y', '/.git/config', '/x' x 2000),
        'a fragment' => $get->('#x'), '404 open', '',
        'PUT' => "PUT $page HTTP/1.1\r\n${host}Content-Length: 1\r\n\r\nx", '405 close', '',
        'TRACE' => "TRACE $page HTTP/1.1\r\n$host\r\n", '405 open', '',
        'HEAD' => "HEAD $page/nowhere/at/all HTTP/1.1\r\n$host\r\n", '404 open', '',
        'both length and coding' => $post->("Content-Length: 5\r\n$coding", "0\r\n\r\n$smuggled"), '400 close', '',
        'two equal lengths' => $post->("Content-Length: 1\r\n" x 2, 'x'), '400 close', '',
        'a body too large' => $post->("Content-Length: 65537\r\n", 'x' x 65537), '413 close', '',
        'chunks too large' => $post->($coding, "10001\r\n" . 'x' x 65537 . "\r\n0\r\n\r\n"), '413 close', '',
        'many chunks too large' => $post->($coding, ("4000\r\n" . 'x' x 16384 . "\r\n") x 5 . "0\r\n\r\n"), '413 close', '',
        'a body cut off' => $post->("Content-Length: 10\r\n", 'x'), '400 close', '',
        'chunks cut off' => $post->($coding, "5\r\nx"), '400 close', '',
        'an encoded body' => $post->("Content-Encoding: gzip\r\nContent-Length: 1\r\n", 'x'), '415 close', '',
        'Expect that is met, and what follows it' => $post->("Expect: 100-continue\r\nContent-Length: 1\r\n", 'x') . webhook($path, 'y'), '100 40[45] 200 open', 'default=y',
        'other expectations' => $post->("Expect: miracles\r\nContent-Length: 1\r\n", 'x'), '417 close', '',
        'a body on GET does not become a request' => "GET $page/nowhere/at/all HTTP/1.1\r\n${host}Content-Length: " . length($smuggled) . "\r\n\r\n$smuggled", '404 open', '',
    );
}

is(request($proxy, 'GET', '/healthz')->{status}, 200, 'the proxy lives');
unlike(stdout_of($proxy), qr/etc|passwd|smuggled[^ ]|elsewhere|nowhere|%|DROP/, 'and has logged nothing that a stranger typed');
is(stop_proxy($proxy), 0, 'and ends cleanly');
done_testing();
