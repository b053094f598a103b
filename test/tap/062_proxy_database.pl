# A database that blocks, refuses, is absent, dies or comes back, and a proxy that must stop: whatever was
# accepted gets a true answer.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use POSIX ();
use Test::More;
use ProxyHarness;

my $path = '/api/webhooks/calcom';
start_cluster();

# Sends without waiting for the answer.
sub send_delivery {
    my ($proxy, $body) = @_;
    my $client = connect_to($proxy);
    send_raw($client, webhook($path, $body));
    return $client;
}

sub waiting_for_lock {
    my ($count) = @_;
    wait_until("$count calls wait", sub {
        psql(q{SELECT count(*) FROM pg_stat_activity WHERE application_name = 'calcom-proxy' AND wait_event = 'advisory'}) == $count;
    });
}

sub statuses { return join ' ', map { read_response($_)->{status} } @_ }

subtest 'a blocked call blocks nobody else' => sub {
    my $proxy = start_proxy(qw(--pool 2));
    my $lock = hold_lock(1);
    my $blocked = send_delivery($proxy, 'lock 1');
    waiting_for_lock(1);
    is(post($proxy, $path, "other $_")->{status}, 200, "delivery $_ passes") for 1 .. 5;
    release_lock($lock);
    is(statuses($blocked), '200', 'and the blocked one is answered when free');
    is(stop_proxy($proxy), 0, 'ends cleanly');
};

# Sends them while the only connection is held, so that they wait together; their statuses, in order.
sub together {
    my ($proxy, @bodies) = @_;
    my $lock = hold_lock(1);
    my $running = send_delivery($proxy, 'lock 1');
    waiting_for_lock(1);
    my @waiting = map { send_delivery($proxy, $_) } @bodies;
    wait_until('all are read', sub { sum_unread(@waiting) == 0 });
    release_lock($lock);
    is(statuses($running), '200', 'the one before them');
    return statuses(@waiting);
}

# Bytes that the proxy has not read yet: what its sockets still have in their receive queues.
sub sum_unread {
    my %port = map { $_->{socket}->sockport => 1 } @_;
    open my $table, '<', '/proc/net/tcp' or die $!;
    my $unread = 0;
    while (<$table>) {
        my (undef, undef, $remote, undef, $queues) = split;
        next unless $remote =~ /:([0-9A-F]{4})$/ && $port{ hex $1 };
        $unread += hex((split /:/, $queues)[1]);
    }
    return $unread;
}

subtest 'deliveries that wait at the same time share a transaction' => sub {
    my $proxy = start_proxy(qw(--pool 1));
    psql(q{TRUNCATE "Web'Hooks".batched});
    is(together($proxy, 'one', 'raise KC401', 'two', 'raise KC404', 'outcome dead', 'raise 40001', 'three'),
        '200 401 200 404 200 503 200', 'each gets its own answer, a refused one affects no other');
    is(psql(q{SELECT string_agg(items::text, ' ') FROM "Web'Hooks".batched}), '7', 'in one call');
    is(psql(q{SELECT count(*) FROM "Web'Hooks".received WHERE body IN ('one', 'two', 'three')}), '3', 'and are stored');
    is(together($proxy, 'four', 'whole', 'five'), '200 200 200', 'when the batch fails as a whole, each goes alone');
    is(psql(q{SELECT count(*) FROM "Web'Hooks".received WHERE body IN ('four', 'five', 'whole')}), '3', 'and is stored, once');
    is(together($proxy, 'six', 'late', 'seven'), '200 500 200', 'and so when only its commit fails');
    is(psql(q{SELECT count(*) FROM "Web'Hooks".received WHERE body IN ('six', 'seven', 'late')}), '2', 'where what was refused is not stored');
    is(stop_proxy($proxy), 0, 'ends cleanly');
};

subtest 'the queue is bounded' => sub {
    my $proxy = start_proxy(qw(--pool 1 --queue 2));
    my $lock = hold_lock(1);
    my $running = send_delivery($proxy, 'lock 1');
    waiting_for_lock(1);
    my @clients = map { send_delivery($proxy, "queued $_") } 1 .. 3;
    my ($refused) = wait_until('one is refused', sub {
        my @ready = IO::Select->new(map { $_->{socket} } @clients)->can_read(0);
        @ready && $ready[0];
    });
    my ($client) = grep { $_->{socket} == $refused } @clients;
    my $response = read_response($client);
    is("$response->{status} $response->{headers}{'retry-after'}", '503 1', 'one too many gets 503');
    is(request($proxy, 'GET', '/healthz')->{body}, '{"error":"too many deliveries are waiting"}', 'health says why');
    release_lock($lock);
    is(statuses($running, grep { $_ != $client } @clients), '200 200 200', 'the others are served');
    is(stop_proxy($proxy), 0, 'ends cleanly');
};

