# Mail leaves only from where calcom_go_live() was called.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use WorkerTest;

my $resend = start_resend();
my $node = start_cluster('environment', conf => "calcom.resend_url = '$resend->{url}'\ncalcom.worker_linger = 1s\n");
set_up($node, 'postgres');
my $identity = $node->basedir . '/node_identity';

sub refuses {
	my ($sql, $state, $hint) = @_;
	my ($code, $out, $error) = $node->psql('postgres', "\\set VERBOSITY verbose\n$sql");
	like($error, qr/\Q$state\E.*HINT:.*\Q$hint\E/s, "$state names $hint");
}

sub become { my ($who) = @_; unlink $identity; append_to_file($identity, $who) }

refuses("select calcom_go_live('nobody')", 'KC404', 'calcom_account_add');
refuses("select calcom_go_live('default')", 'KC001', 'calcom_account_set');
$node->safe_psql('postgres', q{select calcom_account_set('default', sender => 'mail@studio.example')});
refuses("select calcom_go_live('default')", 'KC002', 'calcom_set_secret');
$node->safe_psql('postgres', "select calcom_set_secret('default', 'resend_api_key', '$WorkerTest::API_KEY')");
unlink $identity;
refuses("select calcom_go_live('default')", 'KC003', 'calcom.node_identity_file');
become("machine of environment\n");

book($node, 'postgres', 'early', 'ada@example.com');
ok(state_becomes($node, 'postgres', 'early', 'captured'), 'a key alone switches nothing to live');
$node->safe_psql('postgres', 'select calcom_pause()');
like($node->safe_psql('postgres', "select note from calcom_go_live('default')"),
	qr/^live: .*; but nothing leaves yet: the account is paused; see: SELECT \* FROM public\.calcom_doctor\(\);$/, 'live, but paused');
$node->safe_psql('postgres', 'select calcom_resume()');
like($node->safe_psql('postgres', "select note from calcom_go_live('default')"), qr/^live as before; this environment is recorded$/, 'live');
is($node->safe_psql('postgres', 'select armed, reason is null, node ~ \'^[0-9a-f]{32}$\' from calcom_environment()'), 't|t|t',
	'this environment is armed');
book($node, 'postgres', 'live', 'ada@example.com');
ok(state_becomes($node, 'postgres', 'live', 'sent'), 'mail is sent');
is($node->safe_psql('postgres', "select state from email_outbox where booking_uid = 'early'"), 'captured',
	'what was captured stays unsent');

# Another machine under the same data.
become("another machine\n");
book($node, 'postgres', 'moved', 'ada@example.com');
ok(state_becomes($node, 'postgres', 'moved', 'held'), 'another node: mail is held');
is($node->safe_psql('postgres', "select reason from email_outbox where booking_uid = 'moved'"),
	'not armed: the node (machine and data directory) is not the one that went live', 'and says what differs');
$node->safe_psql('postgres', "select calcom_go_live('default')");
ok(state_becomes($node, 'postgres', 'moved', 'sent'), 'going live there releases it');

# A copy of the database in the same server. It has no mark, so nobody would serve it at all; mark it by hand.
set_up($node, 'original');
go_live($node, 'original');
book($node, 'original', 'first', 'ada@example.com');
ok(state_becomes($node, 'original', 'first', 'sent'), 'a second database is live');
my $mails = @{ mails($resend) };
$node->safe_psql('postgres', 'create database copy template original');
$node->safe_psql('copy', "insert into email_outbox (account, kind, booking_uid, recipient, obligation_key)
	values ('default', 'confirmation', 'first', 'ada\@example.com', 'in the copy')");
$node->safe_psql('postgres', 'alter database copy set calcom.worker = on');
ok($node->poll_query_until('copy', "select state = 'held' from email_outbox where obligation_key = 'in the copy'"),
	'a template copy holds its mail');
is($node->safe_psql('copy', "select reason from email_outbox where obligation_key = 'in the copy'"),
	'not armed: the database is not the one that went live', 'and says why');
is(scalar @{ mails($resend) }, $mails, 'nothing was sent from it');

# Redirect, pause, and no sender any more.
$node->safe_psql('postgres', q{select calcom_account_set('default', mail_mode => 'redirect', redirect_to => 'me@studio.example')});
book($node, 'postgres', 'redirected', 'eve@example.com');
ok(state_becomes($node, 'postgres', 'redirected', 'sent'), 'redirect mode sends');
my ($mail) = grep { $_->{body}{to}[0] eq 'me@studio.example' } @{ mails($resend) };
like($mail->{body}{subject}, qr/^\[for eve\@example\.com\] /, 'to the one address, marked');
$node->safe_psql('postgres', q{select calcom_account_set('default', paused => true)});
book($node, 'postgres', 'paused', 'ada@example.com');
ok(state_becomes($node, 'postgres', 'paused', 'held'), 'paused: held');
$node->safe_psql('postgres', q{select calcom_account_set('default', paused => false)});
ok(state_becomes($node, 'postgres', 'paused', 'sent'), 'resumed: sent');
$node->safe_psql('postgres', q{delete from calcom_secrets where kind = 'resend_api_key'});
book($node, 'postgres', 'keyless', 'ada@example.com');
ok(state_becomes($node, 'postgres', 'keyless', 'held'), 'no key: held');
like($node->safe_psql('postgres', "select reason from email_outbox where booking_uid = 'keyless'"), qr/calcom_set_secret/, 'named');
$node->safe_psql('postgres', q{insert into email_suppressions (account, email, reason) values ('default', 'ada@example.com', 'bounced')});
$node->safe_psql('postgres', "select calcom_set_secret('default', 'resend_api_key', '$WorkerTest::API_KEY')");
ok(state_becomes($node, 'postgres', 'keyless', 'skipped'), 'released by a key, but suppressed meanwhile');

# A key in a file: read at each use, never through a link.
my $secrets = $node->basedir . '/secrets';
mkdir $secrets;
append_to_file("$secrets/resend", "$WorkerTest::API_KEY\n");
symlink "$secrets/resend", "$secrets/link";
$node->append_conf('postgresql.conf', "calcom.secret_directory = '$secrets'\n");
$node->reload;
for my $case ([ 'file:resend', 'sent' ], [ 'file:link', 'held' ], [ 'file:nothing', 'held' ], [ 'file:../secrets/resend', 'held' ]) {
	my ($value, $state) = @$case;
	$node->safe_psql('postgres', "update calcom_secrets set value = '$value' where kind = 'resend_api_key'");
	book($node, 'postgres', "by $value", 'file@example.com');
	ok(state_becomes($node, 'postgres', "by $value", $state), "$value: $state");
}
is(scalar(log_holds_no($node, $WorkerTest::API_KEY, 'file@example.com')), 0, 'no key and no address in the log');

$node->stop;
$resend->{harness}->kill_kill;
done_testing();
