# Nobody there to take mail: a provider that cannot be reached spends no attempt, one that answers nobody ends no mail
# before its 23 hours, and neither a failed round nor an odd row stops an account for good.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use IO::Socket::INET;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use WorkerTest;

my $resend = start_resend();
my $closed = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 0, Proto => 'tcp');  # bound, nobody listens
my $nowhere = 'http://127.0.0.1:' . $closed->sockport;
my $node = start_cluster('outage', conf => "calcom.resend_url = '$nowhere'\ncalcom.http_timeout = 300ms\ncalcom.max_attempts = 2\n");
set_up($node, 'postgres');
go_live($node, 'postgres');

sub value { return $node->safe_psql('postgres', shift) }
sub becomes { my ($sql, $what) = @_; return ok($node->poll_query_until('postgres', $sql), $what) }
sub send_to { my ($url) = @_; value("alter system set calcom.resend_url = '$url'"); $node->reload; return }
sub begin { my (@steps) = @_; WorkerTest::call($resend, 'POST', '/__reset'); return script($resend, @steps) }
# The distinct states of the mails of some bookings.
sub standing { return value("select string_agg(distinct concat_ws(' ', state, attempts, first_attempt_at is not null), ', ') from email_outbox where booking_uid like '$_[0]%'") }
# The circuit's next probe has come and gone.
sub probe {
	my ($what) = @_;
	my $until = value('select until from email_waits');
	value('select calcom_resume()');  # a change: one mail is tried at once
	return becomes("select until > now() and until <> '$until' from email_waits", $what);
}

# ---- Not reached ----
book($node, 'postgres', "away-$_", 'ada@example.com') for 1 .. 3;
becomes("select circuit = 'open' from calcom_status", 'nobody listens: the circuit opens');
is(standing('away-'), 'queued 0 f', 'no mail has spent an attempt, nor have its hours begun');
like(value("select string_agg(distinct reason, ', ') from email_outbox"), qr/connect/i, 'each says why it waits');
probe("probe $_") for 1 .. 3;
is(standing('away-'), 'queued 0 f', 'nor has a probe spent one');
send_to($resend->{url});
value('select calcom_resume()');
becomes("select count(*) = 3 from email_outbox where booking_uid like 'away-%' and state = 'sent' and attempts = 1", 'reached: all are sent');
is(scalar @{ mails($resend) }, 3, 'each once');

# ---- No answer, to nobody ----
begin({ do => 'hang', repeat => \1 });
book($node, 'postgres', "hang-$_", 'ada@example.com') for 1 .. 12;
becomes("select circuit = 'open' from calcom_status", 'no answers: the circuit opens');
probe("probe $_") for 1 .. 4;
becomes("select string_agg(distinct concat_ws(' ', state, attempts, in_doubt), ', ') = 'queued 1 t' from email_outbox where booking_uid like 'hang-%'",
	'each may have arrived once; probes have ended none');
begin();
value('select calcom_resume()');
becomes("select count(*) = 12 from email_outbox where booking_uid like 'hang-%' and state = 'sent' and attempts = 2", 'answers again: all are sent');
is(scalar @{ mails($resend) }, 12, 'each once');

# ---- A mail that Resend itself cannot digest does end ----
begin({ do => '500', repeat => \1 });
book($node, 'postgres', 'poison', 'ada@example.com');
ok(state_becomes($node, 'postgres', 'poison', 'failed'), 'the API\'s own 500, again and again: failed');
is(value("select attempts from email_outbox where booking_uid = 'poison'"), '2', 'after so many attempts');

$node->stop;
$resend->{harness}->kill_kill;
done_testing();