subtest 'a call that takes too long' => sub {
    my $proxy = start_proxy(qw(--pool 1 --database-timeout 1));
    my $lock = hold_lock(1);
    my ($running, $queued) = map { send_delivery($proxy, 'lock 1') } 1 .. 2;
    my @responses = map { read_response($_) } $running, $queued;
    is($_->{status}, 503, 'is 503') for @responses;
    # On a busy machine the server's word may come after the proxy's own patience: then it cancels another.
    ok(wait_until('it says so', sub { stdout_of($proxy) =~ /sqlstate=57014/ || (post($proxy, $path, 'lock 1'), 0)[1] }),
        'the server cancelled it by statement_timeout');
    release_lock($lock);
    ok(wait_until('the next one', sub { post($proxy, $path, 'x')->{status} == 200 }), 'and the next one passes');
    is(stop_proxy($proxy), 0, 'ends cleanly');
};

subtest 'a server that stops answering' => sub {
    my $proxy = start_proxy(qw(--pool 1 --database-timeout 1));
    my $backend = psql(q{SELECT pid FROM pg_stat_activity WHERE application_name = 'calcom-proxy'});
    kill 'STOP', $backend;
    is(post($proxy, $path, 'x')->{status}, 503, 'is 503');
    ok(wait_until('a new connection', sub { post($proxy, $path, 'y')->{status} == 200 }), 'and given up for another');
    kill 'CONT', $backend;
    is(stop_proxy($proxy), 0, 'ends cleanly');
};

subtest 'a connection lost in the middle of a call' => sub {
    my $proxy = start_proxy(qw(--pool 1));
    is(post($proxy, $path, 'terminate')->{status}, 503, 'is 503');
    wait_until('a new connection', sub { post($proxy, $path, 'x')->{status} == 200 });
    my $lock = hold_lock(1);
    my $client = send_delivery($proxy, 'lock 1');
    waiting_for_lock(1);
    my $queued = send_delivery($proxy, 'queued');
    stop_server('immediate');
    is(statuses($client, $queued), '503 503', 'a crash is 503, for what waits too');
    is(post($proxy, $path, 'x')->{status}, 503, 'and for what comes then');
    my $health = request($proxy, 'GET', '/healthz');
    is("$health->{status} $health->{body}", '503 {"error":"the database is away"}', 'health says so');
    release_lock($lock);
    start_server();
    wait_until_healthy($proxy);
    is(post($proxy, $path, 'x')->{status}, 200, 'it serves again by itself');
    is(stop_proxy($proxy), 0, 'ends cleanly');
    my @said = stderr_of($proxy) =~ /database is not available/g;
    cmp_ok(scalar @said, '<', 10, 'and does not fill the log meanwhile');
};

subtest 'idle connections notice a restart' => sub {
    my $proxy = start_proxy();
    stop_server('fast');
    start_server();
    wait_until_healthy($proxy);
    is(post($proxy, $path, "again $_")->{status}, 200, "delivery $_") for 1 .. 8;
    is(stop_proxy($proxy), 0, 'ends cleanly');
};

subtest 'the proxy starts first' => sub {
    stop_server('fast');
    my $proxy = listening_proxy();
    my $response = post($proxy, $path, 'x');
    is("$response->{status} $response->{headers}{'retry-after'}", '503 5', 'come again');
    start_server();
    wait_until_healthy($proxy);
    is(post($proxy, $path, 'x')->{status}, 200, 'then it serves');
    is(stop_proxy($proxy), 0, 'ends cleanly');
};

subtest 'where the extension is installed' => sub {
    my $proxy = listening_proxy({ CALCOM_PROXY_SCHEMA => '' });
    my $health;
    wait_until('it has looked', sub {
        $health = request($proxy, 'GET', '/healthz');
        $health->{body} !~ /away/;
    });
    is("$health->{status} $health->{body}", '503 {"error":"calcom is not installed in this database"}', 'nowhere');
    is(post($proxy, $path, 'x')->{body}, '{"error":"calcom is not set up in this database"}', 'a delivery gets the reason');
    psql(q{SET allow_system_table_mods = on;
           INSERT INTO pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion)
           SELECT 99999, 'calcom', 10, oid, false, '0' FROM pg_namespace WHERE nspname = 'Web''Hooks'});
    wait_until_healthy($proxy);
    is(post($proxy, $path, 'x')->{status}, 200, 'found in its schema');
    psql(q{ALTER SCHEMA "Web'Hooks" RENAME TO moved});
    is(post($proxy, $path, 'x')->{status}, 503, 'not where it was');
    wait_until_healthy($proxy);
    psql(q{ALTER SCHEMA moved RENAME TO "Web'Hooks"});
    wait_until_healthy($proxy);
    is(stop_proxy($proxy), 0, 'ends cleanly');
};

sub seconds_of_processor {
    my ($proxy) = @_;
    open my $stat, '<', "/proc/$proxy->{pid}/stat" or die $!;
    my ($user, $system) = (split ' ', <$stat> =~ s/^.*\) //r)[ 11, 12 ];
    return ($user + $system) / POSIX::sysconf(&POSIX::_SC_CLK_TCK);
}

