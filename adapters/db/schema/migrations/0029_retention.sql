-- How long records are kept, by kind, team and class of credentials; team_id 0: of all teams, class '': of all classes, days null: for good.
-- What no rule speaks of is kept as the domain says (RETENTION_KINDS), contents of a team as long as its `retention_days`.
create table retention_rules (
  kind text not null,
  team_id int not null default 0,
  class text not null default '',
  days int check (days between 1 and 36500),
  source text not null check (source in ('config', 'api')),
  primary key (kind, team_id, class)
);
create trigger audit after insert or delete or update of days, source
  on retention_rules for each row execute function audit_change('retention', 'days,source');

-- What must not be deleted: all of a team, a task, or a campaign with its items.
create table legal_holds (
  id text collate "C" primary key,
  team_id int,
  task_id text collate "C",
  campaign_id text collate "C",
  reason text not null,
  created_at timestamptz not null default now(),
  released_at timestamptz,
  check (num_nonnulls(team_id, task_id, campaign_id) = 1)
);
create index legal_holds_active on legal_holds (id) where released_at is null;
create trigger audit after insert or delete or update of released_at
  on legal_holds for each row execute function audit_change('hold', 'team_id,task_id,campaign_id,reason,released_at');

-- What went: of each turn that deleted something, by kind and team. team_id 0: of no team.
create table retention_runs (
  started_at timestamptz not null,
  kind text not null,
  team_id int not null,
  rows bigint not null,
  bytes bigint not null,
  ended_at timestamptz not null,
  primary key (started_at, kind, team_id)
);

-- Up to where the calls of a team and class were taken out of the log one by one.
create table call_ends (
  team_id int not null,
  class text not null,
  before_id text collate "C" not null,
  primary key (team_id, class)
);

-- By class too, so that a class with a rule of its own is not looked for among all others.
drop index tasks_with_contents;
create index tasks_with_contents on tasks (team_id, credential_class, finished_at) where finished_at is not null and contents_expired_at is null;
create index histories_by_age on histories (kept_at);
create index histories_of_workflow on histories (workflow_id);

-- Of persons who were erased: what still bears the name of a credential of theirs is gone through part by part.
alter table users add column erased_at timestamptz;
create table erasures (
  user_id int not null,
  credential_id int not null,
  team_id int not null,
  new_name text not null,
  -- The last task that was looked at.
  through text collate "C" not null default '',
  done_at timestamptz,
  primary key (user_id, credential_id)
);
create index erasures_left on erasures (user_id, credential_id) where done_at is null;

-- What a team keeps of bodies is told of in the audit log too.
drop trigger audit on teams;
create trigger audit after insert or delete or update of name, description, retention_days, log_bodies, model_tiers, time_zone, source, enabled,
    callback_secret_encrypted
  on teams for each row
  execute function audit_change('team', 'name,description,retention_days,log_bodies,model_tiers,time_zone,source,enabled,callback_secret_encrypted!');
