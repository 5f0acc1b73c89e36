-- Backups that are being made: until then no object is removed, as the rows that were read may name it (function removals_held).
create table backups (
  id text collate "C" primary key,
  started_at timestamptz not null default now(),
  -- Put off while its process lives.
  held_until timestamptz not null,
  ended_at timestamptz
);

-- Images and videos that had not ended in a backup that was restored. The installation that was backed up may have bought them after the backup, so
-- each of their purchases counts as one whose answer was lost (begin_attempt).
create table restored_tasks (
  task_id text collate "C" primary key
);

-- Ranges of the books that are over: every task in them has ended. They were proved once, and what they add up to stands here, so that a proof reads the
-- rows that came since (money/verify.ts). A range begins and ends with a partition; a refund in it breaks its seal (refund_task).
create table ledger_seals (
  from_key text collate "C" primary key,
  to_key text collate "C" not null,
  entries bigint not null,
  tasks bigint not null,
  -- The sum of the hashes of all rows, whatever their order.
  ledger_hash numeric not null,
  tasks_hash numeric not null,
  -- What the server had counted of changes to the partition.
  changes text not null,
  sealed_at timestamptz not null default now()
);
create table ledger_seal_sums (
  from_key text collate "C" not null references ledger_seals (from_key) on delete cascade,
  account_id int not null,
  granted bigint not null,
  held bigint not null,
  spent bigint not null,
  primary key (from_key, account_id)
);
