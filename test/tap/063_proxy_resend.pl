# Resend's webhooks through the proxy: three headers of either name, the exact body, the account.
use strict;
use warnings;
use Digest::SHA qw(sha256_hex);
use FindBin;
use lib $FindBin::Bin;
use Test::More;
use ProxyHarness;

my $path = '/api/webhooks/resend';
start_cluster();
my $proxy = start_proxy();
my $body = join '', map { chr } 0 .. 255;
my $digest = sha256_hex($body);

sub answer {
    my ($where, @headers) = @_;
    my $response = post($proxy, $where, $body, @headers);
    my ($event_id) = $response->{body} =~ /"event_id":"([^"]*)"/;
    return "$response->{status} " . ($event_id // '');
}

is(answer($path, 'svix-id: msg_1', 'svix-timestamp: 17', 'svix-signature: v1,ab v1,cd'), "200 $digest|msg_1|17|v1,ab v1,cd|default", 'svix-*');
is(answer("$path/acme", 'Webhook-Id: msg_2', 'Webhook-Timestamp: 18', 'Webhook-Signature: v1,ef'), "200 $digest|msg_2|18|v1,ef|acme", 'webhook-*, another account');
is(answer($path), "200 $digest|-|-|-|default", 'absent headers are NULL');
is(answer($path, 'svix-id: a', 'svix-id: b', 'svix-timestamp: 1', 'svix-signature: v1,x'), "200 $digest|a,b|1|v1,x|default", 'two ids are joined');
is(answer($path, 'X-Cal-Signature-256: ab'), "200 $digest|-|-|-|default", 'Cal.com\'s header means nothing here');
is(answer($path, "svix-id: \xff", 'svix-signature: v1,x'), '401 ', 'other bytes than text never reach the database');
is(post($proxy, $path, 'raise')->{status}, 401, 'a refusal is 401');
is(request($proxy, 'GET', $path)->{status}, 405, 'POST only');
is(post($proxy, "$path/..", $body)->{status}, 404, 'no way out of the path');
like(stdout_of($proxy), qr{path=/api/webhooks/resend/acme status=200}, 'one line in the log');
is(stop_proxy($proxy), 0, 'ends cleanly');
done_testing();
