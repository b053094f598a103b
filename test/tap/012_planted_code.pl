# Code that somebody planted, before setup or after, in tables or on the search path, never runs as a superuser.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Deliveries;
use WorkerTest;

my $node = start_cluster('planted');
$node->safe_psql('postgres', q{create role mallory login; create database studio});
$node->safe_psql('studio', q{
	create extension calcom;
	create schema mallory authorization mallory;
	create table public.ran (what text, as_role text, super boolean);
	grant all on public.ran to public;
	create function mallory.note() returns trigger language plpgsql as $$
	declare got text;
	begin
		insert into public.ran values (tg_op || ' ' || tg_table_name, current_user, (select rolsuper from pg_roles where rolname = current_user));
		begin
			alter role mallory superuser; insert into public.ran values ('became superuser', current_user, true);
		exception when insufficient_privilege then null; end;
		begin
			execute format('set local role %I', (select rolname from pg_roles where oid = 10));
			insert into public.ran values ('took the role', current_user, true);
		exception when insufficient_privilege then null; end;
		begin
			execute format('set session authorization %I', (select rolname from pg_roles where oid = 10));
			insert into public.ran values ('took the session', current_user, true);
		exception when insufficient_privilege then null; end;
		return null;
	end $$;
	alter function mallory.note() owner to mallory;
	grant create on schema public to mallory});
sub as_mallory { my ($sql) = @_; return $node->safe_psql('studio', $sql, extra_params => [ '-U', 'mallory' ]) }
# What the worker's claim fires comes at a time of its own.
sub ran { return $node->safe_psql('studio', q{select distinct what, as_role, super from ran where what <> 'UPDATE email_outbox' order by 1}) }

# Before setup.
as_mallory(q{create table public.bookings (account text, uid text);
	create trigger t after insert on public.bookings for each row execute function mallory.note()});
my ($status, $out, $err) = $node->psql('studio', 'select calcom_setup()', extra_params => [ '-v', 'VERBOSITY=verbose' ]);
like($err, qr/ERROR:  KC409: an object with this name exists.*\nDETAIL:  Relation "bookings" in schema public/, 'a planted bookings is refused');
is($node->safe_psql('studio', "select count(*) from pg_class where relname in ('calcom_events', 'email_outbox', 'calcom_meta')"),
	'0', 'before anything is made');
as_mallory('drop table public.bookings');
as_mallory('create view public.booking_history as select 1');
($status, $out, $err) = $node->psql('studio', 'select calcom_setup()');
like($err, qr/Relation "booking_history" in schema public/, 'a planted view, too');
as_mallory('drop view public.booking_history');
is(ran(), '', 'nothing of it ran');
$node->safe_psql('studio', 'revoke create on schema public from mallory');

# On the search path of the superuser who sets up and takes deliveries.
as_mallory(q{
	create function mallory.trap(text) returns text language plpgsql as $$
		begin insert into public.ran values ('a function on the path', current_user, true); return $1; end $$;
	create function mallory.trap(text, text) returns boolean language plpgsql as $$
		begin insert into public.ran values ('an operator on the path', current_user, true); return pg_catalog.texteq($1, $2); end $$;
	create operator mallory.= (leftarg = text, rightarg = text, function = mallory.trap);
	create operator mallory.<> (leftarg = text, rightarg = text, function = mallory.trap);
	create function mallory.lower(text) returns text language sql as 'select mallory.trap($1)';
	create function mallory.format(text, text) returns text language sql as 'select mallory.trap($1)';
	create function mallory.format(text, name) returns text language sql as 'select mallory.trap($1)';
	create function mallory.now() returns timestamptz language plpgsql as $$
		begin insert into public.ran values ('now() on the path', current_user, true); return pg_catalog.now(); end $$;
	create table mallory.bookings (uid text); create table mallory.calcom_accounts (account text);
	create table mallory.calcom_secrets (account text, kind text, value text)});
my $path = 'set search_path = mallory, public, pg_catalog; ';
$node->safe_psql('studio', $path . 'select calcom_setup(); select calcom_setup(); select calcom_doctor()');
$node->safe_psql('studio', $path . "select calcom_set_secret('default'::text, 'webhook', 'hook-secret')");
is($node->safe_psql('studio', $path . delivery(upcoming('BOOKING_CREATED-chain1.json'))), 'applied', 'a delivery with a poisoned search_path');
is($node->safe_psql('studio', $path . 'select calcom_merge_deferred()'), '0', 'merged');
is(ran(), '', 'nothing on the path ran');

# After setup: a role that was given TRIGGER. What it plants runs as calcom_owner, whichever role delivers.
$node->safe_psql('studio', "grant trigger on bookings, booking_attendees, calcom_events, email_outbox to mallory");
as_mallory("create trigger planted after insert or update on public.$_ for each row execute function mallory.note()")
	for qw(bookings booking_attendees calcom_events email_outbox);
$node->safe_psql('studio', 'grant usage on schema mallory to calcom_owner');
is(deliver($node, 'studio', upcoming('BOOKING_RESCHEDULED-chain2.json')), 'applied', 'a superuser delivers');
is(ran(), join("\n", 'INSERT booking_attendees|calcom_owner|f', 'INSERT bookings|calcom_owner|f', 'INSERT calcom_events|calcom_owner|f',
	'INSERT email_outbox|calcom_owner|f', 'UPDATE bookings|calcom_owner|f'), 'planted triggers ran as calcom_owner and got no further');
ok($node->poll_query_until('studio', "select count(*) > 0 from ran where what = 'UPDATE email_outbox'"), 'the worker fires one, too');
is($node->safe_psql('studio', 'select distinct as_role, super from ran'), 'calcom_owner|f', 'all of them as calcom_owner');
is($node->safe_psql('studio', "select rolsuper from pg_roles where rolname = 'mallory'"), 'f', 'mallory is what she was');

# An event deferred by a lock and merged by the worker: the same.
$node->safe_psql('studio', "truncate ran; update calcom_meta set value = '0' where key = 'schema_version'");
is(deliver($node, 'studio', upcoming('BOOKING_RESCHEDULED-chain3.json')), 'deferred', 'deferred');
$node->safe_psql('studio', "update calcom_meta set value = '1' where key = 'schema_version'; select calcom_merge_deferred()");
is($node->safe_psql('studio', 'select distinct as_role, super from ran'), 'calcom_owner|f', 'merged later, still as calcom_owner');
$node->stop;
done_testing();
