# What the tests of the worker share: a cluster with the library preloaded, bookings far enough in the future, and the
# scripted Resend on loopback.
package WorkerTest;
use strict;
use warnings;
use Exporter 'import';
use File::Basename qw(dirname);
use HTTP::Tiny;
use IPC::Run ();
use JSON::PP;
use POSIX qw(strftime);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;

our @EXPORT = qw(start_cluster set_up book body_of start_resend script mails requests wait_for_mails go_live
  state_becomes worker_pid log_holds_no);

my $tools = dirname(__FILE__) . '/../tools';
my $http = HTTP::Tiny->new(timeout => 60);
our $API_KEY = 're_test_4f9c1e';

sub start_cluster {
	my ($name, %option) = @_;
	my $node = PostgreSQL::Test::Cluster->new($name);
	$node->init(allows_streaming => $option{streaming} // 0);
	my $identity = $node->basedir . '/node_identity';
	append_to_file($identity, "machine of $name\n");
	$node->append_conf('postgresql.conf', <<"CONF");
shared_preload_libraries = '@{[ $option{preload} // 'calcom' ]}'
calcom.node_identity_file = '$identity'
log_min_messages = info
log_statement = none
@{[ $option{conf} // '' ]}
CONF
	$node->start;
	return $node;
}

sub set_up {
	my ($node, $database, %option) = @_;
	$node->safe_psql('postgres', "create database $database") unless $database eq 'postgres' || $option{exists};
	$node->safe_psql($database, 'create extension calcom; select calcom_setup()');
	$node->safe_psql($database, q{select calcom_set_secret('default', 'webhook', 'hook-secret')});
}

# The body of a booking of tomorrow with one attendee, who is owed one confirmation.
sub body_of {
	my ($uid, $email, $trigger) = @_;
	my $at = sub { strftime('%Y-%m-%dT%H:%M:%SZ', gmtime(time + shift)) };
	return JSON::PP->new->canonical->encode({
		triggerEvent => $trigger // 'BOOKING_CREATED',
		createdAt => $at->(0),
		payload => {
			uid => $uid, title => 'Consultation', type => 'consultation', status => 'ACCEPTED',
			startTime => $at->(86400), endTime => $at->(88200), bookerUrl => 'https://app.cal.example',
			organizer => { name => 'Zoe', email => 'zoe@studio.example', timeZone => 'Asia/Kolkata' },
			attendees => [ { name => 'Ada', email => $email, timeZone => 'Europe/Paris' } ],
		} });
}

sub book {
	my ($node, $database, $uid, $email, $trigger) = @_;
	my $body = body_of($uid, $email, $trigger);
	return $node->safe_psql($database,
		qq{select outcome from calcom_ingest(\$body\$$body\$body\$, calcom_sign(\$body\$$body\$body\$, 'hook-secret'))});
}

sub start_resend {
	my (%option) = @_;
	my $limit = $option{ratelimit} // 100;
	my ($in, $out) = ('', '');
	my $harness = IPC::Run::start([ 'node', "$tools/fake_resend.mjs", "--ratelimit=$limit" ], '<', \$in, '>', \$out);
	$harness->pump until $out =~ /listening (\d+)/;
	return { harness => $harness, url => "http://127.0.0.1:$1" };
}

sub call {
	my ($resend, $method, $path, $content) = @_;
	my $answer = $http->request($method, $resend->{url} . $path,
		defined $content ? { content => encode_json($content) } : {});
	die "$method $path: $answer->{status} $answer->{content}" unless $answer->{success};
	return $answer->{content} =~ /^[\[{]/ ? decode_json($answer->{content}) : undef;
}

sub script { my ($resend, @steps) = @_; return call($resend, 'POST', '/__script', \@steps) }
sub mails { my ($resend) = @_; return call($resend, 'GET', '/__mails') }
sub requests { my ($resend) = @_; return call($resend, 'GET', '/__requests') }

sub wait_for_mails {
	my ($resend, %what) = @_;
	my $query = join '&', map { "$_=$what{$_}" } sort keys %what;
	return call($resend, 'GET', "/__wait?$query&timeout_ms=30000");
}

sub go_live {
	my ($node, $database) = @_;
	$node->safe_psql($database, qq{
		select calcom_account_set('default', sender => 'Studio <mail\@studio.example>', max_mails_per_hour => 0);
		select calcom_set_secret('default', 'resend_api_key', '$API_KEY');
		select calcom_go_live('default')});
}

# Waits until the mails of a booking are all in this state.
sub state_becomes {
	my ($node, $database, $uid, $state) = @_;
	return $node->poll_query_until($database,
		"select string_agg(distinct state, ',') from email_outbox where booking_uid = '$uid'", $state);
}

sub worker_pid {
	my ($node, $database) = @_;
	return $node->safe_psql('postgres',
		"select pid from pg_stat_activity where backend_type = 'calcom worker' and datname = '$database'");
}

sub log_holds_no {
	my ($node, @words) = @_;
	my $log = slurp_file($node->logfile);
	return grep { index($log, $_) >= 0 } @words;
}

1;
