-- How many days records of a kind are kept of a team and a class ('' where it has none): the narrowest rule decides, a team's before a class's.
-- null: for good. p_default: where no rule speaks of it.
create or replace function retention_days(p_kind text, p_team_id int, p_class text, p_default int default null) returns int language sql stable as $$
  select days from (
    select days, case when team_id <> 0 then 0 else 3 end + case when class <> '' then 0 else 1 end as place from retention_rules
      where kind = p_kind and team_id in (0, p_team_id) and class in ('', p_class)
    union all select retention_days, 2 from teams where p_kind = 'contents' and id = p_team_id and retention_days is not null
    union all select p_default, 9
  ) as rule order by place limit 1
$$;
