-- The month or day that p_at lies in, by the calendar of p_zone: its name, and from when to when it lasts. A day on which clocks change is
-- shorter or longer than others; days never overlap and leave no gap, also where midnight comes twice or not at all.
create or replace function budget_period(p_period text, p_zone text, p_at timestamptz, out name text, out starts_at timestamptz, out ends_at timestamptz)
  language plpgsql stable as $$
declare
  v_unit text := case p_period when 'monthly' then 'month' else 'day' end;
  v_step interval := ('1 ' || v_unit)::interval;
  v_begin timestamp;
begin
  if p_period = 'total' then
    name := '';
    starts_at := '-infinity';
    ends_at := 'infinity';
    return;
  end if;
  v_begin := date_trunc(v_unit, p_at at time zone p_zone);
  if v_begin at time zone p_zone > p_at then v_begin := v_begin - v_step; end if;
  if (v_begin + v_step) at time zone p_zone <= p_at then v_begin := v_begin + v_step; end if;
  name := to_char(v_begin, case p_period when 'monthly' then 'YYYY-MM' else 'YYYY-MM-DD' end);
  starts_at := v_begin at time zone p_zone;
  ends_at := (v_begin + v_step) at time zone p_zone;
end $$;
