# The operator page over a real database: who gets in, what it shows, every act with its row in the audit trail, and
# what nobody gets: the deliveries' login no page, the page's login no ingest, a log no token.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use File::Temp ();
use JSON::PP;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils qw(append_to_file slurp_file);
use Test::More;
use Deliveries;
use ProxyHarness qw(listening_proxy run_proxy stop_proxy connect_to send_raw read_response stdout_of stderr_of wait_until);
use WorkerTest qw(start_cluster set_up state_becomes);

my $token = 'operator-token-3f9a77c2e1';
my $directory = File::Temp->newdir(TMPDIR => 1);
my $file = "$directory/token";
append_to_file($file, "$token\n");
chmod 0600, $file or die $!;

my $node = start_cluster('admin', conf => "log_statement = all\nlog_min_duration_statement = 0\nlog_parameter_max_length = -1");
set_up($node, 'postgres');
$node->safe_psql('postgres', q{create role page_login login in role calcom_operator;
	create role delivery_login login in role calcom_ingester});
my $connect = 'host=' . $node->host . ' port=' . $node->port . ' dbname=postgres';
my %environment = (DATABASE_URL => "$connect user=delivery_login", ADMIN_DATABASE_URL => "$connect user=page_login",
	CALCOM_PROXY_SCHEMA => '');

