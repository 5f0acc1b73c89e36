-- Changes what people know a file by; null leaves it as it is, '' takes the name away.
create or replace function name_asset(p_id text, p_team_id int, p_name text, p_tags text[], p_favourite boolean) returns void language sql as $$
  update assets a set name = changed.name, tags = changed.tags, favourite = coalesce(p_favourite, a.favourite),
                      words = nullif(search_words(concat_ws(' ', changed.name, array_to_string(changed.tags, ' '))), '')
  from (
    select nullif(coalesce(p_name, o.name, ''), '') as name, coalesce(p_tags, o.tags) as tags from assets o where o.id = p_id for update
  ) as changed
  where a.id = p_id and a.deleted_at is null and (p_team_id is null or a.team_id = p_team_id)
$$;
