# Secrets from files and their rotation, in a running server: a rotated file counts at the next delivery, nothing outside
# the directory is read, and while two secrets are valid no delivery is lost, whichever of them signs.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use File::Spec;
use Digest::SHA qw(hmac_sha256_hex);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use WorkerTest;

my $base = File::Spec->rel2abs(PostgreSQL::Test::Utils::tempdir());
my ($directory, $outside) = ("$base/secrets", "$base/outside");
mkdir $_ or die "$_: $!" for $directory, $outside;

sub put {
	my ($path, $content) = @_;
	open my $file, '>', "$path.new" or die "$path: $!";
	print $file $content;
	close $file;
	rename "$path.new", $path or die "$path: $!";
	return;
}
put("$directory/hook", "first-secret\n");
put("$outside/hook", "outside-secret\n");

my $node = start_cluster('secrets', conf => "calcom.secret_directory = '$directory'\nlog_statement = all\n");
set_up($node, 'postgres');

my $number = 0;
sub deliver {
	my ($secret, $account) = @_;
	my $body = sprintf '{"triggerEvent":"PING","n":%d}', ++$number;
	my $signature = hmac_sha256_hex($body, $secret);
	my ($status, $out, $err) = $node->psql('postgres',
		"\\set VERBOSITY sqlstate\nselect outcome from calcom_ingest('$body'::text, '$signature', '" . ($account // 'default') . "')");
	return $status == 0 && $out ne '' ? $out : $err =~ /(KC\d+|F0000)/ ? $1 : "$out$err";
}

$node->safe_psql('postgres', "select calcom_set_secret('default', 'webhook', 'file:hook', grace => '0')");
is(deliver('first-secret'), 'ignored', 'the content of the file is the secret');
is(deliver('file:hook'), 'KC401', 'its name is not');

# Another content counts at the next use, in a session that used the old one, too.
put("$directory/hook", "second-secret\n");
is(deliver('second-secret'), 'ignored', 'a rotated file counts at the next delivery');
is(deliver('first-secret'), 'KC401', 'and its former content no more');

# Links and what is outside.
unlink "$directory/hook" or die $!;
symlink "$outside/hook", "$directory/hook" or die $!;
is(deliver('outside-secret'), 'F0000', 'a link out of the directory is not followed');
symlink "$directory/real", "$directory/link" or die $!;
put("$directory/real", "real-secret\n");
for my $name ('link', '../outside/hook', "$outside/hook", '..', '.', 'absent', '') {
	my ($status, $out, $err) = $node->psql('postgres', "select calcom_set_secret('default', 'webhook', 'file:$name')");
	isnt($status, 0, "file:$name is refused");
	unlike($err, qr/real-secret|outside-secret/, 'and nothing of a file is shown');
}
is($node->safe_psql('postgres', "select value from calcom_secrets where kind = 'webhook'"), 'file:hook', 'the previous value is kept');
unlink "$directory/hook" or die $!;
is(deliver('second-secret'), 'F0000', 'a missing file is an error of the server, so that Cal.com or the proxy tries again');
put("$directory/hook", "third-secret\n");
is(deliver('third-secret'), 'ignored', 'back again, without a word to the server');

# Rotation from one file to another under deliveries: both are valid for the grace.
put("$directory/next", "fourth-secret\n");
my @before = map { deliver('third-secret') } 1 .. 3;
$node->safe_psql('postgres', "select calcom_set_secret('default', 'webhook', 'file:next', grace => '1 hour')");
my @during = map { deliver($_ % 2 ? 'third-secret' : 'fourth-secret') } 1 .. 10;
is_deeply([ @before, @during ], [ ('ignored') x 13 ], 'no delivery is lost while both are valid');
$node->safe_psql('postgres', "update calcom_secrets set previous_until = clock_timestamp() + interval '500 milliseconds'");
ok($node->poll_query_until('postgres', 'select clock_timestamp() > previous_until from calcom_secrets'), 'its end comes');
is(deliver('third-secret'), 'KC401', 'the former is refused after its end');
is(deliver('fourth-secret'), 'ignored', 'the current is not');
unlink "$directory/hook" or die $!;
is(deliver('fourth-secret'), 'ignored', 'the file of a secret that has ended is not needed any more');

# Revoked at once.
$node->safe_psql('postgres', "select calcom_set_secret('default', 'webhook', 'fifth-secret', grace => '1 hour')");
is(deliver('fourth-secret'), 'ignored', 'the former by its grace');
is($node->safe_psql('postgres', "select calcom_revoke_secret('default', 'webhook')"), 't', 'is revoked');
is(deliver('fourth-secret'), 'KC401', 'and refused');
is(deliver('fifth-secret'), 'ignored', 'the current stays');
is($node->safe_psql('postgres', "select calcom_revoke_secret('default', 'webhook', 'all')"), 't', 'all are revoked');
is(deliver('fifth-secret'), 'KC403', 'no secret, no delivery');

# A disabled account holds its mail, and lets it go when it is enabled.
$node->safe_psql('postgres', "select calcom_set_secret('default', 'webhook', 'hook-secret')");
is(book($node, 'postgres', 'uid-1', 'ada@example.com'), 'applied', 'a booking');
ok(state_becomes($node, 'postgres', 'uid-1', 'captured'), 'its mail is rendered in test mode');
$node->safe_psql('postgres', "select calcom_account_disable('default');
	insert into email_outbox (account, kind, booking_uid, recipient, obligation_key, start_time)
	select 'default', 'confirmation', 'uid-1', 'ada\@example.com', 'again', start_time from bookings");
ok($node->poll_query_until('postgres', "select state = 'held' and reason = 'the account is disabled' from email_outbox
	where obligation_key = 'again'"), 'a disabled account holds its mail');
is(deliver('hook-secret'), 'KC423', 'and refuses deliveries');
$node->safe_psql('postgres', "select calcom_account_enable('default')");
ok($node->poll_query_until('postgres', "select state = 'captured' from email_outbox where obligation_key = 'again'"),
	'enabled, it lets the mail go');
is(deliver('hook-secret'), 'ignored', 'and takes deliveries');

is(scalar(log_holds_no($node, 'first-secret', 'second-secret', 'third-secret', 'fourth-secret', 'outside-secret', 'real-secret')),
	0, 'no content of a file is in the log, though every statement is');
$node->stop;
done_testing();
