# The worker's reminders by its own clock: it wakes for what is due, for changes of rules and bookings, and finds what
# was committed behind its back; what is not true any more at the time of sending is skipped.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use JSON::PP;
use POSIX qw(strftime);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use WorkerTest;

my $resend = start_resend();
my $node = start_cluster('reminders', conf => "calcom.resend_url = '$resend->{url}'\n");
set_up($node, 'postgres');
go_live($node, 'postgres');
# As if the rules had been there for a week, and the bookings made an hour and a half ago.
$node->safe_psql('postgres', q{update reminder_rules set enabled_at = now() - interval '7 days',
	horizon = now() - interval '7 days', settled = now() - interval '7 days', marked = now() - interval '7 days'});

sub statement {
	my ($uid, $starts_in, %with) = @_;
	my $body = decode_json(body_of($uid, "$uid\@example.com", $with{trigger}));
	my $at = sub { strftime('%Y-%m-%dT%H:%M:%SZ', gmtime(time + shift)) };
	$body->{createdAt} = $at->($with{said} // -5400);
	$body->{payload}{startTime} = $at->($starts_in);
	$body->{payload}{endTime} = $at->($starts_in + 1800);
	$body->{payload}{status} = $with{status} if $with{status};
	my $text = JSON::PP->new->canonical->encode($body);
	return qq{select outcome from calcom_ingest(\$body\$$text\$body\$, calcom_sign(\$body\$$text\$body\$, 'hook-secret'));};
}
sub news { return $node->safe_psql('postgres', statement(@_)) }
sub reminders { return $node->safe_psql('postgres', qq{select string_agg(split_part(split_part(obligation_key, '/', 3), '\@', 1)
	|| ' ' || state || coalesce(': ' || reason, ''), ', ' order by obligation_key) from email_outbox
	where kind = 'reminder' and booking_uid = '$_[0]'}) }
sub reminders_become {
	my ($uid, $what, $name) = @_;
	ok($node->poll_query_until('postgres', qq{select coalesce(string_agg(split_part(split_part(obligation_key, '/', 3), '\@', 1)
		|| ' ' || state, ', ' order by obligation_key), '') from email_outbox where kind = 'reminder' and booking_uid = '$uid'},
		$what), $name) or diag(reminders($uid));
}

# The simulation lists the reminders beforehand.
news('simulated', 30 * 3600);
is($node->safe_psql('postgres', q{select string_agg(kind || coalesce(' ' || rule, '') || case when leaves then '' else ': ' || reason end, ', ' order by at)
	from calcom_simulate('2 days') where booking_uid = 'simulated' and kind = 'reminder'}), 'reminder 24h, reminder 1h',
	'live mail is listed as leaving');

# Due in some seconds: the worker wakes by itself, having left or not.
news('wakes', 3604);
reminders_become('wakes', '1h sent', 'a reminder leaves when it is due');
my @to_wakes = grep { /wakes\@example\.com/ && /"reminder"/ } map { $_->{body} } @{ requests($resend) };
is(scalar @to_wakes, 1, 'to whom it is for');

# A transaction that was open while the worker looked past its booking.
my $open = $node->background_psql('postgres', on_error_stop => 1);
$open->query_safe('begin');
$open->query_safe(statement('open', 3603));
news('other', 3602);
reminders_become('other', '1h sent', 'the worker looks past it');
ok($node->poll_query_until('postgres', q{select now() > created_at + interval '3 seconds' from email_outbox
	where booking_uid = 'other' and kind = 'reminder'}), 'beyond the time of the other');
news('other-2', 3602);
reminders_become('other-2', '1h sent', 'again');
is(reminders('open'), '', 'nobody sees what is not committed');
$open->query_safe('commit');
$open->quit;
reminders_become('open', '1h sent', 'the booking of the open transaction is not forgotten');

# A new rule wakes the worker.
news('ruled', 2 * 3600 + 4);
$node->safe_psql('postgres', q{select calcom_reminder_rule_set('default', '2h', '2 hours')});
reminders_become('ruled', '2h sent', 'a new rule reminds of what becomes due');

# True when it leaves: held mail is judged again when it is let go.
$node->safe_psql('postgres', q{select calcom_account_set('default', paused => true)});
news($_, 1800) for qw(stays goes);
reminders_become($_, '1h held', "$_: due when the news came, but the account is paused") for qw(stays goes);
news('goes', 1800, trigger => 'BOOKING_CANCELLED', status => 'CANCELLED', said => -1);
$node->safe_psql('postgres', q{select calcom_account_set('default', paused => false)});
reminders_become('stays', '1h sent', 'what is still true is sent');
reminders_become('goes', '1h skipped', 'what is not is skipped');
like(reminders('goes'), qr/booking was cancelled/, 'with the reason');

# A delivery so late that both rules are due: one reminder, not two.
news('late', 1500, said => -26 * 3600);
reminders_become('late', '1h sent, 24h skipped', 'two rules at once: the shorter one speaks');
like(reminders('late'), qr/24h skipped: a later reminder is due as well/, 'and the reason is stored');
$node->safe_psql('postgres', q{select calcom_account_set('default', paused => true)});
news('both', 1500, said => -26 * 3600);
reminders_become('both', '1h held, 24h held', 'held, both');
is($node->safe_psql('postgres', q{begin; update calcom_accounts set paused = false; select string_agg(leaves || ' ' || coalesce(reason, '-'), ', ' order by leaves)
	from calcom_simulate() where booking_uid = 'both' and kind = 'reminder'; rollback}), 'false a later reminder is due as well, true -', 'as simulated');
$node->safe_psql('postgres', q{select calcom_account_set('default', paused => false)});
reminders_become('both', '1h sent, 24h skipped', 'so it comes when they are let go');

# Nobody was there for a while: what has begun is not reminded of, what is to come is.
news('missed', 3606);
news('caught', 3609);
$node->stop;
my $until = time + 7;
$node->start;
ok($node->poll_query_until('postgres', "select now() >= to_timestamp($until)"), 'time goes by');
reminders_become('missed', '1h sent', 'a restarted server catches up');
reminders_become('caught', '1h sent', 'and goes on');
is($node->safe_psql('postgres', 'select count(*) from (select obligation_key from email_outbox group by 1 having count(*) > 1) d'),
	0, 'nothing twice');
my %seen;
$seen{ $_->{headers}{'idempotency-key'} }++ for @{ mails($resend) };
is(scalar(grep { $_ > 1 } values %seen), 0, 'nor in any mailbox');

$node->stop;
$resend->{harness}->kill_kill;
done_testing();
