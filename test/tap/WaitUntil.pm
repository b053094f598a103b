# The one way to wait for a condition that is not in the database (for those that are: poll_query_until). Both give up
# after PG_TEST_TIMEOUT_DEFAULT seconds, 180 by default.
package WaitUntil;
use strict;
use warnings;
use Exporter 'import';
use PostgreSQL::Test::Utils;
use Time::HiRes qw(sleep time);

our @EXPORT = qw(wait_until);

# The first true value of the condition; dies when it does not come in time.
sub wait_until {
    my ($what, $condition) = @_;
    my $end = time + $PostgreSQL::Test::Utils::timeout_default;
    while (time < $end) {
        my $value = $condition->();
        return $value if $value;
        sleep 0.02;    # poll interval
    }
    die "waited in vain: $what\n";
}

1;
