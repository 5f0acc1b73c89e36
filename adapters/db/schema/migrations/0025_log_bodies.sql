-- Bodies of requests and answers, of teams whose policy keeps them: the contents are objects; here is what there is and until when.

-- {"retention_days", "max_bytes", "sample"}; null: none are kept.
alter table teams add column log_bodies jsonb;

create table call_bodies (
  call_id text collate "C" primary key,
  team_id int not null,
  -- of their object; null: they were too large to be kept
  key text,
  -- what opens it
  key_encrypted text,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  check ((key is null) = (key_encrypted is null))
);
create index call_bodies_by_age on call_bodies (team_id, created_at);
create index call_bodies_expiring on call_bodies (expires_at);
