# Whose mail it is does not hang on upper and lower case, nor on what the database's locale makes of it: in Turkish, I is
# not the capital of i.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use WorkerTest;

my $resend = start_resend();
my $node = start_cluster('addresses', conf => "calcom.resend_url = '$resend->{url}'\n");
$node->safe_psql('postgres', q{create database turkish template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C'
	locale_provider icu icu_locale 'tr-TR'});
is($node->safe_psql('turkish', q{select lower('INFO')}), "\x{c4}\x{b1}nfo", 'a database that lowers I as Turks do');
set_up($node, 'turkish', exists => 1);
go_live($node, 'turkish');
sub value { return $node->safe_psql('turkish', shift) }

value(q{select calcom_suppress('INFO@Example.COM', 'asked')});
book($node, 'turkish', 'asked', 'Info@Example.com');
ok(state_becomes($node, 'turkish', 'asked', 'skipped'), 'suppressed in capitals, booked in others: not mailed');
is(value(q{select reason from email_outbox where booking_uid = 'asked'}), 'suppressed: asked', 'for that reason');
is(value(q{select calcom_unsuppress('INFO@EXAMPLE.COM')}), 't', 'taken back in capitals');

value(q{select calcom_set_secret('default', 'resend_webhook', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')});
sub bounced {
	my ($id, $address) = @_;
	my $body = qq{{"type":"email.bounced","created_at":"2026-11-22T10:00:00Z","data":{"to":["$address"],"bounce":{"type":"Permanent"}}}};
	return value(qq{select outcome from resend_ingest('$body'::text, '$id', extract(epoch from now())::bigint::text,
		resend_sign(convert_to('$body', 'UTF8'), '$id', extract(epoch from now())::bigint::text, 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'))});
}
is(bounced('plain', 'IRIS@EXAMPLE.COM'), 'applied', 'a bounce in capitals');
is(bounced('umlaut', "\x{c3}\x{9c}BER\@example.com"), 'applied', 'of letters that are no ASCII');
book($node, 'turkish', 'bounced', 'iris@example.com');
ok(state_becomes($node, 'turkish', 'bounced', 'skipped'), 'who bounced is not mailed');

# What plain SQL queues, in whatever case.
book($node, 'turkish', 'ida', 'ida@example.com');
ok(state_becomes($node, 'turkish', 'ida', 'sent'), 'a booking');
value(q{begin; select calcom_pause(); insert into email_outbox (account, kind, booking_uid, recipient, obligation_key)
	values ('default', 'confirmation', 'ida', 'IDA@Example.com', 'by hand'); commit});
is(value(q{begin; update calcom_accounts set paused = false; select leaves || ' ' || coalesce(reason, '-') from calcom_simulate()
	where recipient = 'IDA@Example.com'; rollback}), 'true -', 'a row in capitals: simulated');
value('select calcom_resume()');
ok($node->poll_query_until('turkish', q{select state = 'sent' from email_outbox where obligation_key = 'by hand'}), 'and sent');
my ($mail) = grep { $_->{body}{text} =~ /^Hello Ada,/ && $_->{body}{to}[0] eq 'ida@example.com' } @{ mails($resend) };
ok($mail, 'to the attendee that it means, by name');
is(value(q{select string_agg(sent_to, ' ') from calcom_send_reminder('ida', recipient => ' IDA@example.com')}), 'ida@example.com', 'by hand, too');

$node->stop;
$resend->{harness}->kill_kill;
done_testing();
