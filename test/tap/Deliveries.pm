# What the tests of deliveries share: the captured bodies of test/fixtures/calcom, signed, as SQL.
package Deliveries;
use strict;
use warnings;
use Exporter 'import';
use File::Basename qw(basename dirname);
use PostgreSQL::Test::Utils;

our @EXPORT = qw(fixture_names fixture upcoming delivery deliver fingerprint);

my $fixtures = dirname(__FILE__) . '/../fixtures/calcom';

sub fixture_names { return sort map { basename($_) } grep { !/manifest/ } glob "$fixtures/*" }

sub fixture { return slurp_file("$fixtures/$_[0]") }

# The same, sent a year ago, about a day in seventy years: not over and not ahead of the clock on any day.
sub upcoming {
	my $body = fixture(@_);
	$body =~ s/("(?:startTime|endTime)":")20\d\d/${1}2096/g;
	$body =~ s/("createdAt":")2026/${1}2025/g;
	return $body;
}

# The statement that delivers a body to the default account.
sub delivery {
	my ($body, $secret) = @_;
	my $bytes = "'\\x" . unpack('H*', $body) . "'::bytea";
	return "select outcome from calcom_ingest($bytes, calcom_sign($bytes, '" . ($secret // 'hook-secret') . "'))";
}

sub deliver { my ($node, $database, $body) = @_; return $node->safe_psql($database, delivery($body)) }

# One line a table: its rows and a hash of all they hold.
sub fingerprint {
	my ($node, $database, %without) = @_;
	my @tables = grep { !$without{$_} } split /\n/, $node->safe_psql($database, q{select relname from pg_class
		where relowner = 'calcom_owner'::regrole and relkind = 'r' and relname <> 'calcom_secrets' order by 1});
	return join "\n", map { "$_ " . $node->safe_psql($database,
		"select count(*), md5(string_agg(t::text, E'\\n' order by t::text)) from $_ t") } @tables;
}

1;
