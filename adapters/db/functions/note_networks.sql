-- Notes the networks that keys were used from, as calls come into the log: /24 of IPv4, /48 of IPv6.
create or replace function note_networks() returns trigger language plpgsql as $$
begin
  insert into credential_networks as n (credential_id, network)
  select distinct credential_id, network(set_masklen(ip::inet, case family(ip::inet) when 4 then 24 else 48 end))::text
  from kept where requested and ip is not null and pg_input_is_valid(ip, 'inet')
  order by 1, 2
  on conflict (credential_id, network) do update set last_seen_at = now() where n.last_seen_at < now() - interval '1 hour';
  return null;
end $$;
