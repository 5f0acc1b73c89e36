-- Whose budgets bind a credential, whether they are set or not.
create or replace function budget_chain(p_credential_ids int[]) returns table (credential_id int, kind text, team_id int, key text)
  language sql stable as $$
  select c.id, link.kind, link.team_id, link.key
  from credentials c cross join lateral (values
    ('credential', c.team_id, c.id::text), ('member', c.team_id, c.owner_id::text), ('project', c.team_id, c.project_id::text),
    ('class', c.team_id, c.class), ('team', c.team_id, ''), ('organisation', 0, '')) as link(kind, team_id, key)
  where c.id = any(p_credential_ids) and link.key is not null
$$;
