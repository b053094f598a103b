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

our @EXPORT = qw(make_roles start_postgrest start_program stop_program free_port post_to signed_headers wait_for_port);

my $tools = dirname(__FILE__) . '/../tools';
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

# Starts a program that says "listening PORT" on its first line.
sub start_program {
	my (@command) = @_;
	my ($in, $out, $err) = ('', '', '');
	my $harness = IPC::Run::start(\@command, '<', \$in, '>', \$out, '2>', \$err);
	my $timer = IPC::Run::timeout(60);
	$harness->pump while $harness->pumpable && $out !~ /listening (\d+)\n/;
	die "@command did not start: $out$err" unless $out =~ /listening (\d+)\n/;
	return { harness => $harness, port => $1, url => "http://127.0.0.1:$1" };
}

sub stop_program { my ($program) = @_; $program->{harness}->kill_kill(grace => 10); return }

sub start_postgrest {
	my ($node, $database, @options) = @_;
	return start_program('node', "$tools/mini_postgrest.mjs", '--directory=' . $node->host, '--port=' . $node->port,
		"--database=$database", @options);
}

sub free_port {
	my $socket = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1') or die $!;
	return $socket->sockport;
}

sub wait_for_port {
	my ($port, $alive) = @_;
	my $end = time + $PostgreSQL::Test::Utils::timeout_default;
	while (time < $end) {
		return 1 if IO::Socket::INET->new(PeerAddr => "127.0.0.1:$port");
		return 0 if $alive && !$alive->();
		select undef, undef, undef, 0.05;    # poll interval
	}
	return 0;
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
