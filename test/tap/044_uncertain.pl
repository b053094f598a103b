# Whether a mail has arrived is not always known. It is asked for again under the same key as long as the provider knows
# the key; after that a person decides, and nothing leaves a second time by itself.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use WorkerTest;

my $resend = start_resend();
my $node = start_cluster('uncertain', conf => "calcom.resend_url = '$resend->{url}'\ncalcom.http_timeout = 400ms\ncalcom.max_attempts = 3\n");
set_up($node, 'postgres');
go_live($node, 'postgres');
sub value { return $node->safe_psql('postgres', shift) }
sub row { my ($uid, $columns) = @_; return value("select $columns from email_outbox where booking_uid = '$uid'") }
sub becomes { my ($sql, $what) = @_; return ok($node->poll_query_until('postgres', $sql), $what) }
sub asked { my ($uid) = @_; my $id = row($uid, 'id'); return grep { $_->{body} =~ /$id/ } @{ requests($resend) } }
sub begin { my (@steps) = @_; WorkerTest::call($resend, 'POST', '/__reset'); return script($resend, @steps) }

# Does something to the mail of a new booking while an attempt at it is out and unanswered, between two attempts.
sub unanswered {
	my ($uid, $then) = @_;
	book($node, 'postgres', $uid, "$uid\@example.com");
	$node->poll_query_until('postgres', "with u as (update email_outbox set $then, attempts = 1, send_after = now()
		where booking_uid = '$uid' and state = 'queued' and attempts > 0 returning 1) select count(*) = 1 from u") or die "$uid: not tried";
	return script($resend);
}

# ---- Inside the 23 hours, and behind ----
begin({ do => 'ok_then_reset', repeat => \1 });
unanswered('inside', q{first_attempt_at = now() - interval '22 hours 55 minutes'});
ok(state_becomes($node, 'postgres', 'inside', 'sent'), 'inside the hours: asked again');
is(scalar @{ mails($resend) }, 1, 'it had arrived, and comes once');
begin({ do => 'reset_after_read', repeat => \1 });
unanswered('behind', q{first_attempt_at = now() - interval '23 hours 1 minute'});
ok(state_becomes($node, 'postgres', 'behind', 'uncertain'), 'behind them: a person decides');
is(row('behind', 'reason'), 'the outcome stayed unknown for 23 hours', 'with the reason');
my ($code, $out, $error) = $node->psql('postgres', "select calcom_retry_email('" . row('behind', 'id') . "')");
like($error, qr/the mail may have been sent already.*force => true/s, 'not by mistake');

# ---- No answer at any attempt ----
begin({ do => 'hang', repeat => \1 });
book($node, 'postgres', 'never', 'never@example.com');
ok(state_becomes($node, 'postgres', 'never', 'uncertain'), 'no answer, three times');
is(row('never', 'attempts'), '3', 'three attempts');
is(scalar(asked('never')), 3, 'and no more');

# ---- No answer once, and then refusals that say nothing of what was before ----
begin({ do => 'ok_then_hang' }, { do => '500', repeat => \1 });
book($node, 'postgres', 'once', 'once@example.com');
ok(state_becomes($node, 'postgres', 'once', 'uncertain'), 'no answer once, then errors: it may have arrived');
is(scalar @{ mails($resend) }, 1, 'it has');
($code, $out, $error) = $node->psql('postgres', "select calcom_retry_email('" . row('once', 'id') . "')");
like($error, qr/the mail may have been sent already.*force => true/s, 'so no second copy by mistake');
begin();
book($node, 'postgres', 'between', 'between@example.com');
ok(state_becomes($node, 'postgres', 'between', 'sent'), 'what is taken ends the row of failures, which would open the circuit');
begin({ do => '500', repeat => \1 });
book($node, 'postgres', 'errors', 'errors@example.com');
ok(state_becomes($node, 'postgres', 'errors', 'failed'), 'errors and nothing else: it has not');
begin();
value(q{select calcom_retry_email(id) from email_outbox where booking_uid = 'errors'});
ok(state_becomes($node, 'postgres', 'errors', 'sent'), 'and may be sent again without more ado');
is(row('errors', 'in_doubt'), 'f', 'with its outcome known');
# Refused permanently, or asked to wait: a mail with an unanswered attempt stays in doubt until it is answered.
begin({ do => 'hang' }, { do => '429', repeat => \1 });
book($node, 'postgres', 'taken_back', 'taken_back@example.com');
becomes("select in_doubt and state = 'queued' and reason like '429%' from email_outbox where booking_uid = 'taken_back'", 'no answer, then asked to wait');
value(q{select calcom_cancel_email(id) from email_outbox where booking_uid = 'taken_back'});
($code, $out, $error) = $node->psql('postgres', "select calcom_retry_email('" . row('taken_back', 'id') . "')");
like($error, qr/the mail may have been sent already/, 'cancelled, it is still in doubt');

# ---- The key was used with other bytes ----
begin({ do => 'ok_then_hang', repeat => \1 });
unanswered('altered', q{request = replace(request, 'Confirmed', 'Certain')});
ok(state_becomes($node, 'postgres', 'altered', 'uncertain'), 'other bytes under the key: a mail has probably left');
is(row('altered', 'reason'), '409 invalid_idempotent_request', 'with the reason');
is(scalar @{ mails($resend) }, 1, 'one has');

# ---- Accepted, it seems ----
begin({ do => 'empty_200' });
book($node, 'postgres', 'empty', 'empty@example.com');
ok(state_becomes($node, 'postgres', 'empty', 'sent'), 'an empty 200 is no receipt: asked again');
my %keys = map { $_->{headers}{'idempotency-key'} => 1 } asked('empty');
is(join(' ', scalar(asked('empty')), scalar keys %keys), '2 1', 'under the same key');

# ---- By a person's word, under a new key; and by what the provider tells ----
begin();
value(q{select calcom_retry_email(id, force => true) from email_outbox where booking_uid = 'behind'});
ok(state_becomes($node, 'postgres', 'behind', 'sent'), 'sent on explicit word');
isnt(row('behind', 'idempotency_key'), row('behind', 'id'), 'under a new key');
my $secret = 'whsec_Y2FsZW5kYXJxdWVyeS10ZXN0LXNlY3JldC0zMmJ5dGU=';
value("select calcom_set_secret('default', 'resend_webhook', '$secret')");
is(value(qq{with b as (select format('{"type":"email.delivered","created_at":"%s","data":{"email_id":"re-1","to":["x\@example.com"],"tags":{"outbox_id":"%s"}}}',
		to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), id) as body, extract(epoch from now())::bigint::text as at
		from email_outbox where booking_uid = 'never')
	select (resend_ingest(body, 'evt', at, resend_sign(convert_to(body, 'UTF8'), 'evt', at, '$secret'))).outcome from b}), 'applied', 'Resend reports one');
is(row('never', 'state, provider_id, delivery_status'), 'sent|re-1|delivered', 'so it was sent');
value('select pg_terminate_backend(' . worker_pid($node, 'postgres') . ')');
book($node, 'postgres', 'last', 'last@example.com');
ok(state_becomes($node, 'postgres', 'last', 'sent'), 'another worker goes on');
is(row('altered', 'state') . ' ' . asked('never') . asked('altered'), 'uncertain 00', 'and leaves alone what is a person\'s matter');

$node->stop;
$resend->{harness}->kill_kill;
done_testing();
