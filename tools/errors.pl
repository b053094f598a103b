#!/usr/bin/env perl
# Writes the tables of docs/errors.md from src/core/base/errors.def: each stands between the comments
# <!-- errors: GROUP --> and <!-- end -->. With --check: prints the tables that differ and writes nothing.
#   tools/errors.pl [--check] [ROOT]
use strict;
use warnings;
use FindBin;

my $check = @ARGV && $ARGV[0] eq '--check' && shift @ARGV;
my $root  = $ARGV[0] // "$FindBin::Bin/..";

sub slurp {
    my ($path) = @_;
    open my $in, '<:encoding(UTF-8)', $path or die "$path: $!\n";
    local $/;
    return scalar <$in>;
}

my %rows;
my $literal = qr/"((?:[^"\\]|\\.)*)"/;
my $list    = slurp("$root/src/core/base/errors.def");
while ($list =~ /^CALCOM_ERROR\((\w+),\s*$literal,\s*$literal,\s*(\d+),\s*$literal,\s*$literal,\s*$literal,\s*$literal,\s*$literal\)$/mg) {
    my ($code, $status, $group, $message, $happened, $remedy) = ($3, $4, $5, $6, $8, $9);
    push @{ $rows{$group} }, "| $code | $message | $happened | $status | $remedy |\n";
}
die "no error was read from errors.def\n" unless %rows;

my $document = slurp("$root/docs/errors.md");
my $before   = $document;
for my $group (sort keys %rows) {
    my $table = "| SQLSTATE | message | what happened | HTTP | what to do |\n|---|---|---|---|---|\n" . join '', sort @{ $rows{$group} };
    $document =~ s/(<!-- errors: $group -->\n).*?(<!-- end -->\n)/$1$table$2/s
      or die "docs/errors.md has no table <!-- errors: $group -->\n";
}
exit 0 if $document eq $before;
if ($check) {
    print "docs/errors.md: differs from src/core/base/errors.def: run tools/errors.pl\n";
    exit 0;
}
open my $out, '>:encoding(UTF-8)', "$root/docs/errors.md" or die "docs/errors.md: $!\n";
print {$out} $document;
