-- Appends what this transaction did to the audit log, as its last step: the head of the chain is locked for an instant, and nobody who holds it
-- waits for anything else. Who acts is what the process has said of this transaction (`atelier.act`, see adapters/db/connection/pool.ts).
create or replace function seal_audit() returns trigger language plpgsql as $$
declare
  v_act jsonb := nullif(current_setting('atelier.act', true), '')::jsonb;
  v_head audit_head;
  v_first bigint;
  v_at timestamptz;
  v_ip text := v_act ->> 'ip';
  v_salt text := case when v_ip is not null then gen_random_uuid()::text end;
  v_ip_hash text := 'sha256:' || encode(sha256(convert_to(v_salt || v_ip, 'UTF8')), 'hex');
  v_request_id text := v_act ->> 'request_id';
  v_entry record;
  v_sealed bigint;
begin
  -- The first of several has appended them all. Looking for them instead would read every row that it deleted, once for each of them.
  if new.position <= nullif(current_setting('atelier.audit_sealed', true), '')::bigint then return null; end if;
  select * into strict v_head from audit_head for update;
  v_first := v_head.seq + 1;
  v_at := clock_timestamp();
  -- All that can be written without the hash of the entry before is: a transaction may hold a thousand acts.
  for v_entry in
    select position, actor, via, action, object, before, after,
      format('{"action":%s,"actor":%s,"after":%s,"at":%s,"before":%s,"id":"%s","ip_hash":%s,"object":%s,"prev_hash":"', to_json(action), to_json(actor),
        coalesce(after, 'null'), to_json(audit_time(v_at)), coalesce(before, 'null'), audit_id(v_head.seq + place),
        coalesce(to_json(v_ip_hash)::text, 'null'), to_json(object)) as text_before,
      format('","request_id":%s,"via":%s}', coalesce(to_json(v_request_id)::text, 'null'), to_json(via)) as text_after
    from (
      select row_number() over (order by position) as place, position, action, object, actor,
        coalesce(v_act ->> 'via', case actor when 'system' then 'system' else 'database' end) as via,
        case when before is not null then canonical_json(before) end as before, case when after is not null then canonical_json(after) end as after
      from (
        select p.*, case
            -- Nobody has signed in yet: it is the person who does.
            when v_act ->> 'actor' = 'anonymous' and subject is not null then 'user:' || subject
            else coalesce(v_act ->> 'actor',
              case when current_setting('application_name') like 'atelier %' then 'system' else 'database:' || session_user end) end as actor
        from audit_pending p where transaction = new.transaction
      ) as acts
    ) as entries
    order by place
  loop
    v_sealed := v_entry.position;
    v_head.seq := v_head.seq + 1;
    insert into audit_log (seq, at, actor, via, action, object, before, after, request_id, ip_hash, prev_hash, hash)
    values (v_head.seq, v_at, v_entry.actor, v_entry.via, v_entry.action, v_entry.object, v_entry.before::json, v_entry.after::json, v_request_id, v_ip_hash,
      v_head.hash, encode(sha256(convert_to(v_entry.text_before || v_head.hash || v_entry.text_after, 'UTF8')), 'hex'))
    returning hash into v_head.hash;
  end loop;
  if v_ip is not null then
    insert into audit_addresses (seq, ip, salt, actor) select seq, v_ip, v_salt, actor from audit_log where seq between v_first and v_head.seq;
  end if;
  perform set_config('atelier.audit_sealed', v_sealed::text, true);
  update audit_head set seq = v_head.seq, hash = v_head.hash;
  delete from audit_pending where transaction = new.transaction;
  return null;
end $$;
