-- Appends what this transaction did to the audit log, as its last step: the head of the chain is locked for an instant, and nobody who holds it
-- waits for anything else. Who acts is what the process has said of this transaction (`atelier.act`, see adapters/db/connection/pool.ts).
create or replace function seal_audit() returns trigger language plpgsql as $$
declare
  v_act jsonb := nullif(current_setting('atelier.act', true), '')::jsonb;
  v_head audit_head;
  v_pending audit_pending;
  v_at timestamptz;
  v_actor text;
  v_ip text := v_act ->> 'ip';
  v_salt text;
begin
  -- The first of several has appended them all.
  if not exists (select from audit_pending where transaction = new.transaction) then return null; end if;
  select * into strict v_head from audit_head for update;
  for v_pending in select * from audit_pending where transaction = new.transaction order by position loop
    v_head.seq := v_head.seq + 1;
    v_at := clock_timestamp();
    v_actor := coalesce(v_act ->> 'actor',
      case when current_setting('application_name') like 'atelier %' then 'system' else 'database:' || session_user end);
    -- Nobody has signed in yet: it is the person who does.
    if v_actor = 'anonymous' and v_pending.subject is not null then v_actor := 'user:' || v_pending.subject; end if;
    v_salt := case when v_ip is not null then gen_random_uuid()::text end;
    insert into audit_log (seq, at, actor, via, action, object, before, after, request_id, ip_hash, prev_hash, hash)
    select v_head.seq, v_at, v_actor, via, v_pending.action, v_pending.object, before::json, after::json, v_act ->> 'request_id', ip_hash, v_head.hash,
      encode(sha256(convert_to(format('{"action":%s,"actor":%s,"after":%s,"at":%s,"before":%s,"id":%s,"ip_hash":%s,"object":%s,"prev_hash":%s,"request_id":%s,"via":%s}',
        to_json(v_pending.action), to_json(v_actor), coalesce(after, 'null'), to_json(audit_time(v_at)), coalesce(before, 'null'),
        to_json(audit_id(v_head.seq)), coalesce(to_json(ip_hash)::text, 'null'), to_json(v_pending.object), to_json(v_head.hash),
        coalesce(to_json(v_act ->> 'request_id')::text, 'null'), to_json(via)), 'UTF8')), 'hex')
    from (select coalesce(v_act ->> 'via', case v_actor when 'system' then 'system' else 'database' end) as via,
            case when v_pending.before is not null then canonical_json(v_pending.before) end as before,
            case when v_pending.after is not null then canonical_json(v_pending.after) end as after,
            case when v_ip is not null then 'sha256:' || encode(sha256(convert_to(v_salt || v_ip, 'UTF8')), 'hex') end as ip_hash) as parts
    returning hash into v_head.hash;
    if v_ip is not null then insert into audit_addresses (seq, ip, salt, actor) values (v_head.seq, v_ip, v_salt, v_actor); end if;
  end loop;
  update audit_head set seq = v_head.seq, hash = v_head.hash;
  delete from audit_pending where transaction = new.transaction;
  return null;
end $$;
