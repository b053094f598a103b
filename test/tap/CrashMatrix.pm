# kill -9 of a process while a mail is at a known step: the worker, a backend that queues mail, or the postmaster. The
# worker is brought to the step by what it cannot tell from everyday life: locks of other sessions and the answers of the
# scripted Resend. A cell passes when every mail has come exactly once, and none is lost.
package CrashMatrix;
use strict;
use warnings;
use Exporter 'import';
use PostgreSQL::Test::Utils;
use WorkerTest;

our @EXPORT = qw(start_matrix crash end_matrix);
our @VICTIMS = qw(worker backend postmaster);
our @STEPS = qw(claim freeze send answer record);

# How the worker comes to a halt at each step: the table that another session locks, or what the provider does.
my %halt = (
	claim => { lock => 'lock table email_suppressions in access exclusive mode' },         # due rows are being locked
	freeze => { lock => 'lock table email_calendar_sequences in access exclusive mode' },  # rendered, not yet committed
	send => { script => { do => 'hang' } },                                                # on its way, not taken
	answer => { script => { do => 'ok_then_hang' } },                                      # taken, the answer not heard
	record => { script => { do => 'ok' } });                                               # answered, not yet written down

my %asked_for = (claim => 1, freeze => 1, send => 2, answer => 2, record => 2);  # at least, else the kill missed its step
my $rounds = 0;

sub start_matrix {
	my $resend = start_resend();
	my $node = start_cluster('matrix', conf => "calcom.resend_url = '$resend->{url}'\nrestart_after_crash = on\n");
	set_up($node, 'postgres');
	go_live($node, 'postgres');
	return { node => $node, resend => $resend };
}

sub end_matrix { my ($matrix) = @_; $matrix->{node}->stop; $matrix->{resend}{harness}->kill_kill; return }

sub worker_waits_for_lock {
	my ($node) = @_;
	return $node->poll_query_until('postgres', q{select count(*) > 0 from pg_stat_activity
		where backend_type = 'calcom worker' and wait_event_type = 'Lock'});
}

# A session of another client that has something in its hands.
sub session { my ($node, @statements) = @_; my $one = $node->background_psql('postgres', on_error_stop => 0); $one->query($_) for @statements; return $one }

# Brings the mail of a new booking to the step; returns the session that holds it there, if one does.
sub bring_to {
	my ($matrix, $step, $uid) = @_;
	my ($node, $resend) = @$matrix{qw(node resend)};
	WorkerTest::call($resend, 'POST', '/__reset');
	script($resend, $halt{$step}{script}) if $halt{$step}{script} && $step ne 'record';
	script($resend, { do => 'delay', ms => 700 }) if $step eq 'record';
	my $holder = $halt{$step}{lock} ? session($node, 'begin', $halt{$step}{lock}) : undef;
	book($node, 'postgres', $uid, "$uid\@example.com");
	if ($holder) { worker_waits_for_lock($node) or die 'the worker does not come to the lock' }
	else { wait_for_mails($resend, requests => 1, $step eq 'answer' ? (mails => 1) : ()) }
	if ($step eq 'record') {
		$holder = session($node, 'begin', "select 1 from email_outbox where booking_uid = '$uid' for update");
		worker_waits_for_lock($node) or die 'the worker does not come to the row';
	}
	return $holder;
}

# Gone for good, and back: a killed worker or backend makes the server restart itself, a killed postmaster needs us.
sub kill_it {
	my ($node, $victim, $backend) = @_;
	my $pid = $victim eq 'worker' ? worker_pid($node, 'postgres') : $victim eq 'backend' ? $backend
	  : (split /\n/, slurp_file($node->data_dir . '/postmaster.pid'))[0];
	my $started = $victim eq 'postmaster' ? undef : $node->safe_psql('postgres', 'select epoch from calcom_worker_epochs');
	if ($victim eq 'postmaster') {
		my @children = split /\n/, $node->safe_psql('postgres', 'select pid from pg_stat_activity where pid <> pg_backend_pid()');
		kill 9, $pid;
		for my $child (@children) {  # they notice; a new server may only start when all are gone
			for (1 .. 600) {
				last unless kill 0, $child;
				select undef, undef, undef, 0.05;  # polls the process table
			}
		}
		$node->{_pid} = undef;
		$node->start;
		return;
	}
	kill 9, $pid or die "cannot kill $victim";
	$node->poll_query_until('postgres', "select not exists (select from pg_stat_activity where pid = $pid)") or die 'it lives';
	return;
}

# One cell once; returns what is wrong, nothing when all is well.
sub crash {
	my ($matrix, $victim, $step) = @_;
	my ($node, $resend) = @$matrix{qw(node resend)};
	my $uid = "$victim-$step-" . ++$rounds;
	my $holder = bring_to($matrix, $step, $uid);
	# Meanwhile another client has queued a mail and not committed.
	my $client = $node->background_psql('postgres', on_error_stop => 0);
	my $backend = $client->query('select pg_backend_pid()');
	my $body = body_of("$uid-open", "$uid-open\@example.com");
	my $deliver = qq{select outcome from calcom_ingest(\$b\$$body\$b\$, calcom_sign(\$b\$$body\$b\$, 'hook-secret'))};
	$client->query('begin');
	$client->query($deliver);
	kill_it($node, $victim, $backend);
	eval { $_->quit } for grep { defined } $holder, $client;
	$node->poll_query_until('postgres', 'select true') or return 'the server does not come back';
	return 'an uncommitted delivery is there' if $node->safe_psql('postgres', "select count(*) from bookings where uid = '$uid-open'");
	$node->safe_psql('postgres', $deliver);  # no answer: Cal.com's proxy sends it again
	for my $one ($uid, "$uid-open") {
		state_becomes($node, 'postgres', $one, 'sent') or return "$one: not sent";
		my $mails = grep { join(' ', ref $_->{body}{to} ? @{ $_->{body}{to} } : $_->{body}{to}) eq "$one\@example.com" } @{ mails($resend) };
		return "$one: came $mails times" if $mails != 1;
	}
	my $asked = grep { $_->{body} =~ /"\Q$uid\E\@example\.com"/ } @{ requests($resend) };
	return "$uid: asked for $asked times, not $asked_for{$step}" if $asked < $asked_for{$step};
	return;
}

1;
