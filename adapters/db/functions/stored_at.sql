-- The key of the object that holds a task's input or text result, when the row only names it; null for the content itself. By the beginning of
-- the text, which is ours: a user's own "storedAt" stands further inside.
create or replace function stored_at(p_content json) returns text language sql immutable parallel safe as $$
  select substring(p_content::text from '^\{(?:"operation":"\w+",)?"storedAt":"(contents/task_[0-9a-f]+/\w+)"')
$$;
