# The way without the proxy: deliveries over real HTTP to what issues PostgREST's SQL, as login authenticator and role
# anon. Exact bytes, statuses, forged, oversized and repeated bodies; nothing logged; kept by a dump.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use JSON::PP;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Deliveries;
use DirectRoute;
use WorkerTest;

my $node = start_cluster('direct');
set_up($node, 'studio');
make_roles($node, 'studio', 'api');
$node->safe_psql('studio', q{
	select calcom_expose_webhook(schema => 'api', role => 'anon');
	select calcom_expose_webhook(schema => 'api', role => 'anon', provider => 'resend');
	select calcom_account_add('Acme-2.b');
	select calcom_set_secret('Acme-2.b', 'webhook', 'acme-secret');
	select calcom_expose_webhook('Acme-2.b', 'api', 'anon')});
my $postgrest = start_postgrest($node, 'studio');
my $url = "$postgrest->{url}/rpc/calcom_webhook";
sub sql { return $node->safe_psql('studio', $_[0]) }
sub answer_of { my ($r) = @_; return "$r->{status} $r->{content}" }
sub outcome_of { my ($r) = @_; my ($outcome) = $r->{content} =~ /"outcome":"([a-z]+)"/; return "$r->{status} " . ($outcome // $r->{content}) }

# ---- every captured body: those that are JSON objects arrive byte for byte, with the outcome that the bytes deserve ---
my ($arrived, @not_exact, @not_refused) = (0);
for my $name (fixture_names()) {
	my $body = $name =~ /\.json$/ ? upcoming($name) : fixture($name);
	my $json = eval { JSON::PP->new->utf8->allow_nonref->decode($body =~ s/\\ud[89a-f]../?/gir) };    # it knows no lone surrogate
	my $answer = post_to($url, $body);
	unless (ref $json eq 'HASH' || ref $json eq 'ARRAY' && ref $json->[0] eq 'HASH') {
		push @not_refused, "$name: " . answer_of($answer) unless $answer->{status} =~ /^(400|401)$/;
		next;
	}
	my ($id) = $answer->{content} =~ /"event_id":"([0-9a-f-]{36})"/;
	my $kept = $id ? sql("select encode(calcom_event_body('$id'), 'hex')") : answer_of($answer);
	push @not_exact, "$name: $kept" unless $kept eq unpack 'H*', $body;
	++$arrived;
}
cmp_ok($arrived, '>', 40, 'the captured bodies were sent');
is_deeply(\@not_exact, [], 'each was stored byte for byte, and answered with its id');
is_deeply(\@not_refused, [], 'a body that is neither an object nor a list of them is refused: PostgREST passes no other');
is(sql('select count(*) from calcom_events'), sql('select count(*) from calcom_event_digests'), 'each has its digest');
cmp_ok(sql('select count(*) from bookings'), '>', 10, 'bookings came of them');

my $exact = qq( {"triggerEvent" :  "PING","a":1,"a":1.50e0,"z":"\\u0000 \\ud83d\\ude00 \xc3\xa9 \xf0\x9f\x98\x80", "payload":{} }\r\n);
is(outcome_of(post_to($url, $exact)), '200 ignored', 'spaces, repeated keys, escapes and a line end');
is(sql('select encode(calcom_event_body(id), \'hex\') from calcom_events order by id desc limit 1'), unpack('H*', $exact), 'are kept');
is(outcome_of(post_to($url, $exact)), '200 duplicate', 'once');
is(outcome_of(post_to($url, $exact, { %{ signed_headers($exact) }, 'Content-Type' => 'application/json; charset=utf-8' })), '200 duplicate', 'with a charset');

# ---- refused: the proxy's statuses and bodies -------------------------------------------------------------------------
my $events = sql('select count(*) from calcom_events');
sub refusals { return { split /[|\n]/, sql(q{select r ->> 'reason', r ->> 'count' from jsonb_array_elements(calcom_refusals()) r}) } }
my $refused = refusals();
my $log = -s $node->logfile;
my $ping = '{"triggerEvent":"PING","payload":{},"forged":"mark of a forged body"}';
my %json = ('Content-Type' => 'application/json');
my $forged = post_to($url, $ping, signed_headers($ping, 'another'));
is(answer_of($forged), '401 {"error":"signature does not match"}', 'forged');
is($forged->{headers}{'content-type'}, 'application/json; charset=utf-8', 'as JSON');
is(answer_of(post_to($url, $ping . ' ', signed_headers($ping))), '401 {"error":"signature does not match"}', 'one byte more');
my $unsigned = '401 {"error":"exactly one set of signature headers is required"}';
is(answer_of(post_to($url, fixture('MEETING_ENDED-meeting2.json'), \%json)), $unsigned, 'MEETING_ENDED without a signature');
is(answer_of(post_to($url, $ping, { %json, 'X-Cal-Signature-256' => 'no-secret-provided' })), $unsigned, 'a webhook without a secret');
is(answer_of(post_to($url, $ping, { %json, 'x-cal-signature-256' => [ 'a' x 64, 'b' x 64 ] })), '401 {"error":"signature does not match"}', 'two signatures, neither right');
my $large = '{"triggerEvent":"PING","payload":{"x":"' . 'x' x 1_100_000 . '"}}';
is(answer_of(post_to($url, $large)), '413 {"error":"body too large"}', 'larger than calcom.max_body_size, though signed');
is(answer_of(post_to("${url}_Acme-2.b", $ping)), '401 {"error":"signature does not match"}', 'the secret of another account');
is(outcome_of(post_to("${url}_Acme-2.b", $ping, signed_headers($ping, 'acme-secret'))), '200 ignored', 'another account with its own');
is(outcome_of(post_to("${url}_Acme%2D2.b", $ping, signed_headers($ping, 'acme-secret'))), '200 duplicate', 'its name encoded');
sql(q{select calcom_account_disable('Acme-2.b')});
is(answer_of(post_to("${url}_Acme-2.b", $ping, signed_headers($ping, 'acme-secret'))), '423 {"error":"account is disabled"}', 'disabled');
is(sql('select count(*) from calcom_events') - $events, 1, 'nothing was stored but the one of the other account');
my $counted = refusals();
is(join(', ', map { "$_ " . ($counted->{$_} - ($refused->{$_} // 0)) } sort keys %$counted),
	'disabled account 1, missing signature 2, too large 1, wrong signature 4', 'refusals are counted');
is(substr(slurp_file($node->logfile), $log) =~ s/^.*calcom worker.*\n//mgr, '', 'and write nothing into the server\'s log');

# What PostgREST itself answers; none of it reaches calcom, and none of it is 410 or a redirect.
is(post_to($url, '{"a":', \%json)->{status}, 400, 'a body that is no JSON');
is(post_to($url, 'a=b', { 'Content-Type' => 'application/x-www-form-urlencoded' })->{status}, 404, 'a form');
is(post_to("$url?token=secret", $ping)->{status}, 400, 'a query string that is no filter');
is(post_to("$postgrest->{url}/rpc/calcom_ingest", $ping)->{status}, 404, 'no other function of calcom is served');
is(post_to("$postgrest->{url}/rpc/calcom_webhook_o", $ping)->{status}, 404, 'nor an account that was not exposed');

# ---- Resend's ---------------------------------------------------------------------------------------------------------
sql(q{select calcom_set_secret('default', 'resend_webhook', 'whsec_Y2FsZW5kYXJxdWVyeS10ZXN0LXNlY3JldC0zMmJ5dGU=')});
my $event = '{"type":"email.sent","created_at":"2026-11-22T10:00:00Z","data":{"email_id":"re-1","to":["ada@example.com"]}}';
for my $prefix ('svix', 'webhook') {
	my $at = time;
	my $signature = sql("select resend_sign('$event', 'msg_$prefix', '$at', 'whsec_Y2FsZW5kYXJxdWVyeS10ZXN0LXNlY3JldC0zMmJ5dGU=')");
	my %headers = (%json, "$prefix-id" => "msg_$prefix", "$prefix-timestamp" => $at, "$prefix-signature" => $signature);
	is(answer_of(post_to("$postgrest->{url}/rpc/resend_webhook", $event, \%headers)), qq(200 {"outcome":"unmatched","event_id":"msg_$prefix"}), "$prefix-*");
}
is(post_to("$postgrest->{url}/rpc/resend_webhook", $event)->{status}, 401, 'without its headers');

# ---- the same body many times at once: stored once --------------------------------------------------------------------
my $booking = body_of('at-once', 'ada@example.com');
my @children = map {
	my $pid = fork // die $!;
	if ($pid == 0) {
		my $answer = post_to($url, $booking);
		POSIX::_exit($answer->{status} != 200 ? 1 : $answer->{content} =~ /applied/ ? 2 : 3);
	}
	$pid
} 1 .. 8;
my %exits;
for (@children) { waitpid $_, 0; $exits{ $? >> 8 }++ }
is_deeply(\%exits, { 2 => 1, 3 => 7 }, 'eight at once: one applied, seven duplicates');
ok(state_becomes($node, 'studio', 'at-once', 'captured'), 'its mail is rendered by the worker');
is(sql(q{select count(*) from email_outbox where booking_uid = 'at-once' and kind = 'confirmation'}), '1', 'once');

# ---- the server's troubles --------------------------------------------------------------------------------------------
sub troubled {
	my ($body, $break, $repair) = @_;
	my $before = -s $node->logfile;
	sql($break);
	my $answer = post_to($url, $body);
	sql($repair);
	return (answer_of($answer) . ' ' . ($answer->{headers}{'retry-after'} // ''), substr(slurp_file($node->logfile), $before));
}
my ($answer, $logged) = troubled('{"triggerEvent":"PING","payload":{"n":1}}', 'alter table calcom_events rename to hidden', 'alter table hidden rename to calcom_events');
is($answer, '503 {"error":"calcom is not set up in this database"} 5', 'not set up: repeated later');
like($logged, qr/LOG:  calcom: a delivery was answered with 503: calcom is not set up in this database$/m, 'and said in the log');
($answer, $logged) = troubled('{"triggerEvent":"PING","payload":{"n":2}}', 'alter table calcom_event_digests rename to hidden', 'alter table hidden rename to calcom_event_digests');
is($answer, '500 {"error":"internal error"} ', 'an error that does not pass');
like($logged, qr/LOG:  calcom: a delivery was answered with 500: relation ".*" does not exist$/m, 'and said in the log');
# Cancel is not caught: PostgREST's own 500, which Cal.com repeats, and nothing is stored.
sql('alter role authenticator set statement_timeout = 300');
my $impatient = start_postgrest($node, 'studio');
my $blocker = $node->background_psql('studio');
$blocker->query_safe('begin; lock table calcom_events in access exclusive mode');
my $slow = '{"triggerEvent":"PING","payload":{"n":3}}';
my $cancelled = post_to("$impatient->{url}/rpc/calcom_webhook", $slow);
like(answer_of($cancelled), qr/^500 .*"57014"/, 'statement_timeout');
$blocker->query_safe('commit');
$blocker->quit;
stop_program($impatient);
is(outcome_of(post_to($url, $slow)), '200 ignored', 'and the repetition is the first');

# ---- notified to PostgREST, kept by a dump, gone with the extension -------------------------------------------------------
my $listener = $node->background_psql('studio');
$listener->query_safe('listen pgrst');
sql(q{select calcom_hide_webhook('Acme-2.b', 'api')});
like($listener->query('select 1'), qr/Asynchronous notification "pgrst" with payload "reload schema"/, 'PostgREST is notified');
$listener->quit;
is(post_to("${url}_Acme-2.b", $ping)->{status}, 404, 'hidden');
$node->command_ok([ 'pg_dump', '-d', $node->connstr('studio'), '-f', $node->basedir . '/dump.sql' ], 'dumped');
$node->safe_psql('postgres', 'create database restored template template0');
$node->command_ok([ 'psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('restored'), '-f', $node->basedir . '/dump.sql' ], 'restored');
my $describe = q{select p.oid::regprocedure, p.proowner::regrole, p.prosecdef, p.proconfig, p.proacl, obj_description(p.oid, 'pg_proc'), pg_get_functiondef(p.oid)
	from pg_proc p where p.pronamespace = 'api'::regnamespace order by 1};
is($node->safe_psql('restored', $describe), sql($describe), 'the functions are the same there');
my $copy = start_postgrest($node, 'restored');
is(post_to("$copy->{url}/rpc/calcom_webhook", $ping)->{status}, 401, 'without a secret, which no dump carries, it refuses');
$node->safe_psql('restored', q{select calcom_set_secret('default', 'webhook', 'hook-secret')});
is(outcome_of(post_to("$copy->{url}/rpc/calcom_webhook", $ping)), '200 ignored', 'with one it takes deliveries');
$node->safe_psql('restored', 'drop extension calcom cascade');
is($node->safe_psql('restored', q{select count(*) from pg_proc where pronamespace = 'api'::regnamespace}), '0', 'DROP EXTENSION ... CASCADE takes them');
stop_program($_) for $copy, $postgrest;
is(scalar(log_holds_no($node, 'mark of a forged body', 'hook-secret', 'ada@example.com')), 0, 'no body, secret or address in the log');
$node->stop;
done_testing();
