# One mail stops no other, and none is forgotten: what cannot be composed waits alone, a count of Cal.com's that leaves
# no room is not believed, and what somebody had locked when it was due is looked at again.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use JSON::PP;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use WorkerTest;

my $resend = start_resend();
my $node = start_cluster('one', conf => "calcom.resend_url = '$resend->{url}'\n");
set_up($node, 'postgres');
go_live($node, 'postgres');

sub value { my ($sql) = @_; return $node->safe_psql('postgres', $sql) }
sub becomes { my ($sql, $what) = @_; return ok($node->poll_query_until('postgres', $sql), $what) }

sub deliver {
	my ($trigger, $uid, %more) = @_;
	my $body = decode_json(body_of($uid, 'ada@example.com', $trigger));
	@{ $body->{payload} }{ keys %more } = values %more;
	my $bytes = JSON::PP->new->canonical->encode($body);
	return value(qq{select outcome from calcom_ingest(\$body\$$bytes\$body\$, calcom_sign(\$body\$$bytes\$body\$, 'hook-secret'))});
}

# ---- A SEQUENCE that nothing can follow ----
my %full = (iCalUID => 'full@example', iCalSequence => 9223372036854775807);
deliver('BOOKING_CREATED', 'full', %full);
becomes(q{select state = 'sent' from email_outbox where booking_uid = 'full' and kind = 'confirmation'}, 'it is confirmed');
deliver('BOOKING_CANCELLED', 'full', %full);
becomes(q{select state = 'sent' from email_outbox where booking_uid = 'full' and kind = 'cancellation'}, 'and cancelled');
is(value('select sequence from email_calendar_sequences'), '1', 'counted by ourselves');

# ---- A mail that cannot be composed ----
value('select calcom_pause()');
value(q{insert into email_calendar_sequences (account, ical_uid, recipient, booking_uid, sequence)
	values ('default', 'odd@example', 'ada@example.com', 'odd', 9223372036854775807)});
deliver('BOOKING_CREATED', 'odd', iCalUID => 'odd@example');
deliver('BOOKING_CREATED', "even-$_", iCalUID => "even-$_\@example") for 1 .. 3;
value('select calcom_resume()');
becomes(q{select bool_and(state = 'sent') from email_outbox where booking_uid like 'even-%'}, 'the others leave');
becomes(q{select state = 'queued' and cause = 'not_composable' and reason = 'the mail cannot be composed: SQLSTATE 22003' and attempts = 0
	and send_after > now() + interval '5 min' from email_outbox where booking_uid = 'odd'}, 'it waits alone, and says why');
value(q{delete from email_calendar_sequences where ical_uid = 'odd@example'});
value(q{update email_outbox set send_after = now() where booking_uid = 'odd'});
becomes(q{select state = 'sent' and reason is null from email_outbox where booking_uid = 'odd'}, 'and leaves once it can');

# ---- A mail that somebody has locked when it becomes due ----
value(q{insert into email_outbox (account, kind, booking_uid, recipient, start_time, obligation_key, send_after)
	select account, 'confirmation', uid, 'ada@example.com', start_time, 'locked', now() + interval '2 s' from bookings where uid = 'odd'});
my $other = $node->background_psql('postgres');
$other->query_safe(q{begin; select 1 from email_outbox where obligation_key = 'locked' and state = 'queued' for update});
becomes(q{select send_after < now() from email_outbox where obligation_key = 'locked'}, 'it is due and locked');
deliver('BOOKING_CREATED', 'after', iCalUID => 'after@example');
becomes(q{select state = 'sent' from email_outbox where booking_uid = 'after'}, 'the worker has looked');
is(value(q{select state from email_outbox where obligation_key = 'locked'}), 'queued', 'and has passed it over');
$other->query_safe('rollback');
becomes(q{select state = 'sent' from email_outbox where obligation_key = 'locked'}, 'it leaves though nothing wakes the worker');
cmp_ok(value(q{select extract(epoch from last_attempt_at - send_after) from email_outbox where obligation_key = 'locked'}), '<', 60,
	'and does not wait for the launcher to look by itself');
$other->quit;

# ---- What no mail could leave with is refused at once ----
my (undef, undef, $blank) = $node->psql('postgres', q{insert into email_outbox (account, kind, booking_uid, recipient, obligation_key, idempotency_key)
	values ('default', 'confirmation', 'odd', 'ada@example.com', 'blank', ' ')});
like($blank, qr/violates check constraint "email_outbox_idempotency_key_check"/, 'a key of blanks, which HTTP would leave out');
$node->safe_psql('postgres', q{create database latin template template0 encoding 'LATIN1' locale 'C'});
my (undef, undef, $latin) = $node->psql('latin', 'create extension calcom; select calcom_setup()');
like($latin, qr/The encoding of this database is LATIN1.*CREATE DATABASE name TEMPLATE template0 ENCODING 'UTF8'/s, 'an encoding that cannot store mails');

$node->stop;
$resend->{harness}->kill_kill;
done_testing();
