# A confirmation does not wait behind ten thousand reminders, nor does what a person sends by hand.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use WorkerTest;

my $resend = start_resend(ratelimit => 20);
my $node = start_cluster('priority', conf => "calcom.resend_url = '$resend->{url}'\n");
set_up($node, 'postgres');
go_live($node, 'postgres');
sub value { return $node->safe_psql('postgres', shift) }

book($node, 'postgres', 'crowd', 'crowd@example.com');
ok(state_becomes($node, 'postgres', 'crowd', 'sent'), 'a booking');
WorkerTest::call($resend, 'POST', '/__reset');
value(q{insert into email_outbox (account, kind, priority, booking_uid, recipient, start_time, obligation_key)
	select 'default', 'reminder', 2, 'crowd', 'crowd@example.com', start_time, 'reminder ' || n from bookings, generate_series(1, 10000) n});
wait_for_mails($resend, mails => 5);
book($node, 'postgres', 'news', 'news@example.com');
value("select email_id from calcom_send_reminder('crowd')");
my $before = @{ requests($resend) };
wait_for_mails($resend, mails => $before + 25);
my @order = map { $_->{body}{to}[0] . ' ' . (grep { $_->{name} eq 'kind' } @{ $_->{body}{tags} })[0]{value} } @{ mails($resend) };
my ($news) = grep { $order[$_] eq 'news@example.com confirmation' } 0 .. $#order;
ok(defined $news, 'the confirmation has left') or diag(join "\n", @order);
cmp_ok($news, '<', $before + 20, 'within about a second of a queue of minutes');
my %by_hand = map { $_ => 1 } split /\n/, value("select id from email_outbox where obligation_key like 'manual/%'");
my @tags = map { (grep { $_->{name} eq 'outbox_id' } @{ $_->{body}{tags} })[0]{value} } @{ mails($resend) };
my ($hand) = grep { $by_hand{ $tags[$_] } } 0 .. $#tags;
ok(defined $hand, 'so has what was sent by hand');
cmp_ok(value("select count(*) from email_outbox where state = 'queued'"), '>', 9000, 'while thousands wait');

# The worker came when there was one mail, and planned its statements then: they must not read the whole of a long queue.
wait_for_mails($resend, mails => $before + 60);
ok($node->poll_query_until('postgres', "select n_tup_upd > 120 from pg_stat_user_tables where relname = 'email_outbox'"), 'the worker has reported its statistics');
cmp_ok(value("select idx_tup_fetch from pg_stat_user_tables where relname = 'email_outbox'"), '<', 100_000, 'mails of a long queue cost no more than others');

$node->stop('fast');
$resend->{harness}->kill_kill;
done_testing();
