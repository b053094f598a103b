# calcom_simulate() predicts what the worker then does: for generated outboxes the time, state and cause of every mail are
# compared with what the worker wrote. The worker really runs, by a clock that the test moves from one event to the next;
# live mail goes to the scripted Resend.
#   ROUNDS=30 MAILS=400 SEED=1 ; `make simulate-property` runs it, `make test` does not.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/../tap";
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes ();
use WorkerTest;

my $rounds = $ENV{ROUNDS} // 2;
my $mails = $ENV{MAILS} // 200;
my $accounts = $ENV{ACCOUNTS} // 20;
my $seed = $ENV{SEED} // time % 100_000;
note("SEED=$seed ROUNDS=$rounds MAILS=$mails");

my $directory = PostgreSQL::Test::Utils::tempdir();
system_or_bail('cc', '-shared', '-fPIC', '-O1', '-o', "$directory/fake_clock.so", "$FindBin::RealBin/../tools/fake_clock.c");
open my $clock, '+>', "$directory/clock" or die;
sub clock_is_ahead { my ($micros) = @_; return syswrite($clock, pack('q', $micros)) && sysseek($clock, 0, 0) }
clock_is_ahead(0);

my $resend = start_resend(ratelimit => 5000);
script($resend, { do => 'unverified', domain => 'refused.example', repeat => \1 });
my $node;
{
	local @ENV{qw(LD_PRELOAD CALCOM_FAKE_CLOCK)} = ("$directory/fake_clock.so", "$directory/clock");
	$node = start_cluster('simulation', conf => "calcom.resend_url = '$resend->{url}'\ncalcom.worker_linger = 1h\ncalcom.send_concurrency = 32\n");
}
set_up($node, 'postgres');
go_live($node, 'postgres');

