# What a captured mail brings: the account's own words, both clocks, and a calendar file whose SEQUENCE only rises.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use JSON::PP;
use MIME::Base64;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use WorkerTest;

my $node = start_cluster('mail_content');
set_up($node, 'postgres');
$node->safe_psql('postgres', "insert into email_templates (account, kind, locale, subject) values
	('default', 'confirmation', '*', 'Any: {{booking.title}}'), ('default', 'confirmation', 'en', 'Own: {{booking.title}}')");

# The request of the newest mail that `where` speaks of.
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

$node->safe_psql('postgres', "select calcom_account_set('default', calendar_file => false)");
book($node, 'postgres', 'uid-2', 'bob@example.com');
ok(state_becomes($node, 'postgres', 'uid-2', 'captured'), 'an account without calendar files');
$mail = request_of("booking_uid = 'uid-2'");
ok(!exists $mail->{attachments}, 'sends none');
like($mail->{text}, qr{https://calendar\.google\.com/}, 'but a link that adds the event');

$node->stop;
done_testing();
