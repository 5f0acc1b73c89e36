-- Whether a backup is being made: objects that its rows name must stay until they are copied.
create or replace function removals_held() returns boolean language sql stable as $$
  select exists (select from backups where ended_at is null and held_until > now())
$$;
