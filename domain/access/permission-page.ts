import { PERMISSIONS, reachOf, ROLES, type Action, type Role } from './permissions';
import { ROUTES, type RouteName } from './routes';

/** What a caller finds at a route: `all`, `own` (their team's things; foreign ones do not exist for them) or `-` (403). */
export type Cell = 'all' | 'own' | '-';

/** The roles of a person, and what else a request may come with. */
const HEADINGS: Readonly<Record<Role, string>> = {
  key: 'team key',
  admin_key: 'admin key',
  admin: 'admin',
  operator: 'operator',
  billing: 'billing',
  manager: 'manager',
  creator: 'creator',
  viewer: 'viewer',
};

/** docs/permissions.md: every route with who may use it, from the tables that the router enforces. */
export function permissionPage(): string {
  const open = namesOf((row) => row === 'open');
  const personal = namesOf((row) => row === 'signed_in');
  const rows = (Object.entries(ROUTES) as [RouteName, Action | 'open' | 'signed_in'][]).filter(([, row]) => isAction(row));
  return [
    '# Permissions',
    '',
    '<!-- Written by `npm run docs:permissions` from domain/access/routes.ts and permissions.ts. -->',
    '',
    'Every route of the API with who may use it. The router enforces this table: a route without a row cannot be registered.',
    '',
    '- **own**: things of the own team (a key) or of the teams in which the person has the role. Foreign things are answered 404.',
    '- **all**: things of every team.',
    '- **-**: 403, `permission_denied` for a person, `admin_required` or `model_not_allowed` for a key.',
    '',
    'Without a key or session all of them answer 401. A person with several roles may do what any of them may. `admin`, `operator` and `billing` are',
    'roles in the organisation, `manager`, `creator` and `viewer` in a team. What some roles see or change less of is said at the routes',
    'in [people](people.md) and in `/openapi.json`.',
    '',
    `| route | action | ${ROLES.map((role) => HEADINGS[role]).join(' | ')} |`,
    `| --- | --- | ${ROLES.map(() => '---').join(' | ')} |`,
    ...rows.map(([name, action]) => `| \`${name}\` | ${action} | ${ROLES.map((role) => cellOf(role, action as Action)).join(' | ')} |`),
    '',
    '## For whoever is signed in',
    '',
    ...personal.map((name) => `- \`${name}\``),
    '',
    '## Without a key',
    '',
    'What these serve is for everybody, or the address is the key.',
    '',
    ...open.map((name) => `- \`${name}\``),
    '',
  ].join('\n');
}

function namesOf(isWanted: (row: string) => boolean): readonly string[] {
  return Object.entries(ROUTES).flatMap(([name, row]) => (isWanted(row) ? [name] : []));
}

function isAction(row: string): row is Action {
  return Object.hasOwn(PERMISSIONS, row);
}

function cellOf(role: Role, action: Action): Cell {
  return reachOf(role, action) ?? '-';
}
