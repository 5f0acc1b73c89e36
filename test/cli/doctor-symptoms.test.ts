import { startFaultyProxy, type Faults } from './support/faulty-proxy';
import { useInstallation } from './support/installation';
import { cli } from './support/run-cli';

const installation = useInstallation();
const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

interface Step {
  readonly name: string;
  readonly ok: boolean | null;
  readonly message: string;
  readonly advice: readonly string[];
}

/** What the doctor says of a path to the installation. */
async function examine(faults: Faults, ...more: readonly string[]): Promise<readonly Step[]> {
  const { origin, stop } = await startFaultyProxy(installation.atelier.origin, faults);
  stops.push(stop);
  const result = await cli(['doctor', '--base-url', `${origin}/v1`, '--key', installation.atelier.keys.production, '--json', ...more]);
  return (result.json() as { steps: readonly Step[] }).steps;
}

const wrong = (steps: readonly Step[]): readonly Step[] => steps.filter(({ ok }) => ok === false);
const path = (url: string | undefined): string => url ?? '';

test('behind a proxy that does everything right nothing is wrong, with a tool call and an image too', async () => {
  const steps = await examine({}, '--full');

  expect(wrong(steps)).toEqual([]);
  expect(steps.map(({ name }) => name).slice(-4)).toEqual(['responses', 'messages', 'tools', 'image']);
}, 60_000);

test.each<[string, Faults, string, RegExp, RegExp, readonly string[]]>([
  [
    'redirects doubled slashes away',
    {
      answers: (request, response) => {
        if (!path(request.url).startsWith('//')) return false;
        response.writeHead(301, { location: path(request.url).replaceAll('//', '/') }).end();
        return true;
      },
    },
    'paths',
    /redirects to \/v1\/models/,
    /without redirects/,
    [],
  ],
  [
    'knows only /v1',
    {
      answers: (request, response) => {
        if (/^\/(v1(?!\/v1)|healthz|readyz|dashboard)/.test(path(request.url))) return false;
        response.writeHead(404).end('<h1>404</h1>');
        return true;
      },
    },
    'paths',
    /answered with status 404/,
    /pass every path on/,
    [],
  ],
  [
    'drops x-api-key',
    {
      toAtelier: ({ 'x-api-key': _, ...rest }) => rest,
    },
    'paths',
    /x-api-key is refused/,
    /Claude Code/,
    [],
  ],
  [
    'asks for a key at preflights',
    {
      answers: (request, response) => {
        if (request.method !== 'OPTIONS') return false;
        response.writeHead(401).end();
        return true;
      },
    },
    'cors',
    /answered with status 401/,
    /without asking for a key/,
    [],
  ],
  [
    'drops the headers of errors',
    {
      toClient: ({ 'access-control-allow-origin': allowed, ...rest }, status) =>
        status < 400 && allowed !== undefined ? { ...rest, 'access-control-allow-origin': allowed } : rest,
    },
    'cors',
    /Failed to fetch/,
    /always/,
    [],
  ],
  [
    'allows another page',
    { toClient: (headers) => ({ ...headers, 'access-control-allow-origin': 'https://other.example' }) },
    'cors',
    /Pages of https:\/\/chat\.example may not call/,
    /ATELIER_CORS_ORIGINS/,
    ['--origin', 'https://chat.example'],
  ],
  [
    'adds nulls to the list of models',
    { body: (text, request) => (path(request.url) === '/v1/models' ? text.replaceAll('"owned_by":"atelier"', '"owned_by":null') : text) },
    'models',
    /owned_by is null/,
    /changes bodies/,
    [],
  ],
])('a proxy that %s is found', async (_title, faults, step, message, advice, more) => {
  const found = wrong(await examine(faults, ...more));

  expect(found.map(({ name }) => name)).toContain(step);
  const finding = found.find(({ name }) => name === step);
  expect(finding?.message).toMatch(message);
  expect(finding?.advice.join(' ')).toMatch(advice);
});

test('Cloudflare in between is named, with what to do about long answers', async () => {
  const steps = await examine({ toClient: (headers) => ({ ...headers, 'cf-ray': '8a1-FRA' }) });

  expect(wrong(steps)).toEqual([]);
  expect(steps.find(({ name }) => name === 'healthz')?.advice.join(' ')).toContain('100 s');
});

test('an address of this machine is told to containers and clouds', async () => {
  const steps = await examine({});

  expect(steps.find(({ name }) => name === 'name')?.advice.join(' ')).toMatch(/host\.docker\.internal:\d+\/v1/);
});

test.each([
  ['openai/words', 'Did you mean words?'],
  ['words-thinking', 'Did you mean words?'],
  ['gpt-nobody', 'atelier models list'],
])('the model %s, which the key does not have, is told from the list', async (name, advice) => {
  const found = wrong(await examine({}, '--model', name));

  expect(found[0]).toMatchObject({ name: 'models', message: expect.stringContaining('is not among') });
  expect(found[0]?.advice.join(' ')).toContain(advice);
});

test('a budget that is used up, and a rate, are told apart', async () => {
  const { operator, atelier } = installation;
  const make = async (...args: readonly string[]): Promise<string> =>
    ((await cli(['keys', 'create', ...args, '--team', 'sample', '--json'], { env: operator })).json() as { key: string }).key;
  const [poor, slow] = [await make('poor', '--limit', '0'), await make('slow', '--rpm', '1')];
  const look = async (key: string): Promise<readonly Step[]> =>
    ((await cli(['doctor', '--base-url', atelier.baseUrl, '--key', key, '--json'])).json() as { steps: readonly Step[] }).steps;

  expect(wrong(await look(poor)).map(({ name }) => name)).toEqual(['budget', 'chat', 'stream']);
  const limited = wrong(await look(slow));
  expect(limited.map(({ name }) => name)).toEqual(['stream']);
  expect(limited[0]?.message).toContain('rate_limit_exceeded');
  expect(limited[0]?.advice.join(' ')).toContain('waits for its turn');
});
