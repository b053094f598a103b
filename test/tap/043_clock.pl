# The server's clock was hours ahead and is set right: neither the launcher nor a worker that is there waits for the time
# that it had computed, and reminders come when they are due.
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

my $directory = PostgreSQL::Test::Utils::tempdir();
system_or_bail('cc', '-shared', '-fPIC', '-O1', '-o', "$directory/fake_clock.so", "$FindBin::RealBin/../tools/fake_clock.c");
open my $clock, '+>', "$directory/clock" or die;
sub clock_is_ahead { my ($hours) = @_; return syswrite($clock, pack('q', $hours * 3600 * 1_000_000)) && sysseek($clock, 0, 0) }
clock_is_ahead(0);

my $node;
{
	local @ENV{qw(LD_PRELOAD CALCOM_FAKE_CLOCK)} = ("$directory/fake_clock.so", "$directory/clock");
	$node = start_cluster('clock', conf => "calcom.worker_linger = 1h\n");
}
set_up($node, 'postgres');
sub value { return $node->safe_psql('postgres', shift) }
sub becomes { my ($sql, $what) = @_; return ok($node->poll_query_until('postgres', $sql), $what) }
sub by_server { return value('select extract(epoch from clock_timestamp())::bigint') }
sub queue { return value("insert into email_outbox (account, kind, booking_uid, recipient, obligation_key)
	values ('default', 'confirmation', 'first', 'ada\@example.com', '$_[0]')") }
sub captured { return becomes("select state = 'captured' from email_outbox where obligation_key = '$_[0]'", $_[1]) }

value(q{update reminder_rules set enabled_at = now() - interval '7 days', horizon = now() - interval '7 days',
	settled = now() - interval '7 days', marked = now() - interval '7 days'});
book($node, 'postgres', 'first', 'ada@example.com');
ok(state_becomes($node, 'postgres', 'first', 'captured'), 'by the right clock');

# ---- A worker that is there ----
clock_is_ahead(12);
cmp_ok(by_server(), '>', time + 11 * 3600, 'the clock is ahead');
queue('ahead');
captured('ahead', 'by the wrong clock');
value(q{create function public.refuse() returns trigger language plpgsql as $$ begin raise 'refused'; end $$;
	create trigger refuse before update on email_outbox for each row execute function public.refuse()});
queue('paused');
$node->wait_for_log(qr/could not claim mail: P0001: refused/);
my $epoch = value('select epoch from calcom_worker_epochs');
clock_is_ahead(0);
cmp_ok(by_server(), '<', time + 3600, 'the clock is set right');
value('drop trigger refuse on email_outbox; update email_outbox set send_after = now()');
captured('paused', 'a failed round is not paused until the time that was');
my $body = decode_json(body_of('due', 'due@example.com'));
my $at = sub { strftime('%Y-%m-%dT%H:%M:%SZ', gmtime(time + shift)) };
$body->{createdAt} = $at->(-5400);
$body->{payload}{startTime} = $at->(3604);
$body->{payload}{endTime} = $at->(5404);
my $text = JSON::PP->new->canonical->encode($body);
value(qq{select calcom_ingest(\$b\$$text\$b\$, calcom_sign(\$b\$$text\$b\$, 'hook-secret'))});
becomes(q{select state = 'captured' and settled_at between start_time - interval '1 h' and start_time from email_outbox
	where booking_uid = 'due' and kind = 'reminder' and obligation_key like '%1h%'}, 'a reminder comes when it is due');
is(value('select epoch from calcom_worker_epochs'), $epoch, 'all by the same worker');

# ---- The launcher ----
clock_is_ahead(12);
value('alter system set default_transaction_read_only = on');
$node->reload;
becomes("select current_setting('default_transaction_read_only') = 'on'", 'read-only');
value('set default_transaction_read_only = off; ' . "insert into email_outbox (account, kind, booking_uid, recipient, obligation_key, send_after)
	values ('default', 'confirmation', 'first', 'ada\@example.com', 'read-only', now() - interval '1 day')");
becomes("select count(*) = 0 from pg_stat_activity where backend_type = 'calcom worker'", 'the worker goes, to come back in ten seconds');
clock_is_ahead(0);
value('set default_transaction_read_only = off; alter system reset default_transaction_read_only');
$node->reload;
captured('read-only', 'it does so by the right clock');

$node->stop;
done_testing();
