-- What entries of the audit log show of rows of one table, in their order: what each is about, the person whom it is about, and the columns named
-- and no others, ids of teams, projects and people as their names and public ids. A column with ~ stands for a commitment to the value, one with
-- ! shows nothing: `audit_change` says that it changed.
create or replace function audit_shown(p_kind text, p_columns text[], p_rows jsonb[])
  returns table (place bigint, object text, subject text, fields jsonb) language plpgsql stable as $$
declare
  -- Shown by another name, or by what they refer to.
  v_named constant text[] := '{team_id,from_team_id,to_team_id,project_id,user_id,owner_id,created_by,limit_micro_usd,max_cost_per_request_micro_usd,ceiling_micro_usd,amount,definition}';
  v_committed text[] := array(select rtrim(name, '~') from unnest(p_columns) as name where right(name, 1) = '~');
  -- Rows of one table have the same columns: all that are not to be shown as they are.
  v_hidden text[] := array(select name from jsonb_object_keys(p_rows[1]) as name where name <> all (p_columns) or name = any (v_named));
begin
  return query
  select r.place, audit_object(p_kind, r.row, t.name, coalesce(u.public_id, w.public_id)), case when r.row ? 'user_id' then u.public_id else r.row ->> 'public_id' end,
    r.row - v_hidden
    || case when 'team_id' = any (p_columns) then jsonb_build_object('team', t.name) else '{}' end
    || case when 'from_team_id' = any (p_columns) then jsonb_build_object('from', f.name, 'to', d.name) else '{}' end
    || case when 'project_id' = any (p_columns) then jsonb_build_object('project', p.name) else '{}' end
    || case when 'user_id' = any (p_columns) then jsonb_build_object('user', u.public_id) else '{}' end
    || case when 'owner_id' = any (p_columns) then jsonb_build_object('owner', w.public_id) else '{}' end
    || case when 'created_by' = any (p_columns) then jsonb_build_object('created_by', c.public_id) else '{}' end
    || case when 'limit_micro_usd' = any (p_columns) then jsonb_build_object('limit_usd', usd((r.row ->> 'limit_micro_usd')::bigint)) else '{}' end
    || case when 'max_cost_per_request_micro_usd' = any (p_columns)
       then jsonb_build_object('max_cost_per_request_usd', usd((r.row ->> 'max_cost_per_request_micro_usd')::bigint)) else '{}' end
    || case when 'ceiling_micro_usd' = any (p_columns) then jsonb_build_object('ceiling_usd', usd((r.row ->> 'ceiling_micro_usd')::bigint)) else '{}' end
    || case when 'amount' = any (p_columns) then jsonb_build_object('amount_usd', usd((r.row ->> 'amount')::bigint)) else '{}' end
    -- An address may hold a password.
    || case when 'definition' = any (p_columns)
       then jsonb_build_object('definition', regexp_replace(r.row ->> 'definition', '(://)[^/@"[:space:]]+@', '\1', 'g')::jsonb) else '{}' end
    || case when v_committed <> '{}' then (
         select jsonb_object_agg(name, 'sha256:' || encode(sha256(convert_to((r.row ->> 'audit_salt') || (r.row ->> name), 'UTF8')), 'hex'))
         from unnest(v_committed) as name) else '{}' end
  from unnest(p_rows) with ordinality as r(row, place)
  left join teams t on t.id = (r.row ->> 'team_id')::int
  left join teams f on f.id = (r.row ->> 'from_team_id')::int
  left join teams d on d.id = (r.row ->> 'to_team_id')::int
  left join projects p on p.id = case when 'project_id' = any (p_columns) then (r.row ->> 'project_id')::int end
  left join users u on u.id = (r.row ->> 'user_id')::int
  left join users w on w.id = (r.row ->> 'owner_id')::int
  left join users c on c.id = case when 'created_by' = any (p_columns) then (r.row ->> 'created_by')::int end
  order by r.place;
end $$;
