# Writes COUNT deliveries of distinct bookings, from number FIRST on: signature, blank, body in hexadecimal.
#   perl proxy_bodies.pl FIXTURE SECRET FIRST COUNT
use strict;
use warnings;
use Digest::SHA qw(hmac_sha256_hex);

my ($fixture, $secret, $first, $count) = @ARGV;
open my $in, '<:raw', $fixture or die "$fixture: $!";
my $template = do { local $/; <$in> };
for my $number ($first .. $first + $count - 1) {
    my $body = $template =~ s/"uid":"[^"]*"/"uid":"load-$number"/gr;
    $body =~ s/(?:lukasz\+cal|guest\.one)\@/person-$number@/g;
    print hmac_sha256_hex($body, $secret), ' ', unpack('H*', $body), "\n";
}
