-- A text as it is searched: compatibility forms made one (full-width letters, ligatures), lower case, words parted by one space. Every sign beyond
-- ASCII is part of a word unless it is punctuation: what a letter is must not depend on the locale of the server.
create or replace function search_plain(p_text text) returns text language sql immutable parallel safe as $$
  select btrim(regexp_replace(lower(normalize(p_text, nfkc)),
    '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u2000-\u206f\u2e00-\u2e7f\u3000-\u303f\u30fb\ufe10-\ufe1f\ufe30-\ufe6f\uff00-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65]+',
    ' ', 'g'))
$$;