# Every event of an account has a slot of its own within the hour, ten seconds from the next one: a mail that the limit per
# recipient puts off by an hour meets no other. An event is at its slot, and the worker's clock is there when it happens.
$node->safe_psql('postgres', q{
create schema test;
create table test.slots (slot integer primary key, secs integer);
insert into test.slots select n, n * 90 + 10 * (n % 9) from generate_series(0, 79) n;
create table test.written (id uuid, state text, cause text, at timestamptz);
create function test.note_written() returns trigger language plpgsql security definer as $$
begin
	insert into test.written values (new.id, new.state, new.cause, clock_timestamp());
	return null;
end $$;
create trigger note_written after insert or update on email_outbox for each row execute function test.note_written();
create table test.predicted (round integer, n serial, began timestamptz, until timestamptz, like_row jsonb);
create function test.pick(variadic words text[]) returns text language sql volatile
as $$ select words[1 + floor(random() * cardinality(words))::integer] $$;

-- Accounts of a round. A change of accounts or keys ends every wait for Resend, so they come first.
create procedure test.accounts(round integer, accounts integer) language plpgsql as $$
declare
	name text;
begin
	for n in 1 .. accounts loop
		name := format('r%s-%s', round, n);
		perform calcom_account_add(name, sender => format('Studio <mail@%s.example>', test.pick('studio', 'studio', 'refused')));
		if random() < 0.93 then perform calcom_set_secret(name, 'resend_api_key', 're_test_4f9c1e'); end if;
		update calcom_accounts set max_mails_per_hour = test.pick(null, '1', '2', '3')::integer,
			mail_max_age = test.pick(null, '40 minutes', '100 minutes', '7 days')::interval, mail_host = random() < 0.3,
			paused = random() < 0.12, disabled_at = case when random() < 0.05 then now() end,
			redirect_to = case when random() < 0.8 then 'all@studio.example' end where account = name;
		perform calcom_internal.arm(name) where random() < 0.93;
		update calcom_accounts set mail_mode = test.pick('live', 'live', 'live', 'redirect', 'test') where account = name;
		delete from reminder_rules where account = name;
		insert into reminder_rules (account, rule, before, enabled, enabled_at, horizon, settled, marked)
			select name, r.rule, r.before, random() < 0.9, now() - interval '1 day', now(), now(), now()
				from (values ('long', interval '60 minutes'), ('short', interval '30 minutes')) r (rule, before);
		for p in 1 .. 6 loop
			if random() < 0.12 then perform calcom_suppress(format('p%s@example.com', p), 'test', name); end if;
		end loop;
	end loop;
end $$;

create procedure test.outbox(round integer, mails integer) language plpgsql as $$
declare
	one record;
	began constant timestamptz := now();
	slots integer[];
	uids text[];
	made text;
	at timestamptz;
begin
	for one in select a.*, row_number() over () as n, count(*) over () as accounts from calcom_accounts a where account ~ ('^r' || round || '-') order by account loop
		slots := array(select secs from test.slots order by random());
		uids := '{}';
		for b in 1 .. case when one.disabled_at is null then 8 else 0 end loop  -- a disabled account takes no bookings
			at := began + interval '1 hour' * (random() < 0.7)::integer + interval '35 minutes' + slots[b] % 3600 * interval '1 second';
			made := calcom_create_booking('Fitting', at, at + interval '20 minutes', format('p%s@example.com', 1 + floor(random() * 6)),
				organizer_email => 'host@studio.example', account => one.account);
			uids := uids || made;
			if random() < 0.25 then perform calcom_cancel_booking(made, account => one.account); end if;
			if random() < 0.2 then
				begin
					perform calcom_update_booking(made, start_time => at + interval '17 minutes 5 seconds', account => one.account);
				exception when others then null;
				end;
			end if;
		end loop;
		delete from email_outbox where account = one.account and random() < 0.5;
		insert into email_outbox (account, kind, booking_uid, recipient, start_time, end_time, obligation_key, priority, state, cause, reason,
				mail_mode, first_attempt_at, last_attempt_at, attempts, in_doubt)
			select one.account, test.pick('confirmation', 'confirmation', 'rescheduled', 'cancellation', 'requested', 'rejected', 'reminder'),
				case when random() < 0.03 or b.uid is null then 'none' else b.uid end, coalesce(p.email, 'nobody@example.com'),
				case when random() < 0.1 then b.start_time + interval '1 minute' else b.start_time end, b.end_time,
				'test ' || n, floor(random() * 3)::integer, 'queued', null, null,
				case when random() < 0.1 then test.pick('test', 'redirect', 'live') end,
				d.tried, d.tried, (d.tried is not null)::integer, d.tried is not null
			  from generate_series(1, mails / one.accounts) n
			  left join lateral (select k.* from bookings k where k.account = one.account and k.uid = uids[1 + (n % 8)]) b on true
			  left join lateral (select * from booking_attendees x where x.account = one.account and x.booking_uid = b.uid limit 1) p on random() < 0.95
			  cross join lateral (select case when random() < 0.06 then began - interval '22 hours' - random() * interval '20 minutes' - n * interval '0 s' end as tried) d;
		update email_outbox o set state = 'held', cause = 'paused', reason = 'the account is paused' where account = one.account and random() < 0.05;
		-- A slot for each: due now, or later. What is held is due as the others.
		update email_outbox o set send_after = began + slots[8 + x.n] * interval '1 second' * (random() < 0.85)::integer
			from (select id, row_number() over (order by obligation_key) as n from email_outbox where account = one.account) x
			where o.account = one.account and o.id = x.id;
		if one.mail_mode <> 'test' and one.sender like '%refused%' and random() < 0.7 then
			insert into email_waits (account, cause, reason, sender_domain, until, pause)
				values (one.account, 'domain_refused', '403 validation_error', 'refused.example', began + (floor(random() * 60) * 60 + 33) * interval '1 second', '10 minutes');
		elsif one.mail_mode <> 'test' and random() < 0.25 then
			insert into email_waits (account, cause, reason, until, pause)
				values (one.account, 'daily_quota', '429 daily_quota_exceeded', began + (floor(random() * 90) * 60 + 47) * interval '1 second', '1 hour');
		end if;
		if one.sender like '%refused%' and not exists (select from email_waits w where w.account = one.account and w.cause = 'domain_refused') then
			delete from email_waits w where w.account = one.account;
			delete from email_outbox o where o.account = one.account;  -- nobody can predict the first refusal
			delete from reminder_rules r where r.account = one.account;
		end if;
	end loop;
	insert into test.predicted (round, began, until, like_row)
		select round, began, began + interval '110 minutes', to_jsonb(s) from calcom_simulate('110 minutes') s where s.mail_account ~ ('^r' || round || '-');
end $$;
});

sub value { return $node->safe_psql('postgres', shift) }
sub now_micros { return int(Time::HiRes::time() * 1_000_000) }
my $offset = 0;
# The server's clock becomes `at` (microseconds since 1970), or stays where it is if it is past that already.
sub clock_becomes {
	my ($at) = @_;
	my $wanted = $at - now_micros();
	$offset = $wanted if $wanted > $offset;
	return clock_is_ahead($offset);
}

my $compare = q{
with p as materialized (
	select q.round, q.began, q.until, r.* from test.predicted q cross join lateral jsonb_to_record(q.like_row) as r(at timestamptz, mail_account text,
		kind text, rule text, recipient text, booking_uid text, start_time timestamptz, state text, cause text, delayed_by text, email_id uuid)
	 where q.round = ROUND
), found as (
	select p.*, o.id, o.state as is_state, o.cause as is_cause, o.obligation_key,
		(select min(w.at) from test.written w where w.id = o.id and w.state = o.state and w.cause is not distinct from o.cause
			and w.at >= p.began and not exists (select from test.written v where v.id = o.id and v.at > w.at and (v.state <> o.state or v.cause is distinct from o.cause))) as is_at,
		(select min(w.at) from test.written w where w.id = o.id and w.state = 'sending' and w.at >= p.began
			and not exists (select from test.written v where v.id = o.id and v.at > w.at and v.state = 'queued')) as sent_at,
		o.created_at
	  from p left join email_outbox o on o.account = p.mail_account and (o.id = p.email_id or (p.email_id is null and o.kind = 'reminder'
		and o.rule = p.rule and o.booking_uid = p.booking_uid and o.recipient = p.recipient and o.start_time = p.start_time))
)};
sub compare { my ($round, $select) = @_; (my $with = $compare) =~ s/ROUND/$round/; return value("$with $select") }

