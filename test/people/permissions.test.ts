import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROLES, type Role } from '../../domain/access/permissions';
import type { Authenticating } from '../../api/deps';
import { createRoutes } from '../../api/http/routes';
import { inParallel } from '../../lib/parallel';
import { ADMIN_KEY, KEYS, useApi } from '../api/support/api';
import { signIn } from './support';

const api = useApi();

const AT_ONCE = 64;

type Cell = 'all' | 'own' | '-';
type Place = 'own' | 'foreign';
type Outcome = 'allowed' | 'forbidden' | 'hidden' | 'unauthenticated';
interface Row {
  readonly method: string;
  readonly path: string;
  readonly cells: Readonly<Record<Role, Cell>>;
}

/** The page is the judge: who changes the tables in code alone is found out. */
const rows: readonly Row[] = [
  ...readFileSync(join(__dirname, '../../docs/permissions.md'), 'utf8').matchAll(/^\| `(\w+) (\S+)` +\| \S+ +\| (.*) \|$/gm),
].map(([, method = '', path = '', cells = '']) => {
  const given = cells.split('|').map((cell) => cell.trim() as Cell);
  return { method, path, cells: Object.fromEntries(ROLES.map((role, index) => [role, given[index]!])) as Record<Role, Cell> };
});

type Headers = Readonly<Record<string, string>>;
const asked: Partial<Record<Role | 'nobody', Headers>> = {};
const things: Record<Place, Record<string, string>> = { own: {}, foreign: {} };

const keyed = (key: string): Headers => ({ authorization: `Bearer ${key}` });

beforeAll(async () => {
  const people = {
    admin: { organisationRole: 'admin' },
    operator: { organisationRole: 'operator' },
    billing: { organisationRole: 'billing' },
    manager: { teams: [{ name: 'studio', role: 'manager' }] },
    creator: { teams: [{ name: 'studio', role: 'creator' }] },
    viewer: { teams: [{ name: 'studio', role: 'viewer' }] },
  } as const;
  for (const [role, changes] of Object.entries(people)) {
    const { cookie, csrf } = await signIn(api, changes);
    asked[role as keyof typeof people] = { cookie, 'x-csrf-token': csrf };
  }
  Object.assign(asked, { nobody: {}, key: keyed(KEYS.site), admin_key: keyed(ADMIN_KEY) });
  for (const [place, key] of [
    ['own', KEYS.site],
    ['foreign', KEYS.other],
  ] as const) {
    const make = async (path: string, body: unknown): Promise<string> => {
      const answer = await api.call('POST', path, { key, body });
      if (answer.body?.id === undefined) throw new Error(`${path}: ${answer.text}`);
      return answer.body.id as string;
    };
    things[place] = {
      tasks: await make('/v1/tasks', { type: 'image', model: 'image-test', input: { prompt: 'a loaf' } }),
      videos: await make('/v1/videos', { model: 'video-test', prompt: 'a loaf' }),
      campaigns: await make('/v1/campaigns', {
        name: 'c',
        start: false,
        defaults: { type: 'image', model: 'image-test' },
        items: [{ key: 'a', input: { prompt: 'hi' } }],
      }),
      team: place === 'own' ? 'studio' : 'rival',
    };
  }
});

/** The thing that a path names, if it is one that tells own from foreign by more than its id. */
function thingOf(path: string): string | null {
  if (path.startsWith('/admin/v1/') && path.includes(':team')) return 'team';
  return /^\/v1\/(tasks|videos|campaigns)\/:id/.exec(path)?.[1] ?? (path === '/v1/video/generations/:id' ? 'videos' : null);
}

