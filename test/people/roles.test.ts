import { ADMIN_KEY, useApi } from '../api/support/api';
import type { Answer } from '../support/call';
import { signIn, type Browser } from './support';

const api = useApi({ trustedProxies: ['loopback'] });

const ROLES = ['admin', 'operator', 'billing', 'manager', 'creator', 'viewer'] as const;
type Role = (typeof ROLES)[number];

const TEAM = 'atelier-of-roles';
const people = {} as Record<Role, Browser & { readonly email: string; readonly id: string }>;
let other: { readonly id: string };

beforeAll(async () => {
  const body = { name: TEAM, budget_usd: { monthly: '100' } };
  expect((await api.call('POST', '/admin/v1/teams', { key: ADMIN_KEY, body })).status).toBe(201);
  for (const role of ['admin', 'operator', 'billing'] as const) people[role] = await signIn(api, { organisationRole: role });
  for (const role of ['manager', 'creator', 'viewer'] as const) people[role] = await signIn(api, { teams: [{ name: TEAM, role }] });
  other = await signIn(api);
  const key = { team: TEAM, name: 'site', class: 'production', limits: { monthly_usd: '40' } };
  expect((await api.call('POST', '/admin/v1/keys', { key: ADMIN_KEY, body: key })).status).toBe(201);
}, 60_000);

let made = 0;
const fresh = (what: string): string => `${what}-${String((made += 1))}`;
const chat = { model: 'gpt-test', messages: [{ role: 'user', content: 'Hello' }], max_tokens: 5 };
const team = `/admin/v1/teams/${TEAM}`;
const asTeam = { headers: { 'x-atelier-team': TEAM } };

/** `in part`: without what the row is about. `above`: it is more than the role may give. */
type Verdict = 'yes' | 'no' | 'hidden' | 'in part' | 'above';

function verdictOf({ status }: Answer): Verdict {
  return status === 404 ? 'hidden' : status === 403 ? 'no' : status < 300 ? 'yes' : 'above';
}
const has = (field: string) => (answer: Answer) =>
  answer.status < 300 && answer.body[field] === undefined ? 'in part' : verdictOf(answer);

type Ask = (by: Browser) => Promise<Answer>;
type Row = readonly [what: string, ask: Ask, expected: Readonly<Record<Role, Verdict>>, read?: (answer: Answer) => Verdict];

/** What a role may, in the order admin, operator, billing, manager, creator, viewer. */
const by = (...verdicts: readonly Verdict[]) =>
  Object.fromEntries(ROLES.map((role, place) => [role, verdicts[place]])) as Record<Role, Verdict>;

