# A test server whose calcom_ingest is a stub controlled by the body, a proxy in front of it, and raw
# HTTP. The stub lets the proxy's own promises be tested: status codes, exact bytes, what happens when a call blocks,
# fails late or loses its connection.
package ProxyHarness;

use strict;
use warnings;
use Exporter 'import';
use File::Temp ();
use IO::Handle;
use IO::Select;
use IO::Socket::INET;
use IO::Socket::IP;
use POSIX ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Socket qw(SHUT_WR);
use WaitUntil;

our @EXPORT = qw(start_cluster stop_server start_server psql hold_lock release_lock wait_until run_proxy
  listening_proxy start_proxy wait_until_healthy piped_proxy stop_proxy end_of kill_proxy stdout_of stderr_of connect_to send_raw read_response read_to_end request post webhook
  server_options taken_port SHUT_WR);

my $patience = $PostgreSQL::Test::Utils::timeout_default;
my $program = $ENV{CALCOM_PROXY} or die "CALCOM_PROXY must name the proxy's binary\n";
my $directory = File::Temp->newdir('calcom-proxy-XXXXXX', TMPDIR => 1);
my $owner = $$;
my $node;
my %proxies;
our ($reader, $writer);    # of the pipe into which a proxy writes instead of into files
our $open_files = 'unlimited';    # how many the proxy may have: ulimit -n, soft and hard

delete @ENV{ grep { /^PG(?!_CONFIG|_REGRESS|_TEST)/ || /^CALCOM_PROXY_/ || $_ eq 'DATABASE_URL' } keys %ENV };

sub server_options { return 'host=' . $node->host . ' port=' . $node->port . ' dbname=postgres user=proxy' }

sub start_server { return $node->start }
sub stop_server { my ($mode) = @_; return $node->stop($mode) }
sub psql { my ($sql) = @_; return $node->safe_psql('postgres', $sql) }

