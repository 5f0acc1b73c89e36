-- Budgets nest: organisation, team, class of a team, project, member, credential, campaign; each in all, by month and by day in the team's
-- time zone. `budgets` holds what was set, `accounts` the balances, one row for each budget and period. A credential's totals, those of its
-- class, team, project and owner are always kept; any other account only while a budget limits it.
-- Order of locks everywhere, from here on: accounts by id, then tasks by id, then campaigns by id. All that moves money of a team locks the
-- team's own account (kind team, in all), so whoever holds it sees none of the team's balances or open tasks' accounts change.

alter table accounts
  drop constraint accounts_kind_check,
  drop constraint accounts_kind_team_id_key_key,
  -- '' (in all), '2026-11' or '2026-11-29'
  add column period text collate "C" not null default '',
  add column starts_at timestamptz not null default '-infinity',
  add column ends_at timestamptz not null default 'infinity',
  -- of a team's own account: rises when other accounts bind the team's credentials than before
  add column bindings bigint not null default 0,
  -- when its balance was last counted from the tasks; null: it was kept from the first task on
  add column counted_at timestamptz,
  -- what has to be spent for the next warning; null: none is due
  add column warn_at bigint;
update accounts set kind = 'team', key = '', period = key,
    starts_at = (key || '-01')::timestamp at time zone 'utc',
    ends_at = ((key || '-01')::timestamp + interval '1 month') at time zone 'utc'
  where kind = 'month';
-- key: organisation and team: ''; class: its name; project, member (a user) and credential: the id; campaign: its id. team_id of the
-- organisation: 0.
alter table accounts
  add constraint accounts_kind_check check (kind in ('organisation', 'team', 'class', 'project', 'member', 'credential', 'campaign')),
  add constraint accounts_kind_team_id_key_period_key unique (kind, team_id, key, period);
insert into accounts (kind, team_id, key) values ('organisation', 0, '');
insert into accounts (kind, team_id, key) select 'team', id, '' from teams order by id on conflict do nothing;

create table budgets (
  kind text not null check (kind in ('organisation', 'team', 'class', 'project', 'member', 'credential')),
  team_id int not null,
  key text collate "C" not null,
  period text not null check (period in ('total', 'monthly', 'daily')),
  limit_micro_usd bigint not null check (limit_micro_usd >= 0),
  -- what grants and transfers add to the limit now (total only)
  credit_micro_usd bigint not null default 0,
  -- spent + held of the account when grants were last charged with it
  charged_through bigint not null default 0,
  -- per cent of the limit that are told when they are spent; they stop nothing
  warn_percent int[] not null default '{}',
  updated_at timestamptz not null default now(),
  primary key (kind, team_id, key, period)
);
insert into budgets (kind, team_id, key, period, limit_micro_usd)
  select kind, team_id, key, 'total', granted from accounts where limited and kind in ('team', 'class', 'credential') and period = '';
insert into budgets (kind, team_id, key, period, limit_micro_usd)
  select 'team', id, '', 'monthly', monthly_limit_micro_usd from teams where monthly_limit_micro_usd is not null;

alter table teams drop column monthly_limit_micro_usd;
alter table credentials drop column limit_micro_usd;
-- IANA name: when the team's months and days begin
alter table teams add column if not exists time_zone text not null default 'UTC';

-- Prepaid credit on top of a team's total budget. What is spent is charged to the grant that ends first, and to the budget last.
create table grants (
  id text collate "C" primary key,
  team_id int not null,
  amount bigint not null check (amount > 0),
  used bigint not null default 0 check (used between 0 and amount),
  expires_at timestamptz,
  -- when what was left of it was taken back
  lapsed_at timestamptz,
  note text,
  created_at timestamptz not null default now()
);
create index grants_open on grants (team_id, expires_at) where lapsed_at is null;

create table transfers (
  id text collate "C" primary key,
  from_team_id int not null,
  to_team_id int not null,
  amount bigint not null check (amount > 0),
  note text,
  created_at timestamptz not null default now()
);
create index transfers_from on transfers (from_team_id);
create index transfers_to on transfers (to_team_id);

-- Each warning once: of an account, a share of its limit, and that limit.
create table budget_warnings (
  id bigint generated always as identity primary key,
  account_id int not null,
  percent int not null,
  limit_micro_usd bigint not null,
  spent_micro_usd bigint not null,
  at timestamptz not null default now(),
  unique (account_id, percent, limit_micro_usd)
);
create trigger warnings before update on accounts for each row when (new.spent >= new.warn_at) execute function warn_of_budget();

-- Which accounts bind a credential, as it was when they were looked up: good until then, for this class, project and owner, and while the
-- team's account has this many `bindings`.
create table credential_accounts (
  credential_id int primary key,
  account_ids int[] not null,
  team_account_id int not null,
  bindings bigint not null,
  valid_until timestamptz not null,
  class text not null,
  project_id int,
  owner_id int
);

alter table tasks
  -- of the credential when the task was admitted
  add column project_id int,
  add column owner_id int,
  -- given back of `actual`
  add column refunded bigint not null default 0 check (refunded >= 0);
update tasks t set refunded = given.back
  from (select task_id, -sum(spent_delta) as back from ledger where kind = 'refund' group by 1) as given where t.id = given.task_id;

alter table campaigns
  -- the budget that paused it; null: another reason, or none
  add column status_details json;