const ROWS: readonly Row[] = [
  // Organisation roles generate only where they are members.
  [
    'generates',
    (one) => one.call('POST', '/v1/chat/completions', { body: chat, ...asTeam }),
    by('no', 'hidden', 'hidden', 'yes', 'yes', 'no'),
  ],
  ["reads the team's history", (one) => one.call('GET', '/v1/tasks', asTeam), by('yes', 'hidden', 'hidden', 'yes', 'yes', 'yes')],
  [
    'sees what the team spends and may spend',
    (one) => one.call('GET', team),
    by('yes', 'in part', 'yes', 'yes', 'in part', 'in part'),
    has('spent_usd'),
  ],
  ['sees the name of the team', (one) => one.call('GET', team), by('yes', 'yes', 'yes', 'yes', 'yes', 'yes'), has('name')],
  ['sees who is in the team', (one) => one.call('GET', `${team}/members`), by('yes', 'no', 'no', 'yes', 'yes', 'yes')],
  [
    'puts somebody into the team',
    (one) => one.call('PUT', `${team}/members/${other.id}`, { body: { role: 'viewer' } }),
    by('yes', 'no', 'no', 'yes', 'no', 'no'),
  ],
  [
    'invites a manager of the team',
    (one) => invite(one, { teams: [{ name: TEAM, role: 'manager' }] }),
    by('yes', 'no', 'no', 'yes', 'no', 'no'),
  ],
  ['invites an admin', (one) => invite(one, { organisation_role: 'admin' }), by('yes', 'no', 'no', 'no', 'no', 'no')],
  [
    "changes the team's own budget",
    (one) => one.call('PATCH', team, { body: { budget_usd: { monthly: '100' } } }),
    by('yes', 'no', 'yes', 'no', 'no', 'no'),
  ],
  ["changes a class's budget", (one) => classBudget(one, '100'), by('yes', 'no', 'yes', 'yes', 'no', 'no')],
  // A manager stays within the team's.
  ["raises a class's budget above the team's", (one) => classBudget(one, '101'), by('yes', 'no', 'yes', 'above', 'no', 'no')],
  [
    'changes when its days begin',
    (one) => one.call('PATCH', team, { body: { time_zone: 'UTC' } }),
    by('yes', 'no', 'no', 'no', 'no', 'no'),
  ],
  [
    'sees keys with their limits',
    (one) => one.call('GET', `/admin/v1/keys/${TEAM}/site`),
    by('yes', 'no', 'yes', 'yes', 'no', 'no'),
    has('limits'),
  ],
  [
    'makes keys',
    (one) => one.call('POST', '/admin/v1/keys', { body: { team: TEAM, name: fresh('key'), class: 'test' } }),
    by('yes', 'no', 'no', 'yes', 'no', 'no'),
  ],
  ['makes keys that may spend more than the team', (one) => makeRich(one), by('yes', 'no', 'no', 'above', 'no', 'no')],
  [
    'makes projects',
    (one) => one.call('POST', `${team}/projects`, { body: { name: fresh('project') } }),
    by('yes', 'no', 'no', 'yes', 'no', 'no'),
  ],
  ['sees projects', (one) => one.call('GET', `${team}/projects`), by('yes', 'yes', 'yes', 'yes', 'yes', 'yes')],
  [
    "changes the organisation's budget",
    (one) => one.call('PATCH', '/admin/v1/organisation', { body: {} }),
    by('yes', 'no', 'yes', 'no', 'no', 'no'),
  ],
  ['reads usage', (one) => one.call('GET', '/admin/v1/usage'), by('yes', 'yes', 'yes', 'yes', 'no', 'no')],
  ['reads the call log', (one) => one.call('GET', '/admin/v1/logs'), by('yes', 'yes', 'no', 'yes', 'no', 'no')],
  ['sees providers', (one) => one.call('GET', '/admin/v1/providers'), by('yes', 'yes', 'no', 'no', 'no', 'no')],
  ['sees the books', (one) => one.call('GET', '/admin/v1/ledger/verify'), by('yes', 'no', 'yes', 'no', 'no', 'no')],
];

function invite(one: Browser, as: object): Promise<Answer> {
  return one.call('POST', '/admin/v1/users', { body: { email: `${fresh('guest')}@studio.example`, name: 'Guest', ...as } });
}

function classBudget(one: Browser, monthly: string): Promise<Answer> {
  return one.call('PATCH', team, { body: { class_budgets_usd: { test: { monthly } } } });
}

function makeRich(one: Browser): Promise<Answer> {
  return one.call('POST', '/admin/v1/keys', { body: { team: TEAM, name: fresh('rich'), class: 'test', limits: { monthly_usd: '101' } } });
}

describe('Who may', () => {
  it.each(ROWS.map(([what, ...row]) => ({ what, row })))('$what', async ({ row: [ask, expected, read = verdictOf] }) => {
    const found: Partial<Record<Role, Verdict>> = {};
    for (const role of ROLES) found[role] = read(await ask(people[role]));
    expect(found).toEqual(expected);
  });
});

describe('A list', () => {
  it('of teams holds the own ones alone, for those who have no role in the organisation', async () => {
    const names: Partial<Record<Role, readonly string[]>> = {};
    for (const role of ROLES)
      names[role] = (await people[role].call('GET', '/admin/v1/teams')).body.data.map(({ name }: { name: string }) => name);
    for (const role of ['admin', 'operator', 'billing'] as const)
      expect(names[role]).toEqual(expect.arrayContaining([TEAM, 'rival', 'studio']));
    for (const role of ['manager', 'creator', 'viewer'] as const) expect(names[role]).toEqual([TEAM]);
  });

  it("of keys holds a manager's own team alone", async () => {
    const { body } = await people.manager.call('GET', '/admin/v1/keys');
    expect(new Set(body.data.map((key: { team: string }) => key.team))).toEqual(new Set([TEAM]));
    expect((await people.manager.call('GET', '/admin/v1/keys?team=rival')).status).toBe(404);
  });
});