# Schema and login have names that must be quoted and a login with no more rights than the real one.
sub start_cluster {
    $node = PostgreSQL::Test::Cluster->new('proxy');
    $node->init;
    $node->start;
    psql($_) for split /^----\n/m, <<'SQL';
CREATE ROLE calcom_ingester NOLOGIN; CREATE ROLE proxy LOGIN IN ROLE calcom_ingester;
----
CREATE SCHEMA "Web'Hooks"; GRANT USAGE ON SCHEMA "Web'Hooks" TO calcom_ingester;
CREATE TABLE "Web'Hooks".received (body bytea, signature text, account text);
CREATE TABLE "Web'Hooks".batched (items int);
CREATE TABLE "Web'Hooks".late (id int UNIQUE DEFERRABLE INITIALLY DEFERRED);
INSERT INTO "Web'Hooks".late VALUES (1);
CREATE FUNCTION "Web'Hooks".calcom_ingest(body bytea, signature text, account text DEFAULT 'default',
  OUT outcome text, OUT event_id text, OUT booking_uid text, OUT detail text) RETURNS SETOF record
LANGUAGE plpgsql SECURITY DEFINER SET search_path = "Web'Hooks", pg_temp AS $$
DECLARE
  command text := encode(substring(body FOR 60), 'escape');
  argument text := split_part(command, ' ', 2);
BEGIN
  outcome := 'applied';
  event_id := encode(sha256(body), 'hex');
  INSERT INTO received VALUES (body, signature, account);
  CASE split_part(command, ' ', 1)
    WHEN 'raise' THEN RAISE EXCEPTION 'secret of jane@example.com' USING ERRCODE = argument;
    WHEN 'outcome' THEN outcome := argument;
    WHEN 'lock' THEN PERFORM pg_advisory_xact_lock(argument::int);
    WHEN 'late' THEN INSERT INTO late VALUES (1);
    WHEN 'norow' THEN RETURN;
    WHEN 'terminate' THEN PERFORM pg_terminate_backend(pg_backend_pid());
    ELSE NULL;
  END CASE;
  RETURN NEXT;
END $$;
CREATE FUNCTION "Web'Hooks".resend_ingest(body bytea, id text, "timestamp" text, signature text, account text DEFAULT 'default',
  OUT outcome text, OUT event_id text, OUT outbox_id uuid, OUT detail text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = "Web'Hooks", pg_temp AS $$
BEGIN
  IF encode(body, 'escape') = 'raise' THEN RAISE EXCEPTION 'no' USING ERRCODE = 'KC401'; END IF;
  outcome := 'applied';
  event_id := concat_ws('|', encode(sha256(body), 'hex'), coalesce(id, '-'), coalesce("timestamp", '-'), coalesce(signature, '-'), account);
END $$;
CREATE FUNCTION "Web'Hooks".calcom_ingest_batch(bodies bytea[], signatures text[], accounts text[],
  OUT item int, OUT outcome text, OUT event_id text, OUT booking_uid text, OUT detail text, OUT sqlstate text) RETURNS SETOF record
LANGUAGE plpgsql SECURITY DEFINER SET search_path = "Web'Hooks", pg_temp AS $$
DECLARE
  state text;
BEGIN
  INSERT INTO batched VALUES (cardinality(bodies));
  FOR item IN 1 .. cardinality(bodies) LOOP
    IF encode(substring(bodies[item] FOR 10), 'escape') = 'whole' THEN RAISE EXCEPTION 'no' USING ERRCODE = '55P03'; END IF;
    outcome := null; event_id := null; state := null;
    BEGIN
      SELECT i.outcome, i.event_id INTO outcome, event_id FROM calcom_ingest(bodies[item], signatures[item], accounts[item]) i;
    EXCEPTION WHEN OTHERS THEN
      GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE;
    END;
    sqlstate := state;
    RETURN NEXT;
  END LOOP;
END $$;
REVOKE ALL ON FUNCTION "Web'Hooks".calcom_ingest(bytea, text, text) FROM public;
GRANT EXECUTE ON FUNCTION "Web'Hooks".calcom_ingest(bytea, text, text) TO calcom_ingester;
SQL
}

# An advisory lock held by a session of its own, until it is released.
sub hold_lock {
    my ($key) = @_;
    my $session = $node->background_psql('postgres');
    $session->query_safe("SELECT pg_advisory_lock($key)");
    return $session;
}

# The server may have ended the session already.
sub release_lock { my ($session) = @_; return eval { $session->quit } }

# Starts the program; %environment is added to its environment.
sub launch {
    my ($environment, @flags) = @_;
    my $output = File::Temp->newdir(DIR => $directory);
    my $pid = fork // die $!;
    if ($pid == 0) {
        @ENV{ keys %$environment } = values %$environment;
        open STDOUT, $writer ? '>&' : '>', $writer // "$output/stdout" or POSIX::_exit(126);
        open STDERR, $writer ? '>&' : '>', $writer // "$output/stderr" or POSIX::_exit(126);
        exec 'sh', '-c', 'test "$0" = unlimited || ulimit -n "$0"; exec "$@"', $open_files, $program, @flags or POSIX::_exit(127);
    }
    return { pid => $pid, output => $output, reader => $reader, read => '' };
}

# A program that was just started has no file yet.
sub written { my ($file) = @_; return -e $file ? slurp_file($file) : '' }

# Of a piped proxy: all that it has written so far, and only by this call does anybody read it.
sub stdout_of {
    my ($proxy) = @_;
    return written("$proxy->{output}/stdout") unless $proxy->{reader};
    while (sysread $proxy->{reader}, $proxy->{read}, 65536, length $proxy->{read}) { }
    return $proxy->{read};
}
sub stderr_of { return written("$_[0]{output}/stderr") }

# Runs it to its end: exit code, standard output, standard error.
sub run_proxy {
    my ($environment, @flags) = @_;
    my $proxy = launch($environment, @flags);
    waitpid $proxy->{pid}, 0;
    return ($? >> 8, stdout_of($proxy), stderr_of($proxy));
}

# Starts it on a free port and waits until it listens. Flags after the usual ones win.
sub listening_proxy {
    my (@flags) = @_;
    my %environment = ref $flags[0] ? %{ shift @flags } : ();
    # A test that has no clock of its own must not meet the database's.
    my $proxy = launch({ ($node ? (DATABASE_URL => server_options()) : ()), CALCOM_PROXY_SCHEMA => "Web'Hooks", CALCOM_PROXY_DATABASE_TIMEOUT => 60, %environment },
        '--listen', '127.0.0.1:0', @flags);
    $proxies{ $proxy->{pid} } = $proxy;
    wait_until('the proxy listens', sub {
        die 'the proxy ended: ' . stdout_of($proxy) . stderr_of($proxy) if waitpid($proxy->{pid}, POSIX::WNOHANG) != 0;
        my ($address, $port) = stdout_of($proxy) =~ m{^listening on http://(\S+):(\d+)$}m or return 0;
        @$proxy{qw(host port)} = ($address =~ /^\[::1?\]$/ ? '::1' : '127.0.0.1', $port);
    });
    return $proxy;
}

# The same with all that it writes in a pipe, which only stdout_of empties.
sub piped_proxy {
    pipe local $reader, local $writer or die $!;
    $reader->blocking(0);
    return listening_proxy(@_);
}

# The same, ready to store deliveries.
sub start_proxy {
    my $proxy = listening_proxy(@_);
    wait_until_healthy($proxy);
    return $proxy;
}

sub wait_until_healthy {
    my ($proxy) = @_;
    return wait_until('the proxy is healthy', sub { request($proxy, 'GET', '/healthz')->{status} == 200 });
}

sub kill_proxy { my ($proxy, $signal) = @_; kill $signal, $proxy->{pid} }

# Stops it if it still runs, and returns its wait status: 0 is a clean end.
sub stop_proxy {
    my ($proxy) = @_;
    kill 'TERM', $proxy->{pid};
    return end_of($proxy);
}

# The same for a proxy that got a signal already: a second one would end it at once.
sub end_of {
    my ($proxy) = @_;
    waitpid $proxy->{pid}, 0;
    delete $proxies{ $proxy->{pid} };
    return $?;
}

sub connect_to {
    my ($proxy) = @_;
    my $socket = IO::Socket::IP->new(PeerHost => $proxy->{host}, PeerPort => $proxy->{port}, Proto => 'tcp')
      or die "no connection: $@";
    binmode $socket;
    return { socket => $socket, buffer => '' };
}

# Failing to send is no failure of the test: the proxy may have answered and closed already.
sub send_raw {
    my ($client, $bytes) = @_;
    local $SIG{PIPE} = 'IGNORE';
    while (length $bytes) {
        my $written = syswrite $client->{socket}, $bytes;
        return 0 unless defined $written;
        substr($bytes, 0, $written) = '';
    }
    return 1;
}

# More input into the buffer: false at its end.
sub fill {
    my ($client) = @_;
    die "no answer in time\n" unless IO::Select->new($client->{socket})->can_read($patience);
    return sysread $client->{socket}, $client->{buffer}, 65536, length $client->{buffer};
}

# The next response of a connection, or undef when the other side closed without one.
sub read_response {
    my ($client, $method) = @_;
    until ($client->{buffer} =~ /\r\n\r\n/) { fill($client) or return undef }
    my ($head, $rest) = split /\r\n\r\n/, $client->{buffer}, 2;
    my ($first, @lines) = split /\r\n/, $head;
    my ($status) = $first =~ m{^HTTP/1\.[01] (\d{3})} or die "no status line: $first\n";
    my %headers = map { /^([^:]+):\s*(.*)$/ ? (lc $1, $2) : () } @lines;
    my $length = $status == 100 || ($method // '') eq 'HEAD' ? 0 : $headers{'content-length'} // 0;
    $client->{buffer} = $rest;
    while (length $client->{buffer} < $length) { fill($client) or die "body cut off\n" }
    return { status => $status, headers => \%headers, body => substr($client->{buffer}, 0, $length, '') };
}

# True once the other side has closed.
sub read_to_end {
    my ($client) = @_;
    while (fill($client)) { }
    return 1;
}

sub webhook {
    my ($path, $body, @headers) = @_;
    return join "\r\n", "POST $path HTTP/1.1", 'Host: localhost', 'Content-Length: ' . length $body, @headers, '', $body;
}

sub request {
    my ($proxy, $method, $path, @headers) = @_;
    my $client = connect_to($proxy);
    send_raw($client, join "\r\n", "$method $path HTTP/1.1", 'Host: localhost', 'Connection: close', @headers, '', '');
    return read_response($client, $method);
}

sub post {
    my ($proxy, $path, $body, @headers) = @_;
    my $client = connect_to($proxy);
    send_raw($client, webhook($path, $body, 'Connection: close', @headers));
    return read_response($client);
}

# A listening socket, for as long as it is kept, and its port.
sub taken_port {
    my $socket = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 0, Listen => 1) or die $@;
    return ($socket, $socket->sockport);
}

END {
    if ($$ == $owner) {
        local $?;
        for my $pid (keys %proxies) { kill 'KILL', $pid; waitpid $pid, 0 }
    }
}

1;
