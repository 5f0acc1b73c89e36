-- People: who they are, what they may do where, and how they sign in. Secrets (session tokens, tokens of links) are stored as SHA-256,
-- passwords as argon2id. Every change that ends or narrows what a person may do is announced, for processes keep copies of sessions.

-- The organisation that runs this installation.
create table organisation (
  only_row boolean primary key default true check (only_row),
  name text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
insert into organisation (name) values ('Atelier');

create table users (
  id int generated always as identity primary key,
  -- 'user_' and 32 hex digits
  public_id text collate "C" not null unique,
  email text collate "C" not null unique check (email = lower(email) and email <> ''),
  name text not null,
  locale text not null default 'en',
  -- IANA name; null: as the browser says
  time_zone text,
  organisation_role text check (organisation_role in ('admin', 'operator', 'billing')),
  -- argon2id in PHC form. Null: none was chosen yet, or the person signs in by OIDC only.
  password_hash text,
  -- issuer and subject of the OIDC provider, "https://issuer#subject"
  oidc_subject text collate "C" unique,
  -- views, columns and tour of the console
  preferences jsonb not null default '{}',
  disabled_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  last_sign_in_at timestamptz
);

create table memberships (
  user_id int not null references users (id) on delete cascade,
  team_id int not null references teams (id),
  role text not null check (role in ('manager', 'creator', 'viewer')),
  -- 'oidc': kept equal to the groups of the person at every sign-in
  source text not null default 'api' check (source in ('api', 'oidc')),
  created_at timestamptz not null default now(),
  primary key (user_id, team_id)
);
create index memberships_of_team on memberships (team_id);

create table projects (
  id int generated always as identity primary key,
  team_id int not null references teams (id),
  name text collate "C" not null,
  source text not null default 'api' check (source in ('config', 'api')),
  archived_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (team_id, name)
);

create table sessions (
  -- SHA-256 of the cookie's token, hex
  token_hash text collate "C" primary key,
  -- 'sess_' and 32 hex digits: names it to its owner
  public_id text collate "C" not null unique,
  user_id int not null references users (id) on delete cascade,
  method text not null check (method in ('password', 'oidc')),
  created_at timestamptz not null default now(),
  -- written at most once a minute
  last_seen_at timestamptz not null default now(),
  expires_at timestamptz not null,
  ip text,
  user_agent text,
  revoked_at timestamptz
);
create index sessions_of_user on sessions (user_id);
create index sessions_by_end on sessions (expires_at);

-- Links that an admin gives out: to choose the first password, or another one.
create table invitations (
  token_hash text collate "C" primary key,
  user_id int not null references users (id) on delete cascade,
  kind text not null check (kind in ('invite', 'reset')),
  -- null: the admin key, or the command line
  created_by int references users (id) on delete set null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz
);
create index invitations_of_user on invitations (user_id);
create index invitations_by_end on invitations (expires_at);

-- Failed sign-ins of late: by account (SHA-256 of the e-mail, known or not) and by address.
create table sign_in_failures (
  kind text not null check (kind in ('account', 'address')),
  key text collate "C" not null,
  -- attempts that failed or are being checked
  attempted_at timestamptz[] not null,
  locked_until timestamptz,
  updated_at timestamptz not null default now(),
  primary key (kind, key)
);
create index sign_in_failures_by_age on sign_in_failures (updated_at);

-- States of OIDC sign-ins that came back: none comes back twice.
create table oidc_states (
  state_hash text collate "C" primary key,
  expires_at timestamptz not null
);

create trigger users_changed after update or delete on users for each row execute function announce_people();
create trigger memberships_changed after insert or update or delete on memberships for each row execute function announce_people();
-- That a session was seen again changes nothing for those who know it.
create trigger sessions_revoked after update of revoked_at or delete on sessions for each row execute function announce_people();
