-- The assets that an input names, null for none. By the text: operators of json would refuse escapes that json keeps. A quote inside a
-- string is escaped, so nothing that a user writes looks like this. Not in SQL: an index of tasks has it in its condition, and a function in SQL is
-- parsed anew, to be tried in line, by every statement that writes a task.
create or replace function input_assets(p_input json) returns text[] language plpgsql immutable parallel safe as $$
begin
  return (select array_agg(distinct named.parts[1]) from regexp_matches(p_input::text, '"assetId":"([^"\\]+)"', 'g') as named(parts));
end $$;
