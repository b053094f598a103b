-- Actions of the operator page: the same functions as in psql, with the page's session recorded in calcom_audit.
create function @extschema@.calcom_admin_act(via text, act text, account text default null, target text default null,
  yes boolean default false) returns json
language plpgsql set search_path = pg_catalog, pg_temp
as $act$
begin
  perform set_config('calcom.via', coalesce(via, ''), true);
  case act
    when 'replay' then
      return (select to_json(r) from @extschema@.calcom_replay(target::uuid, account) r);
    when 'replay_dead' then
      return (select coalesce(json_agg(r), '[]') from @extschema@.calcom_replay_dead(account) r);
    when 'rebuild' then
      return (select coalesce(json_agg(r), '[]') from @extschema@.calcom_rebuild(target, account) r);
    when 'retry_email' then
      perform @extschema@.calcom_retry_email(target::uuid, account, force => coalesce(yes, false));
      return json_build_object('state', 'queued');
    when 'cancel_email' then
      return json_build_object('was', @extschema@.calcom_cancel_email(target::uuid, account));
    when 'pause' then
      return json_build_object('accounts', @extschema@.calcom_pause(account));
    when 'resume' then
      return json_build_object('accounts', @extschema@.calcom_resume(account));
    else
      raise exception using errcode = 'invalid_parameter_value', message = 'unknown act';
  end case;
end
$act$;
comment on function @extschema@.calcom_admin_act(text, text, text, text, boolean) is
  'Executes an action of the operator page: replay, replay_dead, rebuild, retry_email, cancel_email, pause or resume. '
  'via is recorded in calcom_audit beside the role. yes confirms retry_email of a mail that may have been sent.';
