# What a captured mail brings: the account's own words, both clocks, and a calendar file whose SEQUENCE only rises.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use JSON::PP;
use MIME::Base64;
use POSIX qw(strftime);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use WorkerTest;

my $node = start_cluster('mail_content');
set_up($node, 'postgres');
$node->safe_psql('postgres', "insert into email_templates (account, kind, locale, subject) values
	('default', 'confirmation', '*', 'Any: {{booking.title}}'), ('default', 'confirmation', 'en', 'Own: {{booking.title}}')");

# The request of the newest mail that matches `where`.
sub request_of {
	my ($where) = @_;
	return decode_json($node->safe_psql('postgres',
		"select request from email_outbox where $where order by settled_at desc limit 1"));
}

sub calendar_of { return decode_base64($_[0]->{attachments}[0]{content}) =~ s/\r\n[ ]//gr }

book($node, 'postgres', 'uid-1', 'ada@example.com');
ok(state_becomes($node, 'postgres', 'uid-1', 'captured'), 'a mail is captured');
my $mail = request_of("booking_uid = 'uid-1'");
is($mail->{subject}, 'Own: Consultation', 'the template closest to the language is taken');
like($mail->{text}, qr/Europe\/Paris/, 'in the zone of the recipient');
like($mail->{text}, qr/Asia\/Kolkata/, 'and in that of the host');
is($mail->{attachments}[0]{filename}, 'invite.ics', 'a calendar file comes along');
is($mail->{attachments}[0]{content_type}, 'text/calendar; charset=utf-8; method=REQUEST', 'of the type of its method');
my $calendar = calendar_of($mail);
like($calendar, qr/\r\nMETHOD:REQUEST\r\n.*\r\nUID:uid-1\@Cal\.com\r\nSEQUENCE:0\r\n/s, 'with the UID that Cal.com gives');
like($calendar, qr/mailto:zoe\@studio\.example\r\n.*mailto:ada\@example\.com\r\n/s, 'from the host to the recipient');

$node->safe_psql('postgres', "delete from email_templates where locale = 'en';
	insert into email_outbox (account, kind, booking_uid, recipient, obligation_key)
	values ('default', 'confirmation', 'uid-1', 'ada\@example.com', 'again')");
ok($node->poll_query_until('postgres', "select state = 'captured' from email_outbox where obligation_key = 'again'"),
	'another mail about the same event');
$mail = request_of("obligation_key = 'again'");
is($mail->{subject}, 'Any: Consultation', 'without a template of the language, that of all');
like(calendar_of($mail), qr/\r\nSEQUENCE:1\r\n/, 'a higher SEQUENCE');

book($node, 'postgres', 'uid-1', 'ada@example.com', 'BOOKING_CANCELLED');
ok($node->poll_query_until('postgres', "select state = 'captured' from email_outbox where kind = 'cancellation'"),
	'the cancellation is captured');
$mail = request_of("kind = 'cancellation'");
like($mail->{attachments}[0]{content_type}, qr/method=CANCEL$/, 'its file cancels');
like(calendar_of($mail), qr/\r\nMETHOD:CANCEL\r\n.*\r\nUID:uid-1\@Cal\.com\r\nSEQUENCE:2\r\n/s, 'the same event');

# A copy to the host: in his zone, about who booked, without a file.
$node->safe_psql('postgres', "select calcom_account_set('default', mail_host => true)");
book($node, 'postgres', 'uid-5', 'lea@example.com');
ok(state_becomes($node, 'postgres', 'uid-5', 'captured'), 'an account that mails its hosts');
is($node->safe_psql('postgres', "select string_agg(recipient, ' ' order by recipient) from email_outbox where booking_uid = 'uid-5'"),
	'lea@example.com zoe@studio.example', 'writes to both');
$mail = request_of("booking_uid = 'uid-5' and recipient = 'zoe\@studio.example'");
is_deeply($mail->{reply_to}, 'lea@example.com', 'an answer goes to who booked') or diag explain $mail->{reply_to};
like($mail->{text}, qr/Ada has booked a time with you.*Asia\/Kolkata.*Ada \(lea\@example\.com\)/s, 'the host reads who booked, by his clock');
unlike($mail->{text}, qr/Europe\/Paris/, 'and no other clock');
ok(!exists $mail->{attachments}, 'his calendar is filled by Cal.com');
$node->safe_psql('postgres', "select calcom_account_set('default', mail_host => false)");

$node->safe_psql('postgres', "select calcom_account_set('default', calendar_file => false)");
book($node, 'postgres', 'uid-2', 'bob@example.com');
ok(state_becomes($node, 'postgres', 'uid-2', 'captured'), 'an account without calendar files');
$mail = request_of("booking_uid = 'uid-2'");
ok(!exists $mail->{attachments}, 'sends none');
like($mail->{text}, qr{https://calendar\.google\.com/}, 'but a link that adds the event');

# Cal.com gives each seat a UID of its own and cancels all of them by another one; a booking that is moved may change it. The
# entry that somebody has is changed and taken back all the same: by the UID of the file that made it.
my $second = 0;
sub happens {
	my ($trigger, $uid, $email, $ical_uid, %payload) = @_;
	my $event = decode_json(body_of($uid, $email, $trigger));
	$event->{createdAt} = strftime('%Y-%m-%dT%H:%M:%SZ', gmtime(time + ++$second));  # one after the other
	$event->{payload} = { %{ $event->{payload} }, iCalUID => $ical_uid, %payload };
	my $body = JSON::PP->new->canonical->encode($event);
	$node->safe_psql('postgres', qq{select calcom_ingest(\$body\$$body\$body\$, calcom_sign(\$body\$$body\$body\$, 'hook-secret'))});
}
# UID and SEQUENCE of the newest file of a kind that somebody got about a booking.
sub entry_of {
	my ($kind, $uid, $email) = @_;
	my $where = "kind = '$kind' and booking_uid = '$uid' and recipient = '$email'";
	$node->poll_query_until('postgres', "select coalesce(string_agg(distinct state, ','), '') = 'captured' from email_outbox where $where") or return;
	return calendar_of(request_of($where)) =~ /\r\nUID:([^\r]*)\r\nSEQUENCE:(\d+)/ ? "$1 $2" : 'none';
}
$node->safe_psql('postgres', "select calcom_account_set('default', calendar_file => true)");
my @seats = (seatsPerTimeSlot => 5);
happens('BOOKING_CREATED', 'seats', 'ana@seat.example', 'calendar@google', @seats, attendeeSeatId => 'seat-ana');
is(entry_of('confirmation', 'seats', 'ana@seat.example'), 'calendar@google 0', 'the first seat');
happens('BOOKING_CREATED', 'seats', 'bob@seat.example', 'bobs@Cal.com', @seats, attendeeSeatId => 'seat-bob');
is(entry_of('confirmation', 'seats', 'bob@seat.example'), 'bobs@Cal.com 0', 'the second seat has its own UID');
happens('BOOKING_CREATED', 'seats', 'cy@seat.example', 'cys@Cal.com', @seats, attendeeSeatId => 'seat-cy');
is(entry_of('confirmation', 'seats', 'cy@seat.example'), 'cys@Cal.com 0', 'and the third');
happens('BOOKING_CANCELLED', 'seats', 'bob@seat.example', 'calendar@google', @seats, iCalSequence => 1, status => 'CANCELLED');
is(entry_of('cancellation', 'seats', 'bob@seat.example'), 'bobs@Cal.com 1', 'given back: the entry that he has is taken back');
happens('BOOKING_RESCHEDULED', 'seats-2', 'cy@seat.example', 'calendar@google', @seats, iCalSequence => 1, rescheduleUid => 'seats', attendeeSeatId => 'seat-cy');
is(entry_of('rescheduled', 'seats-2', 'cy@seat.example'), 'cys@Cal.com 1', 'moved: the entry that she has is moved');
happens('BOOKING_CREATED', 'seats', 'cy@seat.example', 'again@Cal.com', @seats, attendeeSeatId => 'seat-cy-2');
is(entry_of('confirmation', 'seats', 'cy@seat.example'), 'again@Cal.com 1', 'a new seat where she left is an entry of its own');
happens('BOOKING_CANCELLED', 'seats-2', 'cy@seat.example', 'calendar@google', @seats, iCalSequence => 2, status => 'CANCELLED');
is(entry_of('cancellation', 'seats-2', 'cy@seat.example'), 'cys@Cal.com 2', 'and the moved one is taken back by its own');
happens('BOOKING_CREATED', 'chain-1', 'dee@example.com', 'chain-1@Cal.com');
is(entry_of('confirmation', 'chain-1', 'dee@example.com'), 'chain-1@Cal.com 0', 'a booking');
happens('BOOKING_RESCHEDULED', 'chain-2', 'dee@example.com', 'other@google.com', iCalSequence => 0, rescheduleUid => 'chain-1');
is(entry_of('rescheduled', 'chain-2', 'dee@example.com'), 'chain-1@Cal.com 1', 'moved, by a body with another UID: one entry');
happens('BOOKING_RESCHEDULED', 'chain-3', 'dee@example.com', '', rescheduleUid => 'chain-2');
is(entry_of('rescheduled', 'chain-3', 'dee@example.com'), 'chain-1@Cal.com 2', 'once more, by one without');
happens('BOOKING_CANCELLED', 'chain-3', 'dee@example.com', 'other@google.com', iCalSequence => 7, status => 'CANCELLED');
is(entry_of('cancellation', 'chain-3', 'dee@example.com'), 'chain-1@Cal.com 7', 'taken back by the number that Cal.com has reached');

# What a body says of the host is not always fit for a header or a clock: the mail leaves all the same.
sub book_with {
	my ($uid, %payload) = @_;
	my $event = decode_json(body_of($uid, "$uid\@example.com"));
	$event->{payload} = { %{ $event->{payload} }, %payload };
	my $body = JSON::PP->new->canonical->encode($event);
	$node->safe_psql('postgres', qq{select calcom_ingest(\$body\$$body\$body\$, calcom_sign(\$body\$$body\$body\$, 'hook-secret'))});
	ok(state_becomes($node, 'postgres', $uid, 'captured'), "$uid is captured");
	return request_of("booking_uid = '$uid'");
}
my %host = (name => 'Zoe', timeZone => 'Asia/Kolkata');
is(book_with('odd-host', organizer => { %host, email => 'zoe' })->{reply_to}, undef, 'no answer to what is no address');
is(book_with('odd-reply', customReplyToEmail => 'b\x{fc}ro@studio.example', organizer => { %host, email => 'zoe@studio.example' })->{reply_to},
	'zoe@studio.example', 'one that Resend would refuse gives way to the next');
$mail = book_with('odd-clock', organizer => { %host, timeZone => 'Mars/Olympus', email => 'zoe@studio.example' });
like($mail->{text}, qr/Europe\/Paris/, 'the clock of the reader');
unlike($mail->{text}, qr/UTC\)|Host/, 'and none of a host of whom it is not known');

# Cal.com's platforms find the booking by the event type, too.
$mail = book_with('platform', type => 'first talk', platformCancelUrl => 'https://platform.example/off', platformRescheduleUrl => 'https://platform.example/move');
like($mail->{text}, qr{https://platform\.example/off/platform\?slug=first\+talk&cancel=true}, 'a link to cancel there names the event type');
like($mail->{text}, qr{https://platform\.example/move/platform\?slug=first\+talk&reschedule=true}, 'so does the one to move it');

# The calendar's entry leads to the meeting while there is one.
$mail = book_with('video', location => 'https://meet.example/abc', description => 'About the garden');
like(calendar_of($mail), qr{\r\nDESCRIPTION:Join the meeting: https://meet\.example/abc\\n\\nAbout the garden\r\n}, 'a file says where to join');
book($node, 'postgres', 'video', 'video@example.com', 'BOOKING_CANCELLED');
ok($node->poll_query_until('postgres', "select state = 'captured' from email_outbox where booking_uid = 'video' and kind = 'cancellation'"), 'off again');
unlike(calendar_of(request_of("booking_uid = 'video' and kind = 'cancellation'")), qr/Join the meeting/, 'nothing to join');

$node->stop;
done_testing();
