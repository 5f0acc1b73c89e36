-- Accounts and the books. Money is micro-US-dollars (bigint).
-- Order of locks everywhere: tasks by id, then accounts by id, then campaigns by id.

create table accounts (
  id int generated always as identity primary key,
  kind text not null check (kind in ('credential', 'class', 'team', 'month', 'campaign')),
  team_id int not null,
  -- credential: its id; class: its name; team: ''; month: '2026-11' (UTC); campaign: its id
  key text collate "C" not null,
  limited boolean not null default false,
  granted bigint not null default 0 check (granted >= 0),
  held bigint not null default 0 check (held >= 0),
  spent bigint not null default 0 check (spent >= 0),
  created_at timestamptz not null default now(),
  unique (kind, team_id, key)
  -- Balances change with every generation and no index holds them, so that changes stay within the page.
) with (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

-- Rows are found by their operation key; the number only tells their order.
create sequence ledger_numbers as bigint;

-- One row per movement; a balance is the sum of its rows, always.
-- Partitioned by time (0006): a movement of a task begins with the task's id, movements of accounts sort before all of these.
create table ledger (
  id bigint not null default nextval('ledger_numbers'),
  -- '<task>:reserve', '<task>:settle' (kind settle or release: a task closes once), '<task>:refund:<reason>', 'account:<id>:grant:<n>',
  -- 'account:<id>:carried:<partition>'
  operation_key text collate "C" not null unique,
  kind text not null check (kind in ('grant', 'reserve', 'settle', 'release', 'refund', 'adjust')),
  task_id text collate "C",
  account_ids int[] not null,
  granted_delta bigint not null default 0,
  held_delta bigint not null default 0,
  spent_delta bigint not null default 0,
  note text,
  created_at timestamptz not null default now()
) partition by range (operation_key);

alter sequence ledger_numbers owned by ledger.id;

create trigger ledger_is_append_only before update or delete or truncate on ledger
  for each statement execute function refuse_ledger_change();
