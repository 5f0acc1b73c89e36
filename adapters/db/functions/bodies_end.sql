-- When the bodies of a call are over: as was said when they were kept, or sooner where the team's policy or the retention of its contents is shorter now.
create or replace function bodies_end(p_created_at timestamptz, p_expires_at timestamptz, p_policy jsonb, p_retention_days int)
  returns timestamptz language sql immutable as $$
  select least(p_expires_at, p_created_at + least((p_policy ->> 'retention_days')::int, p_retention_days) * interval '24 hours')
$$;
