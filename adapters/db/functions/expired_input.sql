-- An input without its contents: the parameters of images and videos stay, the text of a watermark does not.
create or replace function expired_input(p_type text, p_input json) returns json language plpgsql immutable as $$
declare
  v_operation text := coalesce(substring(p_input::text from '"operation":"(\w+)"'), p_type);
  v_output jsonb := '{}';
begin
  if v_operation = 'transcription' then
    return json_build_object('operation', v_operation, 'isTranslation', false, 'params', json_build_object(),
                             'file', json_build_object('assetId', '', 'filename', '', 'sizeBytes', 0, 'seconds', null));
  end if;
  if p_type = 'text' then
    return case when v_operation in ('embedding', 'moderation', 'speech')
                                then json_build_object('operation', v_operation, 'input', '', 'voice', '', 'params', json_build_object())
                            else json_build_object('operation', 'chat', 'messages', json_build_array(), 'params', json_build_object()) end;
  end if;
  begin
    v_output := coalesce((p_input -> 'output')::jsonb, '{}') - 'watermark';
  exception when others then
    -- An escape in the input that the operators refuse.
    null;
  end;
  return json_build_object('operation', p_type, 'prompt', '', 'images', json_build_array(), 'output', v_output, 'params', json_build_object());
end $$;
