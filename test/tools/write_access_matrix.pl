#!/usr/bin/env perl
# After a change of rights that is meant: writes the matrix of results/access_matrix.out into docs/access.md and takes
# the output, as it will be then, for the expected one. Usage: write_access_matrix.pl RESULTS-FILE
use strict;
use warnings;
use FindBin;

sub slurp { my ($path) = @_; open my $in, '<', $path or die "$path: $!"; local $/; return scalar <$in> }
sub write_file { my ($path, $text) = @_; open my $out, '>', $path or die "$path: $!"; print {$out} $text }

my $root = "$FindBin::Bin/../..";
my $results = slurp($ARGV[0] // die "usage: $0 RESULTS-FILE\n");
$results =~ s/^(?:not documented|documented, not so): .*\n//mg;
my ($relations) = $results =~ /^(\| relation \|.*?\n)(?=\| function \|)/ms;
my ($functions) = $results =~ /^(\| function \|.*\n(?:\| `.*\n)+)/m;

my $document = slurp("$root/docs/access.md");
for my $table ($relations, $functions) {
	my ($head, $rows) = $table =~ /^([^\n]*\n)(.*)$/s;
	my ($name) = $head =~ /^\| (\w+) \|/;
	$document =~ s/^\| $name \|.*\n\|[-|]+\n(?:\| `.*\n)+/$head . '|---' x (($head =~ tr{|}{}) - 1) . "|\n" . $rows/me
	  or die "docs/access.md has no table of $name\n";
}
write_file("$root/docs/access.md", $document);
write_file("$root/expected/access_matrix.out", $results);
