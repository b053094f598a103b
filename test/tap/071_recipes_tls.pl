# docs/recipes/nginx and docs/recipes/caddy: the files themselves, with other ports and a certificate of our own, in
# front of a real proxy and database. docs/recipes/systemd: judged by systemd-analyze.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use WaitUntil;
use Test::More;
use Deliveries;
use DirectRoute;
use WorkerTest;

my $node = start_cluster('behind_tls');
set_up($node, 'app');
$node->safe_psql('app', 'create role calcom_proxy login in role calcom_ingester');
my $proxy = start_calcom_proxy($node->connstr('app') . ' user=calcom_proxy');
my $directory = PostgreSQL::Test::Utils::tempdir();
my ($certificate, $key) = ("$directory/cert.pem", "$directory/key.pem");
run_log([ qw(openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=bookings.example.com),
	'-addext', 'subjectAltName=DNS:bookings.example.com', '-keyout', $key, '-out', $certificate ]) or die 'no certificate';

# The answer to a request by curl, over TLS that is verified: status, Retry-After, body.
sub ask {
	my ($port, $path, @options) = @_;
	my ($out, $err);
	IPC::Run::run([ 'curl', '-sS', '--max-time', 60, '--cacert', $certificate, '--resolve', "bookings.example.com:$port:127.0.0.1", '-D', '-',
			@options, "https://bookings.example.com:$port$path" ], '>', \$out, '2>', \$err) or return "curl: $err";
	my ($head, $body) = split /\r?\n\r?\n/, $out =~ s/^HTTP\S+ 100.*?\r?\n\r?\n//sr, 2;
	my ($status) = $head =~ m{^HTTP/\S+ (\d+)};
	my ($wait) = $head =~ /^retry-after: (\S+)/mi;
	return join ' ', grep { defined } $status, $wait, ($body // '') =~ s/"event_id":"[^"]*"/"event_id":"ID"/r;
}

sub deliver_to {
	my ($port, $path, $body, $headers, @options) = @_;
	append_to_file(my $file = "$directory/body" . ++our $bodies, $body);
	$headers //= signed_headers($body);
	return ask($port, $path, '--data-binary', "\@$file", (map { ('-H', "$_: $headers->{$_}") } sort keys %$headers), @options);
}

sub stored { return $node->safe_psql('app', 'select outcome, encode(calcom_event_body(id), \'hex\') from calcom_events order by id desc limit 1') }

my $path = '/api/webhooks/calcom';
my $away = '503 5 {"error":"database is not available, try again"}';

sub check_front {
	my ($name, $port) = @_;
	my $body = body_of("behind-$name", 'ada@example.com') =~ s/Consultation/Z\xc3\xbcrich  \\u0001 \xf0\x9f\x98\x80/r;
	is(deliver_to($port, $path, $body), '200 {"outcome":"applied","event_id":"ID"}', "$name: a booking arrives over TLS");
	is(stored(), 'applied|' . unpack('H*', $body), "$name: byte for byte");
	is(deliver_to($port, $path, $body), '200 {"outcome":"duplicate","event_id":"ID"}', "$name: again");
	my $bytes = join('', map { chr } 0 .. 255) . $name;
	is(deliver_to($port, $path, $bytes), '200 {"outcome":"dead","event_id":"ID"}', "$name: any bytes");
	is(stored(), 'dead|' . unpack('H*', $bytes), "$name: kept as they are");
	my $chunked = qq({"triggerEvent":"PING","payload":{},"by":"$name"});
	is(deliver_to($port, $path, $chunked, { %{ signed_headers($chunked) }, 'Transfer-Encoding' => 'chunked' }),
		'200 {"outcome":"ignored","event_id":"ID"}', "$name: chunked");
	is(deliver_to($port, $path, $body, signed_headers($body, 'wrong')), '401 {"error":"signature does not match"}', "$name: forged");
	is(deliver_to($port, $path, $body, {}), '401 {"error":"exactly one set of signature headers is required"}', "$name: unsigned");
	is(deliver_to($port, $path, $body, signed_headers($body), '-H', 'X-Cal-Signature-256: ' . '0' x 64),
		'401 {"error":"exactly one set of signature headers is required"}', "$name: two signatures stay two");
	my $full = qq({"triggerEvent":"PING","payload":{"by":"$name","x":");
	$full .= 'x' x (1_048_576 - 3 - length $full) . '"}}';
	is(deliver_to($port, $path, $full), '200 {"outcome":"ignored","event_id":"ID"}', "$name: a body of the greatest size");
	is(deliver_to($port, $path, $full . ' '), '413 {"error":"body too large"}', "$name: one byte more is the proxy's 413");
	like(deliver_to($port, $path, $full . ' ' x 2_000_000, undef), qr/^413 /, "$name: far too large");
	like(deliver_to($port, '/api/webhooks/resend', '{}', { 'svix-id' => 'm', 'svix-timestamp' => '1', 'svix-signature' => 'v1,x' }),
		qr/^401 \{"error":"no webhook secret/, "$name: Resend's headers arrive");
	is(deliver_to($port, "$path/acme", $body), '404 {"error":"unknown account"}', "$name: the account in the path");
	like(ask($port, $path), qr/^405 /, "$name: GET");
	like(ask($port, '/healthz'), qr/^404/, "$name: /healthz is not for everybody");
	like(ask($port, '/'), qr/^404/, "$name: nor is anything else");
	# The proxy's own 404 is JSON: what has none of it never reached the proxy.
	unlike(ask($port, $_), qr/"error"/, "$name: $_ stays inside") for '/admin', '/admin/login', '/bookkeeping', '/healthz';
	like(ask($port, $_), qr/Nothing can be booked here yet/, "$name: $_ is let in") for '/book', '/book/default';
	like(ask($port, '/assets/none'), qr/^404 \{"error":"not found"\}/, "$name: and so are its files");
	$node->stop;
	my $later = qq({"triggerEvent":"PING","payload":{},"later":"$name"});
	is(deliver_to($port, $path, $later), $away, "$name: the proxy's 503 with Retry-After goes out");
	$node->start;
	my $answer;
	wait_until("$name: the database is back", sub { ($answer = deliver_to($port, $path, $later)) ne $away });
	is($answer, '200 {"outcome":"ignored","event_id":"ID"}', "$name: and the repetition arrives");
	return;
}

SKIP: {
	my $nginx = program('nginx') or fail('nginx is not here: tools/dependencies.sh test brings it'), skip('nginx', 1);
	my $port = free_port();
	append_to_file("$directory/calcom.conf", recipe('nginx/calcom.conf', [ '127.0.0.1:8080', "127.0.0.1:$proxy->{port}" ],
			[ 'listen 443 ssl;', "listen 127.0.0.1:$port ssl;" ], [ 'listen [::]:443 ssl;', '# one address is enough here' ],
			[ '/etc/letsencrypt/live/bookings.example.com/fullchain.pem', $certificate ], [ '/etc/letsencrypt/live/bookings.example.com/privkey.pem', $key ]));
	append_to_file("$directory/nginx.conf", "daemon off;\npid $directory/nginx.pid;\nerror_log stderr;\nevents {}\nhttp {\naccess_log off;\n"
		  . join('', map { "${_}_temp_path $directory/$_;\n" } qw(client_body proxy fastcgi uwsgi scgi)) . "include $directory/calcom.conf;\n}\n");
	my $front = start_daemon($port, $nginx, '-p', $directory, '-e', 'stderr', '-c', "$directory/nginx.conf");
	check_front('nginx', $port);
	stop_program($front);
}
SKIP: {
	my $caddy = program('caddy') or skip('caddy is not here; tools/dependencies.sh test brings it where the distribution has it', 1);
	my $port = free_port();
	append_to_file("$directory/Caddyfile", recipe('caddy/Caddyfile', [ '127.0.0.1:8080', "127.0.0.1:$proxy->{port}" ],
			[ 'bookings.example.com {', "{\n\tadmin off\n\tauto_https disable_redirects\n}\nhttps://bookings.example.com:$port {\n\tbind 127.0.0.1\n\ttls $certificate $key" ]));
	local @ENV{qw(HOME XDG_DATA_HOME XDG_CONFIG_HOME)} = ($directory) x 3;
	my $front = start_daemon($port, $caddy, 'run', '--config', "$directory/Caddyfile", '--adapter', 'caddyfile');
	check_front('caddy', $port);
	stop_program($front);
}
SKIP: {
	my $analyze = program('systemd-analyze') or fail('systemd-analyze is not here: tools/dependencies.sh test brings it'), skip('systemd', 1);
	append_to_file("$directory/calcom-proxy.service", recipe('systemd/calcom-proxy.service',
			[ '/usr/local/bin/calcom-proxy', $ENV{CALCOM_PROXY} ], [ 'EnvironmentFile=/etc/calcom-proxy.env', "EnvironmentFile=$directory/calcom-proxy.env" ]));
	append_to_file("$directory/calcom-proxy.env", recipe('systemd/calcom-proxy.env'));
	my ($out, $err);
	ok(IPC::Run::run([ $analyze, 'verify', "$directory/calcom-proxy.service" ], '>', \$out, '2>', \$err), 'systemd: the unit is valid');
	is($out . $err, '', 'systemd: without a warning');
	ok(IPC::Run::run([ $analyze, 'security', '--offline=yes', '--threshold=20', "$directory/calcom-proxy.service" ], '>', \$out, '2>', \$err), 'systemd: exposure of 2.0 at most')
	  or diag($out . $err);
}
stop_program($proxy);
$node->stop;
done_testing();
