-- The assets that an input names, null for none. By the text: operators of json would refuse escapes that json keeps. A quote inside a
-- string is escaped, so nothing that a user writes looks like this.
create or replace function input_assets(p_input json) returns text[] language sql immutable parallel safe as $$
  select array_agg(distinct found[1]) from regexp_matches(p_input::text, '"assetId":"([^"\\]+)"', 'g') as found
$$;
