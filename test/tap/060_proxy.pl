# What the proxy answers to whom, and that what reaches the database is what was sent.
use strict;
use warnings;
use Digest::SHA qw(sha256_hex);
use File::Temp ();
use FindBin;
use lib $FindBin::Bin;
use Test::More;
use ProxyHarness;

my $path = '/api/webhooks/calcom';
start_cluster();
my $proxy = start_proxy();

subtest 'every SQLSTATE has its status' => sub {
    my %status = (
        KC401 => 401, KC402 => 401, KC403 => 401, KC404 => 404, KC413 => 413, KC503 => 503,
        '08006' => 503, 53100 => 503, 53300 => 503, 57014 => 503, '57P01' => 503, 40001 => 503, '40P01' => 503,
        '55P03' => 503, XX000 => 503, 25006 => 503,
        22023 => 500, 42501 => 500, P0001 => 500,
    );
    for my $state (sort keys %status) {
        my $response = post($proxy, $path, "raise $state");
        is($response->{status}, $status{$state}, "$state is $status{$state}");
        is($response->{headers}{'retry-after'}, $status{$state} == 503 ? 5 : undef, "$state and Retry-After");
        like($response->{body}, qr/^\{"error":"[^"]+"\}$/, "$state has a short JSON error");
        unlike($response->{body}, qr/jane|secret of|SELECT|$state/, "$state reveals nothing");
        wait_until_healthy($proxy);
    }
};

subtest 'every outcome of a committed delivery is 200' => sub {
    for my $outcome (qw(applied duplicate stale ignored deferred dead)) {
        my $body = "outcome $outcome .";
        my $response = post($proxy, $path, $body);
        is($response->{status}, 200, $outcome);
        is($response->{body}, sprintf('{"outcome":"%s","event_id":"%s"}', $outcome, sha256_hex($body)), 'its body');
        is($response->{headers}{'cache-control'}, 'no-store', 'is not cached');
        is($response->{headers}{server}, undef, 'names no server');
    }
};

is(post($proxy, $path, 'late')->{status}, 500, 'rows without a commit are not 200');
is(post($proxy, $path, 'norow')->{status}, 500, 'no row is not 200');

subtest 'bytes arrive untouched' => sub {
    my $all = join '', map { chr } 0 .. 255;
    my %body = ('all byte values' => $all, '1 MiB' => $all x 4096, 'nothing' => '', 'backslashes' => "\\x00\\\\'\$1");
    for my $name (sort keys %body) {
        psql(q{TRUNCATE "Web'Hooks".received});
        my $response = post($proxy, $path, $body{$name}, 'Content-Type: application/x-www-form-urlencoded');
        is($response->{status}, 200, $name);
        is(psql(q{SELECT encode(sha256(body), 'hex') || ' ' || length(body) FROM "Web'Hooks".received}),
            sha256_hex($body{$name}) . ' ' . length $body{$name}, "$name: same digest and length");
    }
};

subtest 'signature and account' => sub {
    my $stored = sub {
        my ($where, @headers) = @_;
        psql(q{TRUNCATE "Web'Hooks".received});
        my $response = post($proxy, $where, 'x', @headers);
        return $response->{status} . ' ' . psql(q{SELECT coalesce(signature, '-') || ' ' || account FROM "Web'Hooks".received});
    };
    is($stored->($path), '200 - default', 'no signature header is NULL');
    is($stored->($path, 'x-cal-signature-256: ab12'), '200 ab12 default', 'the name in any case');
    is($stored->($path, 'X-Cal-Signature-256: ab', 'X-Cal-Signature-256: cd'), '200 ab,cd default', 'two are joined');
    is($stored->($path, "X-Cal-Signature-256: ab\xff"), '401 ', 'other bytes than text never reach the database');
    is($stored->("$path/acme%2Dinc.1_2"), '200 - acme-inc.1_2', 'account, percent-decoded');
    is($stored->("$path/" . 'a' x 63), '200 - ' . 'a' x 63, 'account of 63 characters');
    is($stored->("$path/acme?token=1"), '200 - acme', 'a query is ignored');
    is($stored->("http://example.org$path/acme"), '200 - acme', 'absolute form');
};

subtest 'paths and methods' => sub {
    for my $unknown ('/', '/api/webhooks', "$path/", "$path/..", "$path/%2e%2e", "$path/../calcom", "$path/a%2fb",
        "$path/a/b", "$path/" . 'a' x 64, "$path/a%00", "$path/%zz", "$path/%4", "/x/..$path", "/$path", "${path}x",
        '/healthz/', "$path/a%20b", "$path/%C3%A4") {
        is(post($proxy, $unknown, 'x')->{status}, 404, "404: $unknown");
    }
    for my $method (qw(GET HEAD PUT DELETE PATCH OPTIONS BREW)) {
        my $response = request($proxy, $method, $path);
        is($response->{status}, 405, "$method is 405");
        is($response->{headers}{allow}, 'POST', 'and says what is allowed');
    }
    my $response = post($proxy, '/healthz', '');
    is("$response->{status} $response->{headers}{allow}", '405 GET, HEAD', 'POST /healthz');
};

subtest 'health' => sub {
    my $response = request($proxy, 'GET', '/healthz');
    is("$response->{status} $response->{body}", '200 {"status":"ok"}', 'GET');
    $response = request($proxy, 'HEAD', '/healthz');
    is("$response->{status} $response->{headers}{'content-length'}", '200 15', 'HEAD');
    psql(q{REVOKE calcom_ingester FROM proxy});
    $response = request($proxy, 'GET', '/healthz');
    is($response->{status}, 503, 'without the right to ingest');
    like($response->{body}, qr/may not call/, 'and why');
    psql(q{GRANT calcom_ingester TO proxy});
};

subtest 'log' => sub {
    post($proxy, '/person@example.com?secret=1', 'x');
    post($proxy, "$path/acme", 'raise KC403', 'X-Cal-Signature-256: deadbeef');
    my $log = stdout_of($proxy);
    like($log, qr{^time=\d{4}-\d\d-\d\dT[\d:.]+Z method=POST path=/api/webhooks/calcom status=200 bytes=1048576 ms=[\d.]+ outcome=applied event_id=[0-9a-f]{64}$}m,
        'one line of a request');
    like($log, qr{path=/api/webhooks/calcom/acme status=401 .* sqlstate=KC403 hint="[^"]*calcom_set_secret}, 'a hint to the operator');
    unlike($log . stderr_of($proxy), qr/person|secret=1|deadbeef|jane|raise/, 'no path of strangers, header or body');
    is(stop_proxy($proxy), 0, 'ends cleanly');
    my $json = start_proxy('--log-format', 'json');
    post($json, $path, 'raise KC401');
    like(stdout_of($json), qr/^\{"time":"[^"]+","method":"POST","path":"\/api\/webhooks\/calcom","status":401,"bytes":11,"ms":[\d.]+,"sqlstate":"KC401"\}$/m, 'JSON');
    stop_proxy($json);
};

# Requests that fill a pipe and whatever the proxy holds back; how many lines of the log they are.
sub fill_log {
    my ($client) = @_;
    for (1 .. 80) {
        send_raw($client, "GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n" x 100);
        for (1 .. 100) { read_response($client)->{status} == 404 or die 'not served' }
    }
    return 8000;
}

subtest 'a log that nobody reads holds nobody' => sub {
    my $proxy = piped_proxy();
    wait_until_healthy($proxy);
    my $client = connect_to($proxy);
    my $requests = () = stdout_of($proxy) =~ / method=/g;
    $requests += fill_log($client);
    is(post($proxy, $path, "unread $_")->{status}, 200, "delivery $_ is answered") for 1 .. 3;
    $requests += 3;
    my ($lost) = wait_until('the log flows again', sub { stdout_of($proxy) =~ /^time=\S+ message="(\d+) log lines were dropped because the reader was too slow"$/m && $1 });
    my @lines = split /\n/, stdout_of($proxy);
    is(scalar(grep { !/^(time=\S+ (method|message)=|listening on )/ } @lines), 0, 'no line is broken');
    is(grep({ / method=/ } @lines) + $lost, $requests, 'what is not there is counted');
    is(post($proxy, $path, 'read')->{status}, 200, 'another delivery');
    ok(wait_until('its line', sub { stdout_of($proxy) =~ / method=POST .* status=200 / }), 'has its line again');
    fill_log($client);
    is(stop_proxy($proxy), 0, 'and it ends cleanly although nobody reads that');
    $proxy = piped_proxy();
    wait_until_healthy($proxy);
    close $proxy->{reader};
    is(post($proxy, $path, 'unread')->{status}, 200, 'a reader that has gone holds nobody either');
    is(stop_proxy($proxy), 0, 'nor an end');
};

subtest 'start' => sub {
    my ($taken, $port) = taken_port();
    my ($code, $out, $err) = run_proxy({}, '--listen', "127.0.0.1:$port");
    is($code, 1, 'a taken port is exit code 1');
    is($err, "calcom-proxy: cannot listen on 127.0.0.1:$port: Address already in use\n", 'and one sentence');
    for my $database ('postgres://u:hunter2@localhost/db', 'user=u password=hunter2', 'postgres://localhost/db?password=hunter2') {
        ($code, $out, $err) = run_proxy({}, '--database', $database);
        is($code, 1, 'a password among the arguments is refused');
        like($err, qr/DATABASE_URL/, 'with the way out');
        unlike($out . $err, qr/hunter2/, 'and not repeated');
    }
    ($code, $out, $err) = run_proxy({ DATABASE_URL => 'postgres://u:hunter2@[bad/db' });
    is("$code $err", "1 calcom-proxy: DATABASE_URL is not a connection string that libpq understands\n", 'a bad DATABASE_URL');
    ($code, $out, $err) = run_proxy({}, '--help');
    is($code, 0, '--help');
    like($out, qr/--database CONNINFO.*never among the arguments/s, 'says where the password belongs');

    my $tokens = File::Temp->new;
    print $tokens 'a' x 40, "\n";
    close $tokens;
    for (['127.0.0.1:8080', 'http://127.0.0.1:8080'], ['[::1]:8080', 'http://[::1]:8080'], ['0.0.0.0:81', 'http://127.0.0.1:81'], ['[::]:82', 'http://[::1]:82']) {
        ($code, $out, $err) = run_proxy({}, 'admin-link', '--admin-token-file', "$tokens", '--listen', $_->[0]);
        like("$code$err $out", qr{^0 \Q$_->[1]\E/admin/once/\S+\n$}, "the link of $_->[0] opens");
    }

    my $quiet = start_proxy({ DATABASE_URL => server_options() . ' password=hunter2' });
    open my $arguments, '<', "/proc/$quiet->{pid}/cmdline" or die $!;
    unlike(join('', <$arguments>), qr/hunter2/, 'a secret in the environment is not in ps');
    stop_proxy($quiet);
    unlike(stdout_of($quiet) . stderr_of($quiet), qr/hunter2/, 'nor in the log');
};

done_testing();
