# docs/recipes/postgrest, docs/recipes/supabase and docs/recipes/pg_net: their SQL is run; PostgREST, Deno and pg_net are
# replaced by programs in test/tools and below, because none of them has a package here.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Deliveries;
use DirectRoute;
use WorkerTest;

my $node = start_cluster('recipes');
my $directory = PostgreSQL::Test::Utils::tempdir();

sub run_sql {
	my ($database, $file, @changes) = @_;
	append_to_file(my $copy = "$directory/" . $file =~ s{/}{-}gr, recipe($file, @changes));
	return $node->command_ok([ 'psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '-o', '/dev/null', '-d', $node->connstr($database), '-f', $copy ], "$file runs");
}

sub outcome_of { my ($r) = @_; my ($outcome) = $r->{content} =~ /"outcome":"([a-z]+)"/; return "$r->{status} " . ($outcome // $r->{content}) }

# ---- PostgREST --------------------------------------------------------------------------------------------------------
set_up($node, 'plain');
run_sql('plain', 'postgrest/setup.sql');
my $postgrest = start_postgrest($node, 'plain');
my $booking = body_of('by-rpc', 'ada@example.com');
is(outcome_of(post_to("$postgrest->{url}/rpc/calcom_webhook", $booking)), '200 applied', 'PostgREST: a booking');
is(outcome_of(post_to("$postgrest->{url}/rpc/calcom_webhook", $booking, signed_headers($booking, 'x'))), '401 {"error":"signature does not match"}', 'PostgREST: forged');
like(outcome_of(post_to("$postgrest->{url}/rpc/resend_webhook", '{}')), qr/^401 /, 'PostgREST: Resend\'s is there');
stop_program($postgrest);
$node->safe_psql('plain', 'drop owned by anon, authenticator');
$node->safe_psql('plain', 'drop role anon, authenticator');

# ---- Supabase: its roles and default privileges, its gateway, its Edge Function ---------------------------------------
$node->safe_psql('postgres', 'create database supabase');
$node->safe_psql('supabase', q{
	create role anon nologin; create role authenticated nologin; create role service_role nologin bypassrls;
	create role authenticator noinherit login; grant anon, authenticated, service_role to authenticator;
	grant usage on schema public to anon, authenticated, service_role;
	alter default privileges in schema public grant all on functions to anon, authenticated, service_role;
	alter default privileges in schema public grant all on tables to anon, authenticated, service_role});
run_sql('supabase', 'supabase/setup.sql');
$node->safe_psql('supabase', q{select calcom.calcom_set_secret('default', 'webhook', 'hook-secret')});
is($node->safe_psql('supabase', q{select string_agg(p.proname, ' ' order by 1) from pg_proc p join pg_namespace n on n.oid = p.pronamespace
		where n.nspname in ('calcom', 'public') and has_function_privilege('anon', p.oid, 'execute') and has_schema_privilege('anon', n.oid, 'usage')}),
	'calcom_webhook resend_webhook', 'Supabase: anonymous requests reach these two and nothing else');
is($node->safe_psql('supabase', q{select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace
		where n.nspname = 'calcom' and (has_table_privilege('anon', c.oid, 'select,insert,update,delete,truncate') or has_any_column_privilege('anon', c.oid, 'select'))}),
	'0', 'Supabase: and no table');
my $gateway = start_postgrest($node, 'supabase', '--schema=public', '--key=anon-key');
like(post_to("$gateway->{url}/rest/v1/rpc/calcom_webhook", $booking)->{content}, qr/No API key/, 'Supabase: the gateway wants a key that Cal.com cannot send');
local $ENV{SUPABASE_URL} = $gateway->{url};
local $ENV{SUPABASE_ANON_KEY} = 'anon-key';
append_to_file("$directory/index.mjs", recipe('supabase/functions/calcom-webhook/index.ts'));
my $shim = "$FindBin::RealBin/../tools/deno_shim.mjs";
my $edge = start_program('node', $shim, "$directory/index.mjs");
my $url = "$edge->{url}/functions/v1/calcom-webhook";
my $exact = body_of('by-edge', 'ada@example.com') =~ s/Consultation/Z\xc3\xbcrich  \\u0001 \xf0\x9f\x98\x80/r;
is(outcome_of(post_to($url, $exact)), '200 applied', 'Edge Function: a booking');
is($node->safe_psql('supabase', q{select encode(calcom.calcom_event_body(id), 'hex') from calcom.calcom_events order by id desc limit 1}), unpack('H*', $exact), 'Edge Function: byte for byte');
is(outcome_of(post_to($url, $exact)), '200 duplicate', 'Edge Function: again');
is(outcome_of(post_to($url, $exact, signed_headers($exact, 'x'))), '401 {"error":"signature does not match"}', 'Edge Function: forged');
is(outcome_of(post_to($url, $exact, {})), '401 {"error":"exactly one set of signature headers is required"}', 'Edge Function: unsigned');
is(post_to($url, '{"a":')->{status}, 400, 'Edge Function: no JSON');
is(outcome_of(post_to($url, 'x' x 1_100_000)), '413 {"error":"body too large"}', 'Edge Function: too large');
like(outcome_of(post_to("$url/resend", '{}', { 'svix-id' => 'm', 'svix-timestamp' => 1, 'svix-signature' => 'v1,x' })), qr/^401 \{"error":"no webhook secret/, 'Edge Function: Resend\'s headers go on');
is(HTTP::Tiny->new->get($url)->{status}, 405, 'Edge Function: POST only');
my $unavailable = '503 {"error":"database is not available, try again"}';
my $new = '{"triggerEvent":"PING","payload":{}}';
$node->safe_psql('supabase', 'alter table calcom.calcom_events rename to hidden');
my $answer = post_to($url, $new);
is(outcome_of($answer) . " $answer->{headers}{'retry-after'}", '503 {"error":"calcom is not set up in this database"} 5', 'Edge Function: calcom\'s 503 with Retry-After goes out');
$node->safe_psql('supabase', 'alter table calcom.hidden rename to calcom_events');
$node->safe_psql('supabase', 'select calcom.calcom_hide_webhook(schema => \'public\')');
is(outcome_of(post_to($url, $new)), $unavailable, 'Edge Function: a function that is not there is no final answer');
stop_program($edge);
{
	local $ENV{SUPABASE_ANON_KEY} = 'old-key';
	$edge = start_program('node', $shim, "$directory/index.mjs");
	is(outcome_of(post_to("$edge->{url}/", $new)), $unavailable, 'Edge Function: nor is a wrong key');
}
stop_program($gateway);
is(outcome_of(post_to("$edge->{url}/", $new)), $unavailable, 'Edge Function: nor an API that is away');
stop_program($edge);
$node->safe_psql('supabase', 'drop owned by anon, authenticator, authenticated, service_role');

# ---- pg_net in another database: its queueing function, as its source has it, and its own text of the body -------------
$node->safe_psql('postgres', 'create database elsewhere');
$node->safe_psql('elsewhere', q{
	create schema extensions; create extension pgcrypto schema extensions; create schema net;
	create table net.http_request_queue (id bigserial, url text, headers jsonb, body bytea, timeout_milliseconds int);
	create function net.http_post(url text, body jsonb default '{}', params jsonb default '{}', headers jsonb default '{"Content-Type": "application/json"}',
		timeout_milliseconds int default 5000) returns bigint language sql
	as $$ insert into net.http_request_queue (url, headers, body, timeout_milliseconds)
		values (url, headers, convert_to(body::text, 'UTF8'), timeout_milliseconds) returning id $$});
run_sql('elsewhere', 'pg_net/forward.sql');
my $proxy = start_calcom_proxy($node->connstr('plain') . ' user=' . $node->safe_psql('postgres', 'select current_user'));
my $body = body_of('by-pg_net', 'ada@example.com');
$node->safe_psql('elsewhere', "select tell_calcom('$proxy->{url}/api/webhooks/calcom', 'hook-secret', \$json\$$body\$json\$)");
my ($to, $type, $signature, $sent) = split /\|/, $node->safe_psql('elsewhere',
	q{select url, headers ->> 'Content-Type', headers ->> 'X-Cal-Signature-256', encode(body, 'hex') from net.http_request_queue});
isnt($sent, unpack('H*', $body), 'pg_net: the bytes are others than those that came in: what Cal.com signed cannot go this way');
is(outcome_of(post_to($to, pack('H*', $sent), { 'Content-Type' => $type, 'X-Cal-Signature-256' => $signature })), '200 applied', 'pg_net: signed over its own text it arrives');
is(outcome_of(post_to($to, pack('H*', $sent), signed_headers($body))), '401 {"error":"signature does not match"}', 'pg_net: a signature of Cal.com does not hold for it');
stop_program($proxy);
$node->stop;

# ---- the index --------------------------------------------------------------------------------------------------------
my $recipes = "$FindBin::RealBin/../../docs/recipes";
my $index = slurp_file("$recipes/README.md");
my $tests = join '', map { slurp_file($_) } glob("$FindBin::RealBin/07*.pl"), glob("$FindBin::RealBin/../judges/*/*.{sh,mjs}");
for my $page (grep { !/README/ } glob "$recipes/*.md") {
	my ($name) = $page =~ m{([^/]+)$};
	my ($said) = slurp_file($page) =~ /\A# .*\n\n\*\*(Run here|Emulated, not run|Not run)\*\*/;
	ok($said, "$name says at its top how it was tried");
	my $how = lc($said // '?');
	like($index, qr/\]\(\Q$name\E\).*\| \Q$how\E/, "$name is in the index with the same words");
}
chomp(my @files = `cd '$recipes' && find . -mindepth 2 -type f`);
my $pages = join '', map { slurp_file($_) } glob "$recipes/*.md";
my %not_run = map { $_ => 1 } 'postgrest/postgrest.conf', 'supabase/config.toml';    # their pages say so
for my $file (sort map { s{^\./}{}r } @files) {
	like($pages, qr/\]\(\Q$file\E\)/, "$file is linked from a recipe");
	ok($not_run{$file} || index($tests, $file) >= 0, "$file is used by a test");
}
done_testing();
