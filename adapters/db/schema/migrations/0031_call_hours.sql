-- The call log by hour and by day of UTC, for counts over weeks: what is in `calls`, no more and no less (function on_calls). 0 and '': none.
create table call_hours (
  start timestamptz not null,
  team_id int not null,
  credential_id int not null,
  class text not null,
  project_id int not null,
  member_id int not null,
  endpoint text not null,
  model text collate "C" not null,
  provider text collate "C" not null,
  status text not null,
  requests bigint not null,
  fallbacks bigint not null,
  cost bigint not null
) with (fillfactor = 80);
create table call_days (like call_hours) with (fillfactor = 80);

-- They wait for whoever is writing the log, and nobody writes it until all is counted.
select from call_cursor for update;
create trigger calls_come after insert on calls referencing new table as new_calls for each statement execute function on_calls();
create trigger calls_change after update on calls referencing old table as old_calls new table as new_calls
  for each statement execute function on_calls();
create trigger calls_go after delete on calls referencing old table as old_calls for each statement execute function on_calls();

-- A day at a time, so that what is held at once does not grow with the log.
do $$
declare
  v_from text := '';
  v_to text;
  v_day timestamptz;
begin
  loop
    -- The next day of which there is a call: clocks may have been wrong by years.
    select date_trunc('day', task_key_time(min(id)), 'UTC') into v_day from calls where id >= v_from;
    exit when v_day is null;
    v_from := 'call_' || substr(task_key(v_day), 6);
    v_to := 'call_' || substr(task_key(v_day + interval '24 hours'), 6);
    with counted as (
      insert into call_hours
      select date_trunc('hour', task_key_time(id), 'UTC'), team_id, credential_id, class, coalesce(project_id, 0), coalesce(member_id, 0), endpoint, model,
             coalesce(provider, ''), status, count(*), count(*) filter (where fallback), sum(cost)
      from calls where id >= v_from and id < v_to
      group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
      returning *
    )
    insert into call_days
    select v_day, team_id, credential_id, class, project_id, member_id, endpoint, model, provider, status, sum(requests), sum(fallbacks), sum(cost)
    from counted group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10;
    v_from := v_to;
  end loop;
end $$;
alter table call_hours add primary key (team_id, start, credential_id, model, provider, endpoint, status, project_id, member_id, class);
alter table call_days add primary key (team_id, start, credential_id, model, provider, endpoint, status, project_id, member_id, class);
create index call_hours_by_start on call_hours (start, team_id);
create index call_days_by_start on call_days (start, team_id);
