-- Works out anew what open incidents, and people who froze them, do to credentials, and tells the readers of keys once the transaction is committed.
create or replace function restrain_credentials(p_credential_ids int[]) returns void language plpgsql as $$
begin
  update credentials c set frozen_by = now_is.frozen_by, throttle_per_minute = now_is.throttle, ceiling_micro_usd = now_is.ceiling,
    ceiling_by = now_is.ceiling_by
  from (
    select asked.id,
      coalesce((select r.incident_id from credential_restraints r where r.credential_id = asked.id and r.kind = 'freeze' order by r.at limit 1),
        -- Older migrations call this before the column is there.
        (select 'operator' from credentials k where k.id = asked.id and to_jsonb(k) ->> 'frozen_reason' is not null)) as frozen_by,
      (select min(r.value)::int from credential_restraints r where r.credential_id = asked.id and r.kind = 'throttle') as throttle,
      (select min(r.value) from credential_restraints r where r.credential_id = asked.id and r.kind = 'ceiling') as ceiling,
      (select r.incident_id from credential_restraints r where r.credential_id = asked.id and r.kind = 'ceiling' order by r.value, r.at limit 1) as ceiling_by
    from unnest(p_credential_ids) as asked(id)
  ) as now_is
  where c.id = now_is.id
    and (c.frozen_by, c.throttle_per_minute, c.ceiling_micro_usd, c.ceiling_by)
      is distinct from (now_is.frozen_by, now_is.throttle, now_is.ceiling, now_is.ceiling_by);
  if found then perform touch_catalogue(); end if;
end $$;
