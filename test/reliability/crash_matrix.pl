# The crash matrix many times: ROUNDS=20 of each cell. Writes docs/reliability.md's table to the file named by REPORT.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/../tap";
use CrashMatrix;
use POSIX qw(strftime uname);
use PostgreSQL::Test::Utils;
use Test::More;

my $rounds = $ENV{ROUNDS} // 20;
my $matrix = start_matrix();
my (%good, @wrong);
for my $victim (@CrashMatrix::VICTIMS) {
	for my $step (@CrashMatrix::STEPS) {
		for (1 .. $rounds) {
			my $problem = crash($matrix, $victim, $step);
			defined $problem ? push @wrong, "$victim at $step: $problem" : $good{$victim}{$step}++;
		}
		is($good{$victim}{$step} // 0, $rounds, "$victim killed at $step $rounds times: every mail exactly once");
	}
}
my $version = $matrix->{node}->safe_psql('postgres', 'show server_version');
end_matrix($matrix);

my @machine = uname();
my $cores = () = slurp_file('/proc/cpuinfo') =~ /^processor/mg;
my $report = "# Reliability\n\n## Crash matrix\n\n"
  . "`kill -9` of a process while a mail is at a step, against a Resend stand-in that honours idempotency keys\n"
  . "(`test/tap/CrashMatrix.pm`): in how many of $rounds kills every mail came exactly once and none was lost. Each kill also\n"
  . "has a second client with a delivery that is not committed, which must leave no trace and come once when sent again.\n\n"
  . '| killed | ' . join(' | ', @CrashMatrix::STEPS) . " |\n|---" . '|---' x @CrashMatrix::STEPS . "|\n";
for my $victim (@CrashMatrix::VICTIMS) {
	$report .= "| $victim | " . join(' | ', map { ($good{$victim}{$_} // 0) . " of $rounds" } @CrashMatrix::STEPS) . " |\n";
}
$report .= "\nclaim: due rows are being locked. freeze: rendered, not committed. send: on its way, not taken. answer: taken, the\n"
  . "answer not heard. record: answered, not written down.\n\n"
  . strftime('%Y-%m-%d', gmtime) . ", $machine[0] $machine[2] $machine[4], $cores cores, PostgreSQL $version. `make crash-matrix` writes this file.\n";
$report .= join '', "\nWrong:\n\n", map { "- $_\n" } @wrong if @wrong;
if ($ENV{REPORT}) { open my $file, '>', $ENV{REPORT} or die "$ENV{REPORT}: $!"; print $file $report; close $file }
done_testing();
