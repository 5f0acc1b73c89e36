-- Adds to the report of a turn what it deleted of a kind and a team.
create or replace function note_retention(p_started timestamptz, p_kind text, p_team_id int, p_rows bigint, p_bytes bigint) returns void language sql as $$
  insert into retention_runs as r (started_at, kind, team_id, rows, bytes, ended_at)
  values (p_started, p_kind, coalesce(p_team_id, 0), p_rows, coalesce(p_bytes, 0), clock_timestamp())
  on conflict (started_at, kind, team_id) do update set rows = r.rows + excluded.rows, bytes = r.bytes + excluded.bytes, ended_at = excluded.ended_at
$$;
