# The statements and commands of README.md and docs/**/*.md are run as they are written, page by page and block by block,
# each page in a database of its own. A block that cannot run carries a mark with the reason. %values below are the
# only changes: placeholders of the pages and the values that stand for them here.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use File::Temp ();
use IPC::Run ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Documents qw(pages blocks statements apply);
use WorkerTest;

my $root = "$FindBin::RealBin/../..";
my $directory = PostgreSQL::Test::Utils::tempdir();
my $secrets = "$directory/secrets";
my $config = "$directory/etc";
mkdir $_ or die "$_: $!" for $secrets, $config;
append_to_file("$secrets/resend", "$WorkerTest::API_KEY\n");
append_to_file("$secrets/resend-webhook", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n");

my $resend = start_resend();
my $node = start_cluster('documents', conf => "calcom.resend_url = '$resend->{url}'\ncalcom.secret_directory = '$secrets'");
my $connection = 'host=' . $node->host . ' port=' . $node->port;

# In SQL that is only parsed: an ellipsis outside of quotes stands for any value.
my %everywhere = ('UID OF THE BOOKING' => 'rYebyg2Ux8HrNRFtE8YYCi', 'whsec_…' => 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
my %values = (
	'README.md' => { 'your webhook secret' => '@webhook_secret@' },
	'docs/setup.md' => { 'what_was_there' => 'auto_explain' },
	'docs/log.md' => { '019a…' => '@event_id@' },
	'docs/own-bookings.md' => { 'own-…' => '@own_uid@' },
	'docs/security.md' => { '/etc/calcom/secrets' => $secrets, ":'key'" => "'re_key'" },
	'docs/operator-page.md' => { '/etc/calcom' => $config, 'localhost/mydb' => '/@database@' },
	'docs/proxy.md' => { 'localhost/mydb' => '/@database@' },
	'docs/recipes/supabase.md' => { 'calcom.calcom_' => 'calcom_' },
);

# What a page finds: roles and a schema of its reader's application and, unless it is one of these pages, a database that
# is set up and holds the booking that docs/log.md names.
my %bare = map { $_ => 1 } qw(README.md docs/setup.md);

sub set_up_page {
	my ($page, $database) = @_;
	$node->safe_psql($database, 'create role web; create role anon; create role authenticated; create schema api; '
		. 'grant usage on schema api to anon');
	return if $bare{$page};
	set_up($node, $database, exists => 1);
	book($node, $database, 'rYebyg2Ux8HrNRFtE8YYCi', 'ada@example.com');
	$node->safe_psql($database, q{select calcom_account_add('other')});
}

# Databases that a mark names.
my %databases = (
	'a database in which calcom_setup() refused' => sub {
		my ($database) = @_;
		$node->safe_psql($database, 'create table bookings (id int); create extension calcom');
	},
	'a database with pg_net' => sub {
		my ($database) = @_;
		$node->safe_psql($database, q{
			create schema net; create schema extensions;
			create function net.http_post(url text, body jsonb, headers jsonb, timeout_milliseconds int) returns bigint
				language sql as 'select 1::bigint';
			create function extensions.hmac(bytea, bytea, text) returns bytea language sql as 'select sha256($1 || $2)'});
		$node->command_ok([ 'psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr($database),
				'-f', "$root/docs/recipes/pg_net/forward.sql" ], 'docs/recipes/pg_net/forward.sql runs');
	});

# calcom-proxy as the pages start it serves until it is stopped: here in the background, until its block ends.
my $prelude = <<'SH';
calcom-proxy() {
  [ "${1-}" != admin-link ] || { command calcom-proxy "$@"; return; }
  command calcom-proxy "$@" >"$HOME/proxy.log" 2>&1 & serving="$serving $!"
  until grep -q '^listening on' "$HOME/proxy.log"; do kill -0 $! || { cat "$HOME/proxy.log"; return 1; }; done
}
serving=; trap '[ -z "$serving" ] || kill $serving' EXIT
SH

sub run_block {
	my ($database, $language, $text) = @_;
	my $file = File::Temp->new(DIR => $directory);
	print {$file} $language eq 'sh' ? $prelude . $text : $text;
	close $file;
	my $home = File::Temp->newdir(DIR => $directory);
	local %ENV = (%ENV, HOME => "$home", PGHOST => $node->host, PGPORT => $node->port, PGDATABASE => $database,
		CALCOM_PROXY_LISTEN => '127.0.0.1:0', PATH => ($ENV{CALCOM_PROXY} =~ s{/[^/]*$}{}r) . ":$ENV{PATH}");
	my @command = $language eq 'sh' ? ('bash', '-eu', "$file")
	  : ('psql', '-XqAt', '-v', 'ON_ERROR_STOP=1', '-v', 'VERBOSITY=terse', '-o', '/dev/null', '-f', "$file");
	my $answer = '';
	my $done = eval { IPC::Run::run(\@command, '<', \undef, '>&', \$answer, IPC::Run::timeout(180)) };
	return ($done, $@ ? "$answer$@" : $answer);
}

# Values that exist only once the page's earlier blocks have run.
sub late_values {
	my ($database) = @_;
	my $ask = sub { my (undef, $value) = $node->psql($database, $_[0]); return $value };
	return {
		'@database@' => $database,
		'@webhook_secret@' => $ask->(q{select value from calcom_secrets where kind = 'webhook'}),
		'@event_id@' => $ask->('select id from calcom_events limit 1'),
		'@own_uid@' => $ask->(q{select uid from bookings where uid like 'own-%' limit 1}),
	};
}

# What the page tells its reader to do after a block.
my @then = (
	[ qr/^ALTER SYSTEM SET shared_preload_libraries/m => sub { $node->restart } ],
	[ qr/calcom_set_secret\('default', 'webhook'\)/ => sub {
		my ($database) = @_;
		my $body = body_of('rYebyg2Ux8HrNRFtE8YYCi', 'ada@example.com');
		$node->safe_psql($database, qq{select calcom_ingest(\$body\$$body\$body\$,
			calcom_sign(\$body\$$body\$body\$, (select value from calcom_secrets where kind = 'webhook')))});
	} ]);

my ($executed, $prepared, %reasons) = (0, 0);

sub check_page {
	my ($page, $database) = @_;
	my (%used, %prepared_in);
	my $values = { %everywhere, %{ $values{$page} // {} } };
	my $fill = sub { my ($text) = @_; return apply(apply($text, $values, \%used), late_values($database), {}) };
	my $number = 0;
	for my $block (blocks("$root/$page")) {
		$number++;
		my $name = "$page:$block->{line}: block $number ($block->{language})";
		ok($block->{language} !~ /^(bash|shell|console|psql|postgresql|pgsql)$/, "$name: write sql or sh");
		next unless $block->{language} =~ /^(sql|sh)$/;
		if ($block->{not_run}) {
			$reasons{ $block->{not_run} }++;
			next;
		}
		my $where = $database;
		if ($block->{database}) {
			my $make = $databases{ $block->{database} } or die "$name: no database is called \"$block->{database}\"";
			$where = "${database}_$number";
			$node->safe_psql('postgres', "create database $where");
			$make->($where);
		}
		my ($done, $answer) = run_block($where, $block->{language}, $fill->($block->{text}));
		ok($done, "$name runs") or diag("$name: $answer");
		$executed++;
		$block->{text} =~ $_->[0] && $_->[1]->($where) for @then;
		$node->safe_psql('postgres', "drop database $where with (force)") if $where ne $database;
	}
	for my $statement (statements("$root/$page")) {
		my $text = $fill->($statement->{text}) =~ s/'[^']*'(*SKIP)(*FAIL)|…/null/gr;
		my ($status, undef, $answer) = $node->psql($database, "prepare statement as $text");
		is($status, 0, "$page:$statement->{line}: $statement->{text}") or diag("$page:$statement->{line}: $answer");
		$prepared++;
	}
	for my $placeholder (keys %{ $values{$page} // {} }) {
		ok($used{$placeholder}, "$page: the placeholder $placeholder is in the page");
	}
}

# Roles and settings belong to the whole server: each page leaves it as it found it.
sub leave {
	my ($database) = @_;
	$node->safe_psql('postgres', "drop database $database with (force)");
	$node->safe_psql('postgres', $_) for split /\n/, $node->safe_psql('postgres', q{
		select format('drop role %I', rolname) from pg_roles
		 where oid >= 16384 and rolname !~ '^calcom_(owner|ingester|reader|operator)$'});
	my $changed = -s $node->data_dir . '/postgresql.auto.conf' > 100;
	$node->safe_psql('postgres', 'alter system reset all');
	$node->restart if $changed;
}

my $at = 0;
for my $page (pages($root)) {
	next unless grep({ $_->{language} =~ /^\w*s(h|ql)$/ } blocks("$root/$page")) || statements("$root/$page");
	my $database = 'page_' . ++$at;
	$node->safe_psql('postgres', "create database $database");
	set_up_page($page, $database);
	check_page($page, $database);
	leave($database);
}

my $marked = 0;
$marked += $_ for values %reasons;
note(sprintf '%d blocks executed, %d marked as not run, %d statements within sentences prepared', $executed, $marked, $prepared);
note("not run, $reasons{$_}: $_") for sort keys %reasons;

# The test itself must fail when a page is wrong.
my $planted = "$directory/planted.md";
append_to_file($planted, "text\n\n```sql\nSELECT 1;\nSELECT no_such_column;\n```\n<!-- not run: no such host -->\n```sh\nfalse\n```\n- item\n  ```sql\n  SELECT 2;\n  ```\nsee `SELECT * FROM nowhere;`\n");
my @planted = blocks($planted);
is(scalar @planted, 3, 'planted page: every block is found');
is($planted[1]{not_run}, 'no such host', 'planted page: the mark belongs to the block below it');
is($planted[2]{text}, "SELECT 2;\n", 'planted page: a block in a list is read without its indent');
my ($done, $answer) = run_block('postgres', 'sql', $planted[0]{text});
ok(!$done, 'planted page: a statement that fails fails its block');
like($answer, qr/no_such_column/, 'planted page: the answer of the server is reported');
is_deeply([ map { $_->{text} } statements($planted) ], ['SELECT * FROM nowhere'], 'planted page: the statement in a sentence is found');

$resend->{harness}->kill_kill;
$node->stop;
done_testing();
