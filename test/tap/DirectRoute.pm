# What the tests of the way without the proxy share: roles as PostgREST has them, the stand-in for PostgREST, signed
# requests over HTTP, and programs that run until the test ends.
package DirectRoute;
use strict;
use warnings;
use Digest::SHA qw(hmac_sha256_hex);
use Exporter 'import';
use File::Basename qw(dirname);
use HTTP::Tiny;
use IO::Socket::INET;
use IPC::Run ();
use PostgreSQL::Test::Utils;
use WaitUntil;

our @EXPORT = qw(make_roles start_postgrest start_calcom_proxy start_program start_daemon stop_program free_port post_to
  signed_headers recipe program);

my $tools = dirname(__FILE__) . '/../tools';
my $recipes = dirname(__FILE__) . '/../../docs/recipes';
# No connection is kept: a server that a test stops must not look alive.
my $http = HTTP::Tiny->new(timeout => 60, max_redirect => 0, keep_alive => 0);

sub make_roles {
	my ($node, $database, $schema) = @_;
	$node->safe_psql($database, qq{
		create role authenticator noinherit login;
		create role anon nologin;
		grant anon to authenticator;
		create schema $schema;
		grant usage on schema $schema to anon});
}

# Programs write into a file: nobody would empty a pipe for them.
sub launch {
	my (@command) = @_;
	my $in = '';
	my $log = PostgreSQL::Test::Utils::tempdir() . '/log';
	return { harness => IPC::Run::start(\@command, '<', \$in, '>', $log, '2>&1'), log => $log, name => $command[0] };
}

# Waits for a program that was started; dies when it ends before.
sub wait_for_program {
	my ($program, $condition) = @_;
	return wait_until("$program->{name} is up", sub {
		die "$program->{name} ended: " . slurp_file($program->{log}) unless $program->{harness}->pumpable;
		$program->{harness}->pump_nb;
		return $condition->();
	});
}

# Starts a program that says where it listens, and waits until it has said so.
sub start_program {
	my $program = launch(@_);
	$program->{port} = wait_for_program($program, sub {
		my ($port) = slurp_file($program->{log}) =~ m{^listening (?:on http://127\.0\.0\.1:)?(\d+)$}m;
		return $port;
	});
	$program->{url} = "http://127.0.0.1:$program->{port}";
	return $program;
}

# Starts a program of others in the foreground and waits until its port answers.
sub start_daemon {
	my ($port, @command) = @_;
	my $program = launch(@command);
	wait_for_program($program, sub { return IO::Socket::INET->new(PeerAddr => "127.0.0.1:$port") });
	return $program;
}

sub stop_program { my ($program) = @_; $program->{harness}->kill_kill(grace => 10); return }

sub start_postgrest {
	my ($node, $database, @options) = @_;
	return start_program('node', "$tools/mini_postgrest.mjs", '--directory=' . $node->host, '--port=' . $node->port,
		"--database=$database", @options);
}

sub start_calcom_proxy {
	my ($connection, @options) = @_;
	local $ENV{DATABASE_URL} = $connection;
	delete local $ENV{PGAPPNAME};    # of the test's own sessions
	my $proxy = start_program($ENV{CALCOM_PROXY}, '--listen', '127.0.0.1:0', @options);
	wait_for_program($proxy, sub { return $http->get("$proxy->{url}/healthz")->{success} });
	return $proxy;
}

# The file of a recipe as it is to be run here: each [what, instead] must be found in it, so that a test cannot go on
# with a file that says something else by now.
sub recipe {
	my ($file, @changes) = @_;
	my $text = slurp_file("$recipes/$file");
	for my $change (@changes) {
		my ($what, $instead) = @$change;
		$text =~ s/\Q$what\E/$instead/g or die "$file does not say: $what";
	}
	return $text;
}

# Where a program is that an ordinary user's PATH may not name; undef when it is not here.
sub program {
	my ($name) = @_;
	return (grep { -x } map { "$_/$name" } split(/:/, $ENV{PATH}), '/usr/sbin', '/usr/local/sbin')[0];
}

sub free_port {
	my $socket = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1') or die $!;
	return $socket->sockport;
}

sub signed_headers {
	my ($body, $secret) = @_;
	return { 'Content-Type' => 'application/json', 'X-Cal-Signature-256' => hmac_sha256_hex($body, $secret // 'hook-secret') };
}

# Posts a body, signed unless other headers are given; status, headers and content of the answer.
sub post_to {
	my ($url, $body, $headers, %option) = @_;
	my $agent = $option{agent} // $http;
	return $agent->request('POST', $url, { content => $body, headers => $headers // signed_headers($body) });
}

1;
