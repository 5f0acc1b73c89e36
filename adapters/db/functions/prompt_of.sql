-- The beginning of what a task was asked for, for searching: the prompt of an image or video, the last words of the user in a chat, the text of an
-- embedding, a moderation or a speech; null for none. An input that is in the object store keeps its beginning in the row.
create or replace function prompt_of(p_input json) returns text language plpgsql immutable parallel safe as $$
declare
  c_most constant int := 4000;
  v_messages json;
  v_message json;
  v_content json;
begin
  if json_typeof(p_input -> 'prompt') = 'string' then return left(p_input ->> 'prompt', c_most); end if;
  if json_typeof(p_input -> 'input') = 'string' then return left(p_input ->> 'input', c_most); end if;
  v_messages := p_input -> 'messages';
  if json_typeof(v_messages) is distinct from 'array' then return null; end if;
  -- What follows the user's last words are answers of tools; of very many, the user's words are not looked for.
  for v_back in 1 .. 8 loop
    v_message := v_messages -> (-v_back);
    exit when v_message is null;
    continue when v_message ->> 'role' is distinct from 'user';
    v_content := v_message -> 'content';
    if json_typeof(v_content) = 'string' then return left(v_message ->> 'content', c_most); end if;
    if json_typeof(v_content) = 'array' then
      return left((select string_agg(part ->> 'text', ' ') from json_array_elements(v_content) as part where json_typeof(part -> 'text') = 'string'), c_most);
    end if;
  end loop;
  return null;
exception when untranslatable_character or invalid_text_representation then
  -- An escape in the input that the operators of json refuse.
  return null;
end $$;