/** Asks once, with nothing that could be done: an empty body, names that nobody has. */
async function ask(role: Role | 'nobody', { method, path, cells }: Row, place: Place): Promise<Outcome> {
  const thing = thingOf(path);
  // What would end the thing for those who ask later is asked of one that is not there.
  const ends =
    /DELETE|cancel/.test(`${method} ${path}`) && thing !== 'team' && (place === 'own' || (role !== 'nobody' && cells[role] === 'all'));
  const url = path
    .replace(/[:*]id/, thing === null || ends ? 'nobody' : things[place][thing]!)
    .replace(':team', things[place]['team']!)
    .replaceAll(/:\w+/g, 'nobody');
  const hasBody = ['POST', 'PUT', 'PATCH'].includes(method);
  const response = await fetch(`${api.origin}${url}`, {
    method,
    headers: { ...asked[role], ...(hasBody ? { 'content-type': 'application/json' } : {}) },
    ...(hasBody ? { body: path.endsWith('/remix') ? '{"prompt":"again"}' : '{}' } : {}),
  });
  if (response.ok) {
    await response.body?.cancel();
    return 'allowed';
  }
  const { code, message } = ((await response.json()) as { error: { code: string; message: string } }).error;
  if (response.status === 401) return 'unauthenticated';
  if (response.status === 403 && ['permission_denied', 'admin_required', 'model_not_allowed'].includes(code)) return 'forbidden';
  const named = things[place][thing ?? ''];
  if (response.status === 404 && named !== undefined && /^There is no \w+ "(.*?)"/.exec(message)?.[1] === named) return 'hidden';
  if (response.status === 405 || /^There is no \w+ \//.test(message)) throw new Error(`${method} ${path} is not served.`);
  return 'allowed';
}

function expected(role: Role | 'nobody', { path, cells }: Row, place: Place): Outcome {
  if (role === 'nobody') return 'unauthenticated';
  const seesAllTeams = ['key', 'admin_key', 'admin', 'operator', 'billing'].includes(role);
  if (cells[role] === '-') return place === 'foreign' && thingOf(path) === 'team' && !seesAllTeams ? 'hidden' : 'forbidden';
  return cells[role] === 'own' && place === 'foreign' && thingOf(path) !== null ? 'hidden' : 'allowed';
}

async function wrongAnswers(judged: readonly Row[]): Promise<{ readonly wrong: readonly string[]; readonly asked: number }> {
  const questions = judged.flatMap((row) => {
    const places: readonly Place[] = thingOf(row.path) === null ? ['own'] : ['own', 'foreign'];
    return (['nobody', ...ROLES] as const).flatMap((role) => places.map((place) => ({ row, role, place })));
  });
  // All at once would be more connections than a server lets wait.
  const answers = await inParallel(questions, AT_ONCE, async ({ row, role, place }) => {
    const [found, wanted] = [await ask(role, row, place), expected(role, row, place)];
    return found === wanted ? null : `${row.method} ${row.path}, ${role}, ${place}: ${found}, not ${wanted}`;
  });
  return { wrong: answers.filter((answer) => answer !== null), asked: answers.length };
}

test('every route answers every role as docs/permissions.md says, for own and foreign things', async () => {
  const { wrong, asked: requests } = await wrongAnswers(rows);
  process.stdout.write(`permissions: ${rows.length} routes, ${ROLES.length + 1} roles, ${requests} requests, ${wrong.length} wrong\n`);
  expect(wrong).toEqual([]);
  expect(rows.length).toBeGreaterThan(60);
}, 300_000);

test('a row that says something else than the router does is found', async () => {
  const row = rows.find(({ method, path }) => method === 'GET' && path === '/v1/tasks/:id')!;
  const planted = { ...row, cells: { ...row.cells, viewer: '-', admin_key: 'own', billing: 'all' } as const };
  expect((await wrongAnswers([planted])).wrong).toEqual([
    'GET /v1/tasks/:id, admin_key, foreign: allowed, not hidden',
    'GET /v1/tasks/:id, billing, own: forbidden, not allowed',
    'GET /v1/tasks/:id, billing, foreign: forbidden, not allowed',
    'GET /v1/tasks/:id, viewer, own: allowed, not forbidden',
    'GET /v1/tasks/:id, viewer, foreign: hidden, not forbidden',
  ]);
});

test('a route without a row in the table cannot be registered', () => {
  const routes = createRoutes({} as Authenticating, '/v1');
  expect(() => {
    // @ts-expect-error the path has no row, so it does not compile either
    routes.get('/nowhere', () => undefined);
  }).toThrow('The route GET /v1/nowhere has no row in the permission table.');
});
