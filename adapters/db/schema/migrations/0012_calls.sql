-- The call log and the usage made of it. Nothing writes them on the way of a generation: a turn of `record_calls` takes what has ended since
-- (events, and what waits in call_inbox) into both, in one transaction with its cursor (docs/decisions, "The call log follows the events").

-- What the log needs of a run and only its request or its call knew.
alter table tasks add column request json, add column first_token_ms int, add column provider_cost bigint check (provider_cost >= 0);

-- Hours of usage are those of the team's clocks.
alter table teams add column time_zone text not null default 'UTC';

-- Partitioned by time, as tasks are: the 32 digits of an id are those of the request's id, else of the task's.
create table calls (
  id text collate "C" primary key,
  task_id text collate "C",
  -- false: an item of a campaign, which no request of its own made
  requested boolean not null,
  endpoint text not null,
  team_id int not null,
  credential_id int not null,
  class text not null,
  project_id int,
  member_id int,
  campaign_id text collate "C",
  template text,
  modality text,
  client text,
  ip text,
  stream boolean not null,
  -- As it was named, known or not.
  model text collate "C" not null,
  served_model text collate "C",
  provider text collate "C",
  attempts smallint not null,
  fallback boolean not null,
  status text not null,
  -- Null: it follows from status, error and stream.
  http_status smallint,
  error_code text,
  usage json,
  cost bigint not null,
  provider_cost bigint not null,
  queue_ms int,
  first_token_ms int,
  total_ms int
) partition by range (id);
create index calls_of_team on calls (team_id, id);
create index calls_of_credential on calls (credential_id, id);
create index calls_of_model on calls (model, id);
create index calls_of_provider on calls (provider, id);
create index calls_not_succeeded on calls (team_id, id) where status <> 'succeeded';
create index calls_of_project on calls (project_id, id) where project_id is not null;
create index calls_of_member on calls (member_id, id) where member_id is not null;

-- What was used in an hour of UTC, by the time of the request, whenever it was settled or refunded. 0 and '': none.
create table usage_hours (
  hour timestamptz not null,
  team_id int not null,
  credential_id int not null,
  class text not null,
  project_id int not null,
  member_id int not null,
  -- '': a name that is no model here
  model text collate "C" not null,
  provider text collate "C" not null,
  campaign_id text collate "C" not null,
  template text collate "C" not null,
  modality text not null,
  requests bigint not null,
  succeeded bigint not null,
  failed bigint not null,
  input_tokens bigint not null,
  output_tokens bigint not null,
  images bigint not null,
  video_ms bigint not null,
  cost bigint not null,
  provider_cost bigint not null,
  primary key (team_id, hour, credential_id, project_id, member_id, model, provider, campaign_id, template, modality)
) with (fillfactor = 80);
create index usage_by_hour on usage_hours (hour);

-- What waits for the next turn: calls that no event tells of (refused ones, and those without a run), and refunds.
create table call_inbox (
  n bigint generated always as identity primary key,
  call json,
  refund_task_id text collate "C",
  refund bigint,
  check ((call is null) <> (refund is null))
);
create trigger refunds after insert on ledger for each row when (new.kind = 'refund') execute function on_ledger_refund();

-- The last event that was taken in. Who takes in locks it.
create table call_cursor (
  only_row boolean primary key default true check (only_row),
  transaction xid8 not null,
  event_id text collate "C" not null,
  -- Calls before it outlived the log's retention.
  kept_from text collate "C" not null default ''
);

do $$
declare
  v_table text := 'calls';
  v_from xid8 := pg_snapshot_xmin(pg_current_snapshot());
  v_ids text[];
  v_after text := '';
begin
  perform new_partition(v_table, 'calls_first');
  execute format('alter table calls attach partition calls_first for values from (minvalue) to (%L)',
                 'call_' || substr(task_key(date_trunc('hour', now()) + interval '2 hours'), 6));
  perform new_partition(v_table, 'calls_rest');
  alter table calls attach partition calls_rest default;
  perform ensure_partitions(v_table, now());

  insert into call_cursor (transaction, event_id) values (v_from, '');
  -- What ended before: all but that of which the events from the cursor on will tell.
  loop
    v_ids := array(
      select t.id from tasks t where t.id > v_after and t.finished_at is not null
        and not exists (select from events e where e.transaction >= v_from and e.task_id = t.id)
      order by t.id limit 5000);
    exit when cardinality(v_ids) = 0;
    perform keep_calls(v_ids, '[]');
    v_after := v_ids[cardinality(v_ids)];
  end loop;
  insert into call_inbox (refund_task_id, refund) select task_id, -spent_delta from ledger where kind = 'refund';
end $$;
