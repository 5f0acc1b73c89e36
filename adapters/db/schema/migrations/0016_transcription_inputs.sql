-- Transcriptions are texts whose input is a file.
drop index tasks_input_assets;
create index tasks_input_assets on tasks using gin (input_assets(input))
  where (type <> 'text' or operation = 'transcription') and input_assets(input) is not null;