# One request; headers override the usual ones, undef removes one.
sub call {
	my ($proxy, $method, $path, %option) = @_;
	my %headers = (Host => "127.0.0.1:$proxy->{port}", Connection => 'close', %{ $option{headers} // {} });
	$headers{'Content-Length'} = length $option{body} if defined $option{body};
	my $client = connect_to($proxy);
	send_raw($client, join "\r\n", "$method $path HTTP/1.1", (map { "$_: $headers{$_}" } grep { defined $headers{$_} } sort keys %headers), '', $option{body} // '');
	my $response = read_response($client, $method);
	$response->{json} = eval { decode_json($response->{body}) };
	return $response;
}

sub login {
	my ($proxy, $offered, %headers) = @_;
	return call($proxy, 'POST', '/admin/login', body => "token=$offered",
		headers => { 'Content-Type' => 'application/x-www-form-urlencoded', %headers });
}

sub cookie_of { return ($_[0]{headers}{'set-cookie'} // '') =~ /^(calcom_admin=\w+);/ ? $1 : undef }

sub api { my ($proxy, $cookie, $path) = @_; return call($proxy, 'GET', "/admin/api/$path", headers => { Cookie => $cookie }) }

sub csrf_of {
	my ($proxy, $cookie) = @_;
	my ($csrf) = call($proxy, 'GET', '/admin', headers => { Cookie => $cookie })->{body} =~ /<meta name="csrf" content="(\w+)">/;
	return $csrf;
}

sub act {
	my ($proxy, $session, $act, $arguments, %headers) = @_;
	return call($proxy, 'POST', "/admin/api/acts/$act", body => encode_json({ csrf => $session->{csrf}, %$arguments }),
		headers => { 'Content-Type' => 'application/json', Cookie => $session->{cookie}, 'Sec-Fetch-Site' => 'same-origin', %headers });
}

sub link_of {
	my ($code, $out) = run_proxy({}, 'admin-link', '--admin-token-file', $file, '--url', 'http://localhost:1/');
	return $code == 0 && $out =~ m{^http://localhost:1(/admin/once/\S+)\n\z} ? $1 : undef;
}

sub sql { return $node->safe_psql('postgres', $_[0]) }

# Off by default, and a mistake in the configuration is reported before it listens.
{
	my $off = listening_proxy({%environment});
	is(call($off, 'GET', $_)->{status}, 404, "without a token there is no $_") for '/admin', '/admin/mail', '/admin/api/overview';
	stop_proxy($off);
	my $refused = sub {
		my ($flags, $pattern, $name) = @_;
		my ($code, $out, $err) = run_proxy({%environment}, '--listen', '127.0.0.1:0', @$flags);
		ok($code == 1 && $err =~ $pattern && $err !~ /$token/, $name) or diag "$code $err";
	};
	my $short = "$directory/short";
	append_to_file($short, 'abc');
	chmod 0600, $short;
	my $open = "$directory/open";
	append_to_file($open, $token);
	chmod 0640, $open;
	$refused->([ '--admin-token-file', "$directory/none" ], qr/cannot be read/, 'a token file that is not there is refused');
	$refused->([ '--admin-token-file', $short ], qr/fewer than 16/, 'a short token is refused');
	$refused->([ '--admin-token-file', $open ], qr/readable by others/, 'a file that others read is refused');
	$refused->([ '--admin-token-file', "$directory" ], qr/not a file/, 'a directory is refused');
	$refused->([ '--admin-token-file', $file, '--admin-database', 'password=secret' ], qr/must not contain a password/,
		'a password among the arguments is refused');
	my %alone = %environment;
	delete $alone{ADMIN_DATABASE_URL};
	my ($code, undef, $err) = run_proxy({%alone}, '--admin-token-file', $file);
	ok($code == 1 && $err =~ /--admin-database/, 'a token without a login for the page is refused');
}

my $proxy = listening_proxy({%environment}, '--admin-token-file', $file);
my $origin = "http://127.0.0.1:$proxy->{port}";

# The gate: loopback names only, nothing forwarded.
is(call($proxy, 'GET', '/admin', headers => { Host => $_ })->{status}, 200, "Host $_ is answered") for 'localhost', 'LOCALHOST:8080', '[::1]:80', '127.0.0.1';
is(call($proxy, 'GET', '/admin', headers => { Host => $_ })->{status}, 404, "Host $_ is not") for 'calcom.example.com', 'localhost.evil.example', '10.0.0.1', '127.0.0.1.evil.example';
is(call($proxy, 'GET', '/admin', headers => { $_ => 'x' })->{status}, 404, "what was forwarded ($_) is not answered") for 'X-Forwarded-For', 'Forwarded', 'X-Real-IP';

# Signed out: a form, and no data.
my $form = call($proxy, 'GET', '/admin/mail');
is($form->{status}, 200, 'signed out there is a form');
like($form->{body}, qr/name="token"/, 'that asks for the token');
like($form->{headers}{'content-security-policy'}, qr/default-src 'none'.*frame-ancestors 'none'/, 'under a strict policy');
is($form->{headers}{'referrer-policy'}, 'no-referrer', 'and without referrer');
is($form->{headers}{'cache-control'}, 'no-store', 'kept by nobody');
is_deeply([ @{ api($proxy, '', $_) }{qw(status body)} ], [ 401, '{"error":"sign in"}' ], "no $_ without a session")
  for 'overview', 'search?q=a', 'mails', 'dead', 'audit', 'bookings/default/x';
is(api($proxy, 'calcom_admin=' . ('0' x 64), 'overview')->{status}, 401, 'nor with an invented one');

# Signing in.
is(login($proxy, 'wrong-token-of-16-letters')->{status}, 401, 'a wrong token is refused');
is(login($proxy, $token, Origin => 'https://evil.example')->{status}, 403, 'so is a form of another origin');
is(login($proxy, $token, 'Sec-Fetch-Site' => 'cross-site')->{status}, 403, 'or of another site');
is(login($proxy, $token, 'Content-Type' => 'text/plain')->{status}, 403, 'or of another type');
my $in = login($proxy, $token, Origin => $origin, 'Sec-Fetch-Site' => 'same-origin');
is("$in->{status} $in->{headers}{location}", '303 /admin', 'the token signs in');
like($in->{headers}{'set-cookie'}, qr/; Path=\/admin; HttpOnly; SameSite=Strict$/, 'by a cookie that no script and no other site gets');
my $session = { cookie => cookie_of($in) };
$session->{csrf} = csrf_of($proxy, $session->{cookie});
like($session->{csrf}, qr/^\w{64}$/, 'the page carries the csrf token');

# Some life: two bookings, their mails, a dead delivery.
deliver($node, 'postgres', upcoming('BOOKING_CREATED-chain1.json'));
my $uid = sql('select uid from bookings');
state_becomes($node, 'postgres', $uid, 'captured') or die 'no mail was rendered';
my $forms = "'{\"mail\":\"custom template\"}'";
is(sql("select outcome from calcom_ingest($forms, calcom_sign($forms, 'hook-secret'))"), 'dead', 'a delivery is dead');
my $dead = sql(q{select id from calcom_events where outcome = 'dead'});

# What it shows.
my $overview = api($proxy, $session->{cookie}, 'overview');
is($overview->{status}, 200, 'overview') or diag $overview->{body};
is($overview->{json}{status}{worker} =~ /running|resting/ ? 1 : 0, 1, 'shows the worker');
ok((grep { $_->{check} eq 'dead deliveries' && $_->{state} eq 'warning' && $_->{command} } @{ $overview->{json}{doctor} }), 'the doctor with the command');
is($overview->{json}{bookings}[0]{uid}, $uid, 'the next booking');
is($overview->{json}{dead_deliveries}, 1, 'and the dead delivery');
my $mails = api($proxy, $session->{cookie}, 'mails?state=captured&limit=1');
my $mail = $mails->{json}{mails}[0];
is($mail->{booking_uid}, $uid, 'the inbox has the captured mail') or diag $mails->{body};
ok($mails->{json}{more}, 'and says that there are more');
my $next = $mails->{json}{next};
my $older = api($proxy, $session->{cookie}, "mails?limit=200&before=$next")->{json}{mails};
ok(@$older > 0 && !(grep { $_->{id} eq $mail->{id} } @$older), 'the next page goes on after it');
my $content = api($proxy, $session->{cookie}, "mails/default/$mail->{id}");
like($content->{json}{text}, qr/\S/, 'a mail has its text') or diag $content->{body};
like($content->{json}{attachments}[0]{text}, qr/BEGIN:VCALENDAR/, 'and its calendar file');
is($content->{json}{history}[0]{what}, 'queued', 'and what became of it');
my $html = call($proxy, 'GET', $content->{json}{html_url}, headers => { Cookie => $session->{cookie} });
is($html->{headers}{'content-type'}, 'text/html; charset=utf-8', 'its HTML is a document of its own');
like($html->{headers}{'content-security-policy'}, qr/^sandbox; default-src 'none'.*img-src data:;.*frame-ancestors 'self'/, 'in a sandbox that fetches nothing');
my $booking = api($proxy, $session->{cookie}, "bookings/default/$uid");
ok($booking->{json}{booking}{uid} eq $uid && @{ $booking->{json}{trace} } > 1 && @{ $booking->{json}{attendees} } && @{ $booking->{json}{mails} }, 'a booking with people, time line and mails');
my $email = sql('select attendee_email from bookings');
for my $wanted ($uid, $email, uc $email, substr($email, 0, 4), $mail->{id}, $dead) {
	my $found = api($proxy, $session->{cookie}, 'search?q=' . $wanted =~ s/([^\w.@-])/sprintf '%%%02X', ord $1/ger)->{json};
	ok(ref $found eq 'ARRAY' && @$found, "search finds $wanted");
}
my $letters = api($proxy, $session->{cookie}, 'dead?limit=1')->{json};
is($letters->{events}[0]{event_id}, $dead, 'dead letters');
is_deeply($letters->{counts}, [ { account => 'default', count => 1 } ], 'and how many there are');
my $counts = api($proxy, $session->{cookie}, 'counts')->{json};
is((grep { $_->{outcome} eq 'dead' } @{ $counts->{deliveries} })[0]{count}, 1, 'what the charts are drawn from');
is(api($proxy, $session->{cookie}, $_)->{status}, 404, "nothing at $_")
  for 'bookings/default/unknown', 'bookings/other', 'mails/default/' . ('0' x 8) . '-0000-0000-0000-000000000000', 'mails/default/x', 'nothing', '', "mails/default/$mail->{id}/raw";
is(api($proxy, $session->{cookie}, $_)->{status}, 400, "$_ is a mistake")
  for 'mails?limit=0', 'mails?limit=x', 'mails?state=a%27b', 'mails?before=yesterday', 'mails?account=a/b', 'search', 'search?q=a%00b', 'mails?before=2026';
unlike($overview->{body} . $booking->{body} . $content->{body}, qr/hook-secret|$token/, 'no secret is shown');

# CSRF: an act needs the session's token, our origin and JSON; else nothing happens.
my %csrf = ('no csrf token' => { csrf => undef }, 'a wrong one' => { csrf => 'x' x 64 });
is(act($proxy, { %$session, %{ $csrf{$_} } }, 'pause', { account => 'default' })->{status}, 403, "$_: refused") for sort keys %csrf;
is(act($proxy, $session, 'pause', { account => 'default' }, 'Sec-Fetch-Site' => 'cross-site')->{status}, 403, 'another site: refused');
is(act($proxy, $session, 'pause', { account => 'default' }, 'Sec-Fetch-Site' => 'same-site')->{status}, 403, 'a sibling site: refused');
is(act($proxy, $session, 'pause', { account => 'default' }, Origin => 'https://evil.example')->{status}, 403, 'another origin: refused');
is(act($proxy, $session, 'pause', { account => 'default' }, 'Content-Type' => 'text/plain')->{status}, 415, 'no JSON: refused');
is(act($proxy, { %$session, cookie => '' }, 'pause', {})->{status}, 401, 'no session: refused');
is(call($proxy, 'GET', '/admin/api/acts/pause', headers => { Cookie => $session->{cookie} })->{status}, 405, 'a GET: refused');
is(act($proxy, $session, 'replay', { account => 'default', event_id => $_ })->{status}, 400, 'no id: refused') for 'x', undef, {}, 5;
is(act($proxy, $session, 'pause', { account => 'default', more => 1 })->{status}, 400, 'an unknown argument: refused');
is(act($proxy, $session, 'drop', {})->{status}, 404, 'an unknown act: refused');
is(sql('select count(*) from calcom_audit where via is not null'), '0', 'and nothing was done');

# Every act, and its row in the trail: the role at work and the page's session.
sub acted {
	my ($act, $arguments, $status, $name) = @_;
	my $before = sql('select count(*) from calcom_audit');
	my $answer = act($proxy, $session, $act, $arguments, Origin => $origin);
	is($answer->{status}, $status, $name) or diag $answer->{body};
	is(sql('select count(*) from calcom_audit') - $before, $status == 200 ? 1 : 0, 'with as many rows in the trail');
	return $answer->{json};
}
is(acted('replay', { account => 'default', event_id => $dead }, 200, 'replay')->{result}{outcome}, 'dead', 'tells the outcome');
is(acted('replay_dead', {}, 200, 'replay of all')->{result}[0]{event_id}, $dead, 'tells each');
ok(@{ acted('rebuild', { account => 'default', uid => $uid }, 200, 'rebuild')->{result} }, 'tells the rows');
is(acted('pause', { account => undef }, 200, 'pause of all')->{result}{accounts}, 1, 'tells how many');
is(acted('resume', { account => 'default' }, 200, 'resume')->{result}{accounts}, 1, 'tells how many');
sql("update email_outbox set state = 'failed', mail_mode = 'test', in_doubt = true, first_attempt_at = now() where id = '$mail->{id}'");
acted('cancel_email', { account => 'default', id => $mail->{id} }, 200, 'cancel');
my $doubt = acted('retry_email', { account => 'default', id => $mail->{id} }, 409, 'retry of what may have left');
is($doubt->{error}{sqlstate}, 'KC432', 'is refused with its state');
like($doubt->{error}{hint}, qr/force => true/, 'and the hint');
acted('retry_email', { account => 'default', id => $mail->{id}, even_if_uncertain => JSON::PP::true }, 200, 'retry on explicit word');
acted('pause', { account => 'nobody' }, 404, 'an unknown account');
is(sql(q{select string_agg(distinct actor, ',') from calcom_audit where via is not null}), 'role page_login', 'the trail names the role');
like(sql(q{select string_agg(distinct via, ',') from calcom_audit where via is not null}), qr/^operator page, session [0-9a-f]{8}$/, 'and the session');
is(sql(q{select string_agg(action, ' ' order by at) from calcom_audit where via is not null}), 'replay replay_dead rebuild pause resume cancel_email retry_email', 'in order');
is(api($proxy, $session->{cookie}, 'audit')->{json}[0]{action}, 'retry_email', 'and the page shows it');

# One-time links.
my $link = link_of();
ok(defined $link, 'admin-link prints a link');
is(call($proxy, 'HEAD', $link)->{status}, 405, 'looking at it does not use it up');
my $once = call($proxy, 'GET', $link);
is("$once->{status} $once->{headers}{location}", '303 /admin/mail', 'it signs in');
is(api($proxy, cookie_of($once), 'mails')->{status}, 200, 'for good');
is(call($proxy, 'GET', $link)->{status}, 403, 'once');
(my $forged = link_of()) =~ s/.$/x/;
is(call($proxy, 'GET', $forged)->{status}, 403, 'a forged one does not');
my $unused = link_of();

# Signing out.
my $out = call($proxy, 'POST', '/admin/logout', body => 'csrf=x', headers => { Cookie => $session->{cookie} });
is($out->{status}, 403, 'signing out needs the csrf token');
$out = call($proxy, 'POST', '/admin/logout', body => "csrf=$session->{csrf}", headers => { Cookie => $session->{cookie} });
is("$out->{status} $out->{headers}{location}", '303 /admin', 'then it ends the session');
is(api($proxy, $session->{cookie}, 'overview')->{status}, 401, 'at once');

# Too many attempts.
my @statuses = map { login($proxy, "wrong-token-number-$_")->{status} } 1 .. 6;
is($statuses[-1], 429, 'too many attempts are refused');
my $limited = login($proxy, $token);
ok($limited->{status} == 429 && $limited->{headers}{'retry-after'} > 0, 'with the true token, too, and with the time to wait');
is(call($proxy, 'GET', $unused)->{status}, 303, 'a one-time link still signs in');

# The database goes away and comes back; the page says so and goes on.
my $again = cookie_of(call($proxy, 'GET', link_of()));
$node->stop('fast');
my $away = wait_until('the page says that the database is away', sub { my $a = api($proxy, $again, 'overview'); $a->{status} == 503 && $a });
ok($away->{json}{error}{message}, 'with a reason');
$node->start;
ok(wait_until('the page is back', sub { api($proxy, $again, 'overview')->{status} == 200 }), 'it comes back by itself');

# Nothing leaks, and neither login can do the other's work.
my $log = stdout_of($proxy) . stderr_of($proxy);
like($log, qr{operator page: signed in, session [0-9a-f]{8}"?$}m, 'signing in is noted under the name that the trail uses');
like($log, qr{path=/admin status=}, 'the access log has the page');
unlike($log, qr{$token|/once|once/|$uid|$mail->{id}|calcom_admin=}, 'and neither token nor link nor what was looked at');
unlike(slurp_file($node->logfile), qr{$token|$session->{csrf}|\Q$session->{cookie}\E}, 'the server log has no token');
is(sql("select count(*) from pg_stat_activity where pid <> pg_backend_pid() and query ~ '$token'"), '0', 'nor has pg_stat_activity');
stop_proxy($proxy);
my $denied = sub { my ($role, $statement) = @_; return ($node->psql('postgres', "set role $role; $statement"))[2] =~ /permission denied/ };
ok($denied->('delivery_login', "select $_"), "the deliveries' login may not: $_")
  for 'calcom_admin_overview()', 'calcom_admin_mails()', "calcom_admin_act('', 'pause')", 'calcom_pause()', "calcom_mail_content('$mail->{id}')", "calcom_internal.note_act('x')", '* from calcom_audit';
ok($denied->('page_login', $_), "the page's login may not: $_")
  for "select calcom_ingest('{}'::text, 'x')", 'select request from email_outbox', 'select value from calcom_secrets', "select calcom_internal.note_act('x')", "insert into calcom_audit (account, id, actor, action) values ('*', gen_random_uuid(), 'x', 'x')";
is(($node->psql('postgres', 'delete from calcom_audit'))[0], 3, 'nobody removes a row of the trail');
is(($node->psql('postgres', 'truncate calcom_audit'))[0], 3, 'nor all of them');

# A link is of no use to a proxy that began later; sessions end when they rest; a configured name needs HTTPS.
my $before = link_of();
$proxy = listening_proxy({%environment}, '--admin-token-file', $file, '--admin-idle-timeout', '0.01', '--admin-host', 'ops.example.com');
is(call($proxy, 'GET', $before)->{status}, 403, 'a link made before the start is refused');
my $resting = cookie_of(call($proxy, 'GET', link_of()));
ok(wait_until('the session ends', sub { api($proxy, $resting, 'audit')->{status} == 401 }), 'a session that rests ends');
my %named = (Host => 'ops.example.com', 'X-Forwarded-For' => '192.0.2.1');
is(call($proxy, 'GET', '/admin', headers => {%named})->{status}, 403, 'the configured name is not answered over HTTP');
my $secure = call($proxy, 'GET', link_of(), headers => { %named, 'X-Forwarded-Proto' => 'https' });
like($secure->{headers}{'set-cookie'}, qr/; Secure$/, 'over HTTPS it is, with a cookie for HTTPS only');
is(call($proxy, 'GET', '/admin', headers => { Host => 'other.example.com', 'X-Forwarded-Proto' => 'https' })->{status}, 404, 'and no other name');
is(stop_proxy($proxy), 0, 'ends cleanly');
$node->stop;
done_testing();
