-- The one text of a JSON value: no spaces, keys in the order of their UTF-8 bytes, whole numbers as digits. Other numbers, and those that not
-- every reader holds exactly, become text. `canonicalJson` of the domain writes the same.
create or replace function canonical_json(p_value jsonb) returns text language plpgsql immutable parallel safe as $$
declare
  v_number numeric;
begin
  case jsonb_typeof(p_value)
    when 'object' then
      return '{' || coalesce((select string_agg(to_json(key)::text || ':' || case when jsonb_typeof(value) in ('string', 'boolean', 'null') then value::text
                                                                                 else canonical_json(value) end, ',' order by key collate "C")
                              from jsonb_each(p_value)), '') || '}';
    when 'array' then
      return '[' || coalesce((select string_agg(case when jsonb_typeof(value) in ('string', 'boolean', 'null') then value::text
                                               else canonical_json(value) end, ',' order by place)
                              from jsonb_array_elements(p_value) with ordinality as element(value, place)), '') || ']';
    when 'number' then
      v_number := trim_scale((p_value #>> '{}')::numeric);
      return case when scale(v_number) = 0 and abs(v_number) <= 9007199254740991 then v_number::text else to_json(v_number::text)::text end;
    else
      return coalesce(p_value::text, 'null');
  end case;
end $$;
