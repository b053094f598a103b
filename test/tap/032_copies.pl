# Copies of the whole server: a base backup that is started elsewhere holds its mail; a standby is silent, and once it is
# promoted it sends if its machine was trusted beforehand, and holds if not. (Dumps: 011. Templates: 023.)
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use WorkerTest;

my $resend = start_resend();
my $primary = start_cluster('primary', streaming => 1, conf => "calcom.resend_url = '$resend->{url}'\ncalcom.worker_linger = 1s\n");
set_up($primary, 'postgres');
go_live($primary, 'postgres');
book($primary, 'postgres', 'first', 'ada@example.com');
ok(state_becomes($primary, 'postgres', 'first', 'sent'), 'the original sends');
$primary->backup('copy');

# The same data on another machine, or on the same one in another directory.
sub copy {
	my ($name, %how) = @_;
	my $node = PostgreSQL::Test::Cluster->new($name);
	$node->init_from_backup($primary, 'copy', has_streaming => $how{standby} // 0);
	if (!$how{same_machine}) {
		my $identity = $node->basedir . '/node_identity';
		append_to_file($identity, "machine of $name\n");
		$node->append_conf('postgresql.conf', "calcom.node_identity_file = '$identity'\n");
	}
	$node->start;
	return $node;
}
sub holds {
	my ($node, $what) = @_;
	my $mails = @{ mails($resend) };
	book($node, 'postgres', "new $what", 'eve@example.com');
	ok(state_becomes($node, 'postgres', "new $what", 'held'), "$what: mail is held");
	is($node->safe_psql('postgres', "select reason from email_outbox where booking_uid = 'new $what'"),
		'not armed: the node (machine and data directory) is not the one that went live', "$what: and says why");
	is($node->safe_psql('postgres', "select state from calcom_doctor() where check_name = 'mail mode of default'"), 'error',
		"$what: so does the doctor");
	is($node->safe_psql('postgres', "select distinct reason from calcom_simulate() where booking_uid = 'new $what' and kind = 'confirmation'"),
		'not armed: the node (machine and data directory) is not the one that went live', "$what: and the simulation");
	is(scalar @{ mails($resend) }, $mails, "$what: nothing has left");
	return;
}

my $restored = copy('restored');
holds($restored, 'base backup');
$restored->stop;

my $beside = copy('beside', same_machine => 1);
holds($beside, 'base backup beside the original');
$beside->stop;

my $standby = copy('standby', standby => 1);
my $stranger = copy('stranger', standby => 1);
book($primary, 'postgres', 'second', 'ada@example.com');
ok(state_becomes($primary, 'postgres', 'second', 'sent'), 'the original goes on');
$primary->wait_for_catchup($_) for $standby, $stranger;
is($standby->safe_psql('postgres', "select count(*) from pg_stat_activity where backend_type = 'calcom worker'"), '0',
	'a standby is silent');
my $there = $standby->safe_psql('postgres', 'select node from calcom_environment()');
isnt($there, $primary->safe_psql('postgres', 'select node from calcom_environment()'), 'its machine is another');
is($primary->safe_psql('postgres', "select calcom_trust_node('default', '$there')"), $there, 'and is trusted beforehand');
# A mail that the original has no time for.
$primary->safe_psql('postgres', 'select calcom_pause()');
book($primary, 'postgres', 'left behind', 'ada@example.com');
ok(state_becomes($primary, 'postgres', 'left behind', 'held'), 'a mail waits');
$primary->wait_for_catchup($_) for $standby, $stranger;
$primary->stop('immediate');

$_->promote for $standby, $stranger;
$_->safe_psql('postgres', 'select calcom_resume()') for $standby, $stranger;
ok(state_becomes($standby, 'postgres', 'left behind', 'sent'), 'promoted and trusted: it leaves');
holds($stranger, 'promoted stranger');
is($stranger->safe_psql('postgres', "select state from email_outbox where booking_uid = 'left behind'"), 'held', 'its copy of the mail, too');
is(scalar(grep { $_->{body}{to}[0] eq 'ada@example.com' } @{ mails($resend) }), 3, 'each mail has left once');

$_->stop for $standby, $stranger;
$resend->{harness}->kill_kill;
done_testing();
