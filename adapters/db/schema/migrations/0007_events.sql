-- What has ended, told once: a row is written in the transaction of the end, and nothing else tells a listener. Listeners in SQL are
-- triggers of this table (functions/on_event_<name>.sql) and act in that transaction too; others may follow the rows
-- (docs/decisions, "One port for events"). Events carry ids and what listeners are chosen by, no contents.

create table events (
  -- Followers read in the order of the key, up to the oldest transaction that has not ended.
  transaction xid8 not null default pg_current_xact_id(),
  -- 'evt_' and 32 hex digits; a task's event has the task's digits
  id text collate "C" not null,
  -- one of EVENT_TYPES (domain/events/event.ts)
  type text not null,
  -- the task that ended; null: the event is the campaign's own
  task_id text collate "C",
  -- the campaign, also the one that the task is an item of
  campaign_id text collate "C",
  team_id int not null,
  -- A callback_url was given for it.
  has_callback boolean not null,
  -- Somebody may wait for it elsewhere than on the connection of its request (function is_announced).
  announced boolean not null,
  at timestamptz not null default now(),
  primary key (transaction, id)
);

-- They fire in the order of their names. A condition spares the call of a function for every generation that it is not about.
create trigger callbacks after insert on events for each row when (new.has_callback) execute function on_event_callbacks();
create trigger campaign_items after insert on events for each row when (new.task_id is not null and new.campaign_id is not null)
  execute function on_event_campaign_items();
create trigger changes after insert on events for each row when (new.announced) execute function on_event_changes();
