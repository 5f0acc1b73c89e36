-- The words of a text with their places, for `@@ search_query(…)`. Chinese and Japanese are written without spaces: each two characters that follow
-- each other are a word (the last one alone, too), so that any part of a run is found as a phrase.
create or replace function search_words(p_text text) returns tsvector language plpgsql immutable parallel safe as $$
declare
  c_unspaced constant text := '[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]';
  v_text text := search_plain(coalesce(p_text, ''));
begin
  if v_text ~ c_unspaced then
    -- Characters are told apart by their numbers, as a regular expression for each would be dear.
    v_text := (
      select string_agg(case when is_unspaced and next_unspaced then sign || next_sign || ' '
                             when is_unspaced <> next_unspaced then sign || ' ' else sign end, '' order by n)
      from (
        select sign, n, is_unspaced, lead(sign) over turn as next_sign, coalesce(lead(is_unspaced) over turn, false) as next_unspaced
        from (
          select sign, n, code between 12352 and 12543 or code between 13312 and 19903 or code between 19968 and 40959
                       or code between 63744 and 64255 or code between 131072 and 262143 as is_unspaced
          from string_to_table(v_text, null) with ordinality as s(sign, n) cross join lateral (select ascii(sign) as code) as c
        ) as told window turn as (order by n)
      ) as signs);
  end if;
  return coalesce((
    select string_agg(left(word, 80) || ':' || least(place, 16383), ' ')
    from (select word, row_number() over (order by n) as place from string_to_table(v_text, ' ') with ordinality as w(word, n) where word <> '') as placed
  ), '')::tsvector;
end $$;
