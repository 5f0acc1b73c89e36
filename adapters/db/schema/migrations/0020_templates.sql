-- Templates and the index of their versions, whose bodies are objects.
create table templates (
  id text collate "C" primary key,
  team_id int not null,
  name text collate "C" not null,
  type text not null check (type in ('text', 'image', 'video')),
  visibility text not null check (visibility in ('team', 'organisation')),
  published_version int,
  archived_at timestamptz,
  versions int not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by text not null,
  -- What lists show of the newest version. json keeps the inputs in their order.
  newest json not null,
  tags text[] not null,
  unique (team_id, name),
  check (published_version between 1 and versions)
);
create index templates_of_team on templates (team_id, id);
create index templates_shared on templates (name, id) where visibility = 'organisation';

-- Never changed, never removed.
create table template_versions (
  template_id text collate "C" not null references templates,
  version int not null check (version >= 1),
  key text collate "C" not null,
  sha256 text not null,
  bytes int not null,
  created_at timestamptz not null default now(),
  created_by text not null,
  primary key (template_id, version)
);

-- Files that a version names: no retention ends them.
create table template_assets (
  asset_id text collate "C" not null,
  template_id text collate "C" not null,
  version int not null,
  primary key (asset_id, template_id, version)
);

-- Which template an item was rendered from: {"name", "version"}.
alter table campaign_items add column template json;

-- Lists of what a template made. The function reads its name from the facts of the request.
create index tasks_of_template on tasks (team_id, (request ->> 'template'), id) where request ->> 'template' is not null;
