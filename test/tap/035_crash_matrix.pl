# Every process killed at every step of a mail, once (`make crash-matrix` does it twenty times): each mail comes exactly
# once.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use CrashMatrix;
use Test::More;

my $matrix = start_matrix();
for my $victim (@CrashMatrix::VICTIMS) {
	for my $step (@CrashMatrix::STEPS) {
		is(crash($matrix, $victim, $step), undef, "$victim killed at $step: every mail exactly once");
	}
}
end_matrix($matrix);
done_testing();
