-- Tasks that wait for their answer on an open connection are not announced: announcing makes commits wait for each other.
create or replace function is_announced(p_endpoint text) returns boolean language sql immutable as $$
  select p_endpoint not in ('chat.completions', 'completions', 'messages', 'responses', 'embeddings', 'moderations', 'audio.speech',
                            'audio.transcriptions', 'audio.translations')
$$;
