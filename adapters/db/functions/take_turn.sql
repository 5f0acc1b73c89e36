-- Lets a purchase of an image or video go to a limited provider, or answers in how many milliseconds to ask again. Who has the better rank goes
-- first, then who asked first; those that ask again soon are waited for. As nobody waits at a screen, purchases are spread over the minute but
-- for a few, which make up for those that come late to their turn.
create or replace function take_turn(p_provider text, p_task_id text, p_n int, p_rank int, p_concurrent int, p_per_minute int)
  returns int language plpgsql as $$
declare
  c_burst constant int := least(4, p_per_minute);
  c_spacing constant interval := make_interval(secs => 60.0 / p_per_minute);
  v_room record;
  v_now timestamptz;
  v_asked timestamptz;
  v_ahead int;
  v_soon int;
  v_recent int;
  v_recent_at timestamptz;
  v_wait_s double precision;
begin
  v_room := provider_room(p_provider, p_concurrent, p_per_minute, '');
  v_now := clock_timestamp();
  select t.asked_at into v_asked from provider_turns t where t.provider = p_provider and t.task_id = p_task_id and t.n = p_n;
  v_asked := coalesce(v_asked, v_now);
  select count(*), count(*) filter (where t.again_at < v_now + interval '1 second') into v_ahead, v_soon from provider_turns t
    where t.provider = p_provider and not t.is_taken and t.task_id <> p_task_id and (t.rank, t.asked_at, t.task_id) < (p_rank, v_asked, p_task_id);
  select count(*), min(s.begun_at) into v_recent, v_recent_at from provider_starts s
    where s.provider = p_provider and s.is_media and s.begun_at > v_now - c_burst * c_spacing;
  -- least() leaves out what is null: a limit that there is not.
  if least(v_room.places, v_room.starts, c_burst - v_recent) > v_soon then
    insert into provider_turns (provider, task_id, n, is_taken, rank, asked_at, again_at)
      values (p_provider, p_task_id, p_n, true, p_rank, v_asked, v_now)
      on conflict (provider, task_id, n) do update set is_taken = true;
    if p_per_minute is not null then
      insert into provider_starts (provider, begun_at, calls, is_media) values (p_provider, v_now, 1, true);
    end if;
    return null;
  end if;
  v_wait_s := least(10, greatest(0.1,
    v_room.again_ms / 1000.0,
    case when v_recent >= c_burst then extract(epoch from v_recent_at + c_burst * c_spacing - v_now) else 0 end + v_ahead * extract(epoch from c_spacing),
    case when v_room.places <= v_soon then 0.15 + 0.25 * v_ahead / p_concurrent end));
  insert into provider_turns (provider, task_id, n, is_taken, rank, asked_at, again_at)
    values (p_provider, p_task_id, p_n, false, p_rank, v_asked, v_now + make_interval(secs => v_wait_s))
    on conflict (provider, task_id, n) do update set rank = excluded.rank, again_at = excluded.again_at;
  return ceil(v_wait_s * 1000);
end $$;
