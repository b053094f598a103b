# docs/reference.md is what tools/reference.sql makes of the catalogs, and docs/architecture.md names every table.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Utils;
use Test::More;
use WorkerTest;

my $root = "$FindBin::RealBin/../..";
my $node = start_cluster('reference', conf => "calcom.node_identity_file = ''");
$node->safe_psql('postgres', 'create extension calcom; select calcom_setup()');

my $generated = "$PostgreSQL::Test::Utils::tmp_check/reference.md";
$node->command_ok([ 'psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('postgres'),
		'-f', "$root/tools/reference.sql", '-o', $generated ], 'tools/reference.sql runs');
my ($difference) = run_command([ 'diff', '-u', "$root/docs/reference.md", $generated ]);
is($difference, '', 'docs/reference.md is up to date; tools/reference.sh writes it');

# The section "Where data lives" names each table at the start of a line of its table.
my ($section) = slurp_file("$root/docs/architecture.md") =~ /^## Where data lives\n(.*?)^## /ms;
my @named = sort map { /`(\w+)`/g } $section =~ /^\| ((?:`\w+`(?:, )?)+) \|/mg;
my @tables = split /\n/, $node->safe_psql('postgres', q{select relname from pg_class where relnamespace = 'public'::regnamespace
	and relkind = 'r' and relowner = 'calcom_owner'::regrole order by relname collate "C"});
is_deeply(\@named, \@tables, 'docs/architecture.md names every table');

$node->stop;
done_testing();
