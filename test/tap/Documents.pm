# Finds the SQL and shell blocks of README.md and docs/**/*.md, their marks, and the statements within sentences.
package Documents;
use strict;
use warnings;
use Exporter 'import';
use File::Find ();
use PostgreSQL::Test::Utils qw(slurp_file);

our @EXPORT_OK = qw(pages blocks statements apply);

# The pages below ROOT, relative to it: README.md first, then docs in the order of their names.
sub pages {
	my ($root) = @_;
	my @pages;
	File::Find::find({ no_chdir => 1, wanted => sub { push @pages, substr $_, length($root) + 1 if /\.md$/ } }, "$root/docs");
	return ('README.md', sort @pages);
}

# The fenced blocks of a page, each with its language, its first line's number and its mark. A mark is an HTML comment
# alone on the line before the fence: <!-- not run: REASON --> or <!-- run in: DATABASE -->.
sub blocks {
	my ($path) = @_;
	my (@blocks, $open, $comment);
	my $number = 0;
	for my $line (split /\n/, slurp_file($path)) {
		$number++;
		if ($open && $line =~ /^\s*```\s*$/) {
			push @blocks, $open;
			$open = undef;
		} elsif ($open) {
			$open->{text} .= $line =~ s/^\s{0,$open->{indent}}//r . "\n";
		} elsif ($line =~ /^(\s*)```(\S*)/) {
			$open = { indent => length $1, language => $2, line => $number, text => '', %{ mark_of($comment) } };
		}
		$comment = $line =~ /^\s*<!--\s*(.*?)\s*-->\s*$/ ? $1 : undef;
	}
	die "$path: the block that begins at line $open->{line} has no end" if $open;
	return @blocks;
}

sub mark_of {
	my ($comment) = @_;
	return {} unless defined $comment;
	return { not_run => $1 } if $comment =~ /^not run: (.+)/;
	return { database => $1 } if $comment =~ /^run in: (.+)/;
	return {};
}

# The SELECT statements that a page names within a sentence or a table, outside of blocks.
sub statements {
	my ($path) = @_;
	my (@statements, $in_block);
	my $number = 0;
	for my $line (split /\n/, slurp_file($path)) {
		$number++;
		$in_block = !$in_block if $line =~ /^\s*```/;
		next if $in_block;
		push @statements, { line => $number, text => $1 =~ s/;\s*$//r } while $line =~ /`(SELECT (?!\*`)[^`]+)`/g;
	}
	return @statements;
}

# Replaces each placeholder in the text and notes that it was used.
sub apply {
	my ($text, $values, $used) = @_;
	for my $placeholder (sort { length $b <=> length $a } keys %$values) {
		$used->{$placeholder}++ if $text =~ s/\Q$placeholder\E/$values->{$placeholder}/g;
	}
	return $text;
}

1;