my $cases = 0;
for my $round (1 .. $rounds) {
	value(sprintf('select setseed(%.6f); call test.accounts(%d, %d)', (($seed * 7919 + $round * 104729) % 1_000_003) / 1_000_003, $round, $accounts));
	# The worker has seen the change before there is mail that waits.
	my $mark = "mark-$round";
	value("insert into email_outbox (account, kind, booking_uid, recipient, obligation_key, priority)
		values ('default', 'confirmation', 'none', 'mark\@example.com', '$mark', 0)");
	ok($node->poll_query_until('postgres', "select state = 'skipped' from email_outbox where obligation_key = '$mark'"), "round $round: the worker is there");
	value(sprintf('select setseed(%.6f); call test.outbox(%d, %d)', (($seed * 31337 + $round * 15485863) % 1_000_003) / 1_000_003, $round, $mails));
	my ($predicted, $until) = split /\|/, value("select count(*), (extract(epoch from max(until)) * 1000000)::bigint from test.predicted where round = $round");
	$cases += $predicted;
	# Every instant at which something is predicted, and every probe of a refused domain.
	my @instants = split /\n/, value(qq{select distinct (extract(epoch from at) * 1000000)::bigint from (
		select (like_row ->> 'at')::timestamptz as at from test.predicted where round = $round
		union all select w.until + n * interval '10 minutes 1 second' from email_waits w, generate_series(0, 10) n where w.account ~ '^r$round-') t
		where at <= (select max(until) from test.predicted where round = $round) order by 1});
	my $given_up = 0;  # mails that have not become what was predicted; reported below
	for my $instant (@instants, $until) {
		clock_becomes($instant + 1_000);
		my $open;
		for my $try (1 .. 30) {
			value('update email_outbox set priority = priority where false');  # wakes the worker
			$open = compare($round, qq{select count(*) from found where at <= to_timestamp($instant / 1000000.0) and state <> 'queued'
				and (id is null or is_state <> state)});
			last if $open <= $given_up;
		}
		$given_up = $open;
	}
	my $wrong = compare($round, q{select count(*) filter (where wrong is not null), string_agg(format('%s %s %s due for %s: predicted %s %s at %s (%s), is %s %s at %s', mail_account, kind,
		coalesce(id::text, 'no row'), recipient, state, cause, at::time, delayed_by, is_state, is_cause, coalesce(sent_at, is_at)::time), e'\n') filter (where wrong is not null and n <= 12)
	  from (select *, row_number() over (partition by wrong) as n from (select *, case
		when id is null then 'no row'
		when is_state <> state then 'state'
		when state <> 'queued' and is_cause is distinct from cause then 'cause'
		when state = 'queued' then null
		when state = 'held' and is_at is null then null  -- held before
		when abs(extract(epoch from coalesce(sent_at, is_at) - at)) > 8 then 'time'
		end as wrong from found) x) y});
	my ($count, $which) = split /\|/, $wrong, 2;
	is($count, 0, "round $round: $predicted mails as predicted") or diag("SEED=$seed\n$which");
	is(value(qq{select coalesce(string_agg(format('%s %s %s: created %s, due %s, starts %s', o.account, o.rule, o.recipient, o.created_at::time, o.send_after::time, o.start_time::time), e'\n'), '')
		from email_outbox o where o.account ~ '^r$round-' and o.created_at > (select max(began) from test.predicted where round = $round) and o.rule is not null
		and not exists (select from test.predicted q where q.round = $round and q.like_row ->> 'mail_account' = o.account and q.like_row ->> 'kind' = 'reminder'
			and q.like_row ->> 'booking_uid' = o.booking_uid and q.like_row ->> 'rule' = o.rule)}), '', "round $round: no reminder that was not predicted");
	note(value(qq{select string_agg(state || ' ' || coalesce(cause, '-') || ' ' || n, ', ' order by n desc) from (select like_row ->> 'state' as state, like_row ->> 'cause' as cause, count(*) as n
		from test.predicted where round = $round group by 1, 2) s}));
	value(qq{delete from email_outbox where account ~ '^r$round-'; delete from email_waits where account ~ '^r$round-';
		delete from reminder_rules where account ~ '^r$round-'; truncate test.written});
}
cmp_ok($cases, '>=', $rounds * $mails / 2, "$cases cases, SEED=$seed");

$node->stop;
$resend->{harness}->kill_kill;
done_testing();
