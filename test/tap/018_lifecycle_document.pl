# The table in docs/lifecycle.md is what the server did with the recorded deliveries.
# CALCOM_WRITE_DOCS=1 writes the table instead of comparing it.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Digest::SHA qw(hmac_sha256_hex);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::Local qw(timegm);

my $root = "$FindBin::Bin/../..";
my $secret = 'whsec_test';

# In the order in which Cal.com sent them; a line of its own starts with empty tables.
my @sequences = (
	[qw(BOOKING_CREATED-chain1 BOOKING_RESCHEDULED-chain2 BOOKING_RESCHEDULED-chain3 BOOKING_CANCELLED-chain4)],
	[qw(BOOKING_RESCHEDULED-chain2 BOOKING_CREATED-chain1)],
	[qw(BOOKING_CREATED-overlap-a BOOKING_CREATED-overlap-b)],
	[qw(BOOKING_REQUESTED-confirm1 BOOKING_CREATED-confirm2)],
	[qw(BOOKING_REQUESTED-confirm3 BOOKING_REJECTED-confirm4)],
	[qw(BOOKING_REQUESTED-confirm1 BOOKING_REQUESTED-hosted-reschedule-synth)],
	[qw(BOOKING_PAYMENT_INITIATED-paid1 BOOKING_PAID-paid2 BOOKING_CREATED-paid3)],
	[qw(BOOKING_CREATED-reqresched1 BOOKING_CANCELLED-reqresched2 BOOKING_RESCHEDULED-reqresched3)],
	[qw(BOOKING_CREATED-seats1 BOOKING_CREATED-seats2 BOOKING_CREATED-seats3 BOOKING_CANCELLED-seats4-one-seat
	    BOOKING_CANCELLED-seat-attendee-unavailable-synth BOOKING_RESCHEDULED-seats5-attendee-to-empty-slot)],
	[qw(BOOKING_CANCELLED-seats9-all)],
	[qw(BOOKING_CREATED-recurring1 BOOKING_CREATED-recurring2 BOOKING_CREATED-recurring3 BOOKING_CANCELLED-recurring-one)],
	[qw(BOOKING_CREATED-chain1 BOOKING_LOCATION_UPDATED-synth BOOKING_REASSIGNED-synth)],
	[qw(BOOKING_CREATED-phone-only)],
	[qw(BOOKING_CREATED-meeting1 MEETING_ENDED-meeting2 MEETING_STARTED-meeting3)],
	[qw(BOOKING_NO_SHOW_UPDATED-one)],
	[qw(RECORDING_READY)], [qw(AFTER_HOSTS_CAL_VIDEO_NO_SHOW-test)], [qw(OOO_CREATED-synth)],
	[qw(CALENDAR_ENTRY_REJECTED-synth)], [qw(UNKNOWN_TRIGGER-synth)], [qw(PING)],
	[qw(MEETING_ENDED-empty-payload-synth)], [qw(ZAPIER-flat)], [qw(TEMPLATE-docs-example)],
	[qw(TEMPLATE-broken-json-false)],
);

# Bookings that are over are mailed to nobody, so the recorded starts are moved by whole days, all by the same number,
# until the earliest of them lies a month ahead.
my $days = int((time - timegm(0, 0, 0, 23, 10, 126)) / 86400) + 30;

sub moved {
	my ($date) = @_;
	my ($year, $month, $day) = split /-/, $date;
	my @at = gmtime(timegm(0, 0, 0, $day, $month - 1, $year - 1900) + $days * 86400);
	return sprintf '%04d-%02d-%02d', $at[5] + 1900, $at[4] + 1, $at[3];
}