subtest 'more clients than open files' => sub {
    my ($code, $out, $err) = do { local $ProxyHarness::open_files = 20; run_proxy({ DATABASE_URL => server_options() }, '--listen', '127.0.0.1:0') };
    is($code, 1, 'too few of them for anything is a mistake');
    like($err, qr/^calcom-proxy: the limit of open files is 20, too few .*ulimit -n.*LimitNOFILE/, 'that says what to do');
    my $proxy = do { local $ProxyHarness::open_files = 80; start_proxy(qw(--max-connections 500)) };
    like(stderr_of($proxy), qr/message="only \d+ HTTP connections are served at once, not 500, because the limit of open files is 80: raise it/, 'fewer are served, and the log says so');
    my @clients = map { connect_to($proxy) } 1 .. 200;
    psql(q{SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE application_name = 'calcom-proxy'});
    for my $client (@clients) { send_raw($client, webhook($path, 'many', 'Connection: close')) }
    my @statuses = map { read_response($_)->{status} } @clients;
    is(scalar(grep { $_ != 200 && $_ != 503 } @statuses), 0, 'each has an answer');
    is($statuses[-1], 200, 'and the database its connections');
    close $_->{socket} for @clients;
    # None left at all, as another limit of the system may have it.
    system('prlimit', '--nofile=1:80', '--pid', $proxy->{pid}) == 0 or die 'no prlimit';
    my $client = connect_to($proxy);
    send_raw($client, webhook($path, 'later'));
    ok(wait_until('it says so', sub { stderr_of($proxy) =~ /no connection can be accepted: Too many open files/ }), 'when it can accept none, the log says so');
    my $before = seconds_of_processor($proxy);
    my $pauses = 10;
    wait_until('some time has passed', sub { IO::Select->new($client->{socket})->can_read(0.1) || --$pauses == 0 });
    cmp_ok(seconds_of_processor($proxy) - $before, '<', 0.5, 'it does not spin');
    system('prlimit', '--nofile=80:80', '--pid', $proxy->{pid}) == 0 or die 'no prlimit';
    is(read_response($client)->{status}, 200, 'and goes on when there are some again');
    is(scalar(() = stderr_of($proxy) =~ /no connection can be accepted/g), 1, 'it was said once');
    is(stop_proxy($proxy), 0, 'ends cleanly');
};

subtest 'stop' => sub {
    my $proxy = start_proxy();
    my $idle = connect_to($proxy);
    send_raw($idle, webhook($path, 'x'));
    is(read_response($idle)->{status}, 200, 'a connection kept alive');
    my $lock = hold_lock(1);
    my $client = send_delivery($proxy, 'lock 1');
    my $uploading = connect_to($proxy);
    send_raw($uploading, "POST $path HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n");
    is(read_response($uploading)->{status}, 100, 'a body on its way');
    waiting_for_lock(1);
    kill_proxy($proxy, 'TERM');
    ok(read_to_end($idle), 'idle connections are closed');
    wait_until('it no longer listens', sub { !IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $proxy->{port}) });
    send_raw($uploading, 'rest of it');
    release_lock($lock);
    for my $accepted ($client, $uploading) {
        my $response = read_response($accepted);
        is("$response->{status} $response->{headers}{connection}", '200 close', 'what was accepted gets its answer');
        close $accepted->{socket};
    }
    is(end_of($proxy), 0, 'exit code 0');
};

subtest 'stop serves what waits to be accepted' => sub {
    my $proxy = start_proxy();
    kill_proxy($proxy, 'STOP');
    my @clients = map { send_delivery($proxy, "waiting $_") } 1 .. 5;
    kill_proxy($proxy, $_) for 'TERM', 'CONT';
    is(statuses(@clients), '200 200 200 200 200', 'for the client it was accepted already');
    close $_->{socket} for @clients;
    is(end_of($proxy), 0, 'exit code 0');
};

subtest 'a terminal that is closed' => sub {
    local $SIG{HUP} = 'DEFAULT';    # these tests may run under nohup themselves
    my $proxy = start_proxy();
    my $lock = hold_lock(1);
    my $client = send_delivery($proxy, 'lock 1');
    waiting_for_lock(1);
    kill_proxy($proxy, 'HUP');
    wait_until('it stops', sub { stderr_of($proxy) =~ /message=stopping$/m });
    release_lock($lock);
    is(statuses($client), '200', 'stops it as gently');
    close $client->{socket};
    is(end_of($proxy), 0, 'exit code 0');
    $SIG{HUP} = 'IGNORE';    # nohup
    $proxy = start_proxy();
    kill_proxy($proxy, 'HUP');
    is(post($proxy, $path, 'x')->{status}, 200, 'unless it was started to survive that') for 1 .. 3;
    unlike(stderr_of($proxy), qr/stopping/, 'which it does');
    is(stop_proxy($proxy), 0, 'ends cleanly');
};

subtest 'stop is bounded' => sub {
    my $proxy = start_proxy(qw(--shutdown-timeout 0.3));
    my $lock = hold_lock(1);
    my $client = send_delivery($proxy, 'lock 1');
    waiting_for_lock(1);
    is(stop_proxy($proxy), 0, 'a call that never ends does not keep it');
    like(stderr_of($proxy), qr/stopped before every request was answered/, 'and it says so');
    release_lock($lock);
};

done_testing();
