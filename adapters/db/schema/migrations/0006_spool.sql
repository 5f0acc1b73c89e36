-- Delivered bytes while the object store is away: rare, and removed as soon as they are stored.
create table spool (
  key text collate "C" primary key,
  bytes bytea not null,
  created_at timestamptz not null default now()
);
