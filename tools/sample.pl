#!/usr/bin/env perl
# Makes today's delivery out of a recorded Cal.com body, byte for byte but for times and ids, and signs it.
#   CALCOM_WEBHOOK_SECRET=… tools/sample.pl FIXTURE STATE BODY     writes BODY and STATE, prints the signature
# STATE remembers the last booking (uid, iCalUID, start), so that a reschedule or a cancellation continues it.
use strict;
use warnings;
use Digest::SHA qw(hmac_sha256_hex);
use POSIX qw(strftime);
use Time::HiRes ();

my ($fixture, $state_file, $body_file) = @ARGV;
die "usage: sample.pl FIXTURE STATE BODY\n" unless defined $body_file;
my $secret = $ENV{CALCOM_WEBHOOK_SECRET} // die "sample.pl: CALCOM_WEBHOOK_SECRET is not set\n";

sub slurp {
    my ($path) = @_;
    open my $in, '<:raw', $path or die "sample.pl: $path: $!\n";
    local $/;
    return scalar <$in>;
}

sub spew {
    my ($path, $text) = @_;
    open my $out, '>:raw', $path or die "sample.pl: $path: $!\n";
    print {$out} $text;
    close $out or die "sample.pl: $path: $!\n";
}

sub iso { return strftime('%Y-%m-%dT%H:%M:%SZ', gmtime shift) }

# The shape of Cal.com's uids: 22 characters without look-alikes.
sub fresh_id {
    my @letters = grep { !/[0OIl]/ } ('0' .. '9', 'A' .. 'Z', 'a' .. 'z');
    open my $random, '<:raw', '/dev/urandom' or die "sample.pl: /dev/urandom: $!\n";
    read($random, my $bytes, 22) == 22 or die "sample.pl: /dev/urandom: short read\n";
    return join '', map { $letters[ ord($_) % @letters ] } split //, $bytes;
}

my $body = slurp($fixture);
my ($trigger) = $body =~ /"triggerEvent":"(\w+)"/ or die "sample.pl: $fixture has no triggerEvent\n";
my ($uid) = $body =~ /"uid":"([^"]+)"/ or die "sample.pl: $fixture has no uid\n";
my $follows = $trigger eq 'BOOKING_CREATED' ? 0 : 1;
my ($last_uid, $ical_uid, $start);
if ($follows) {
    die "sample.pl: no sample booking yet; send one first: make sample EVENT=created\n" unless -e $state_file;
    ($last_uid, $ical_uid, $start) = split ' ', slurp($state_file);
}
else {
    $ical_uid = fresh_id() . '@Cal.com';
    $start = (int(time / 3600) + 25) * 3600;    # a full hour, tomorrow
}

my $moved = $trigger eq 'BOOKING_RESCHEDULED';
my $old_start = $start;
$start += 86400 if $moved;
my $new_uid = $follows && !$moved ? $last_uid : fresh_id();
my %time = (
    startTime => iso($start),
    endTime => iso($start + 1800),
    rescheduleStartTime => iso($old_start),
    rescheduleEndTime => iso($old_start + 1800),
);

$body =~ s/"rescheduleUid":"[^"]*"/"rescheduleUid":"$last_uid"/ if $moved;
$body =~ s/\Q$uid\E/$new_uid/g;
$body =~ s/"iCalUID":"[^"]*"/"iCalUID":"$ical_uid"/;
$body =~ s/"$_":"[^"]*"/"$_":"$time{$_}"/ for keys %time;
# createdAt decides which of two deliveries is newer, so it keeps its milliseconds.
my ($seconds, $micros) = Time::HiRes::gettimeofday();
my $now = strftime('%Y-%m-%dT%H:%M:%S', gmtime $seconds) . sprintf '.%03dZ', $micros / 1000;
$body =~ s/"createdAt":"[^"]*"/"createdAt":"$now"/;

spew($body_file, $body);
spew($state_file, "$new_uid $ical_uid $start\n");
print hmac_sha256_hex($body, $secret), "\n";
