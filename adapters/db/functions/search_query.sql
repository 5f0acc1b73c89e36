-- What `q` looks for in `search_words`: every word of it, by its beginning; a run of Chinese or Japanese as it stands. Null: it has no words.
create or replace function search_query(p_q text) returns tsquery language sql immutable parallel safe as $$
  select string_agg(
    case when run[1] is null then left(run[2], 80) || ':*'
         when length(run[1]) = 1 then run[1] || ':*'
         else '(' || (select string_agg(substr(run[1], i, 2), ' <-> ' order by i) from generate_series(1, length(run[1]) - 1) as i) || ')' end,
    ' & ')::tsquery
  from regexp_matches(search_plain(p_q),
    '([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+)|([^ \u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+)',
    'g') as run
$$;
