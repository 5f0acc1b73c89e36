-- Numbers deliveries that were committed since the last time, of each endpoint from 1 on without gaps, and makes them due. It is done here and
-- not where they are written, because a counter there would let the ends of a team's tasks wait for each other. One pass at a time for an endpoint.
create or replace function number_webhook_deliveries() returns void language plpgsql as $$
declare
  c_most constant int := 5000;
  v_endpoints text[];
begin
  if not exists (select from callbacks c where c.endpoint_id is not null and c.sequence is null) then return; end if;
  v_endpoints := array(
    select e.id from webhook_endpoints e
    where e.id in (select c.endpoint_id from callbacks c where c.endpoint_id is not null and c.sequence is null)
    order by e.id for no key update);
  -- What the passes that were waited for have numbered is seen from here on: each statement looks anew.
  with waiting as (
    select c.id, e.id as endpoint_id, e.sequence + row_number() over (partition by e.id order by c.created_at, c.id) as n
    from (
      select id, endpoint_id, created_at from callbacks
      where endpoint_id = any(v_endpoints) and sequence is null order by created_at, id limit c_most
    ) as c join webhook_endpoints e on e.id = c.endpoint_id
  ), numbered as (
    update callbacks c set sequence = w.n, next_attempt_at = case when c.status = 'pending' then now() end
    from waiting w where c.id = w.id
  )
  update webhook_endpoints e set sequence = w.last
  from (select endpoint_id, max(n) as last from waiting group by endpoint_id) as w where e.id = w.endpoint_id;
  -- Written while their endpoint was deleted.
  delete from callbacks c where c.endpoint_id is not null and c.sequence is null
    and not exists (select from webhook_endpoints e where e.id = c.endpoint_id);
end $$;