sub body_of {
	my ($name) = @_;
	my $body = slurp_file("$root/test/fixtures/calcom/$name.json");
	$body =~ s/("(?:startTime|endTime|rescheduleStartTime|rescheduleEndTime)":")(\d{4}-\d\d-\d\d)T/$1 . moved($2) . 'T'/ge;
	return $body;
}

my $node = PostgreSQL::Test::Cluster->new('lifecycle');
$node->init;
$node->append_conf('postgresql.conf', "timezone = 'UTC'\n");
$node->start;
$node->safe_psql('postgres', "create extension calcom; select calcom_setup(); "
	. "select calcom_set_secret('default', 'webhook', '$secret')");

sub forget_everything {
	$node->safe_psql('postgres', q{
		alter table booking_history disable trigger user;
		alter table bookings disable trigger user; alter table booking_attendees disable trigger user;
		truncate bookings, booking_facts, booking_attendees, booking_history, calcom_events, calcom_event_digests,
			email_outbox;
		alter table booking_history enable trigger user;
		alter table bookings enable trigger user; alter table booking_attendees enable trigger user});
}

sub column { my ($text) = @_; $text =~ s/\|/\\|/g; return $text eq '' ? '–' : $text }

# One delivery, and what it changed: read from the tables before and after.
sub deliver {
	my ($name) = @_;
	my $body = body_of($name);
	my $hex = unpack 'H*', $body;
	my $signature = hmac_sha256_hex($body, $secret);
	my $state = sub {
		return map { [ split /\t/, $_, 3 ] } split /\n/, $node->safe_psql('postgres', q{
			select b.uid || E'\t' || b.status || E'\t' || coalesce((select string_agg(a.email
			         || case when a.removed_at is not null then ' (left)' else '' end, ', ' order by a.email)
			    from booking_attendees a where (a.account, a.booking_uid) = (b.account, b.uid)), '')
			  from bookings b order by b.uid});
	};
	my %before = map { $_->[0] => $_->[1] } $state->();
	my $mark = $node->safe_psql('postgres', 'select clock_timestamp()');
	my ($outcome, $id) = split /\|/, $node->safe_psql('postgres',
		"select outcome, event_id from calcom_ingest(decode('$hex', 'hex'), '$signature')");
	my (@status, @people);
	for my $row ($state->()) {
		my ($uid, $after, $who) = @$row;
		my $short = substr $uid, 0, 4;
		my $was = $before{$uid} // 'nothing';
		push @status, "$short: " . ($was eq $after ? $after : "$was → $after");
		push @people, "$short: " . ($who eq '' ? 'nobody' : $who);
	}
	my $history = $node->safe_psql('postgres', qq{select coalesce(string_agg(n || case c when 1 then '' else ' ×' || c end, ', '
		order by first), '') from (select action n, count(*) c, min(id::text) first from booking_history
		 where event_id = '$id' group by 1) h});
	my $mails = $node->safe_psql('postgres', qq{select coalesce(string_agg(kind || ' to ' || recipient, ', '
		order by kind, recipient), '') from email_outbox where event_id = '$id' and created_at >= '$mark'});
	return join ' | ', map { column($_) } $name, $outcome, join('<br>', @status), join('<br>', @people), $history, $mails;
}

my @table = ('| delivery | outcome | bookings | people | history | mails owed |', '|---|---|---|---|---|---|');
for my $sequence (@sequences) {
	forget_everything();
	push @table, map { '| ' . deliver($_) . ' |' } @$sequence;
	push @table, '| | | | | | |';
}
pop @table;
my $generated = join("\n", @table) . "\n";

my $path = "$root/docs/lifecycle.md";
my $document = slurp_file($path);
my $between = qr/(<!-- table: begin -->\n)(.*?)(<!-- table: end -->)/s;
if ($ENV{CALCOM_WRITE_DOCS}) {
	$document =~ s/$between/$1$generated$3/;
	open my $out, '>', $path or die "$path: $!";
	print {$out} $document;
	close $out;
}
my ($kept) = $document =~ $between ? $2 : '';
is($kept, $generated, 'docs/lifecycle.md shows what the server does with every recorded delivery');

$node->stop;
done_testing();
