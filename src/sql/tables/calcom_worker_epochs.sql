-- Epoch of the worker on each node: raised by each new worker that has replaced its predecessor.
create function calcom_internal.table_calcom_worker_epochs() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $setup$
begin
  -- The durable epoch of the worker. Each new worker raises it.
  create table @extschema@.calcom_worker_epochs (
    node text primary key,
    epoch bigint not null default 0,
    erased_at timestamptz,
    erased bigint not null default 0
  );

  comment on table @extschema@.calcom_worker_epochs is
    'Epoch of the worker on each node. A new worker raises it, so that rows of a dead worker are free at once.';
  comment on column @extschema@.calcom_worker_epochs.node is
    $$hash of the machine's identity and of the data directory's path$$;
  comment on column @extschema@.calcom_worker_epochs.epoch is 'number of the current worker; only rises';
  comment on column @extschema@.calcom_worker_epochs.erased_at is
    'when the worker last completed the daily erasure of calcom_accounts.keep_mail';
  comment on column @extschema@.calcom_worker_epochs.erased is
    'mails and events erased so far by an erasure that is not complete';

  alter table @extschema@.calcom_worker_epochs enable row level security;
  revoke all on @extschema@.calcom_worker_epochs from public;
end
$setup$;
comment on function calcom_internal.table_calcom_worker_epochs() is
  'Step of calcom_setup(): creates calcom_worker_epochs and all that belongs to it.';
