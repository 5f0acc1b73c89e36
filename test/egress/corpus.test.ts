import { createEgress } from '../../adapters/egress';
import { isAppError } from '../../domain/errors';
import corpus from './corpus.json';
import { startServer, type TestServer } from './server';

interface Entry {
  readonly url: string;
  readonly why: string;
  /** What the name server answers; absent: a public address, so that no entry is refused only because its name is unknown. */
  readonly resolves?: readonly string[];
}

const ENTRIES: readonly Entry[] = corpus;
const PUBLIC_ADDRESS = '93.184.216.34';
const POST = { headers: {}, body: '{}', timeoutMs: 2_000 };
const GET = { maxBytes: 1_000, timeoutMs: 2_000 };

let four: TestServer;
let six: TestServer;

beforeAll(async () => {
  four = await startServer();
  six = await startServer(undefined, { host: '::1', port: four.port });
});

afterAll(async () => {
  await Promise.all([four.close(), six.close()]);
});

function egressFor(entry: Entry, rules: { allowLoopback: boolean; forbiddenPorts: readonly number[] }) {
  return createEgress({
    allowLoopback: rules.allowLoopback,
    forbiddenPorts: () => rules.forbiddenPorts,
    resolve: async () => entry.resolves ?? [PUBLIC_ADDRESS],
  });
}

/** The entries that were let through by any of the three doors, with what happened instead of a refusal. */
async function letThrough(rules: { allowLoopback: boolean; forbiddenPorts: readonly number[] }): Promise<string[]> {
  const through: string[] = [];
  for (const entry of ENTRIES) {
    const url = entry.url.replaceAll('{port}', String(four.port));
    const egress = egressFor(entry, rules);
    const doors = {
      check: () => egress.check(url, 'callback_url'),
      fetch: () => egress.fetch(url, GET),
      post: () => egress.post(url, POST),
    };
    for (const [door, open] of Object.entries(doors)) {
      const outcome = await open().then(
        () => 'called',
        (error: unknown) => (isAppError(error) ? error.code : 'another error'),
      );
      const refusals = entry.resolves?.length === 0 ? ['invalid_url', 'input_fetch_failed'] : ['invalid_url'];
      if (!refusals.includes(outcome)) {
        through.push(`${door} ${JSON.stringify(url)} (${entry.why}): ${outcome}`);
      }
    }
  }
  return through;
}

test('the corpus holds at least 130 URLs, each with its reason', () => {
  expect(ENTRIES.length).toBeGreaterThanOrEqual(130);
  expect(ENTRIES.filter((entry) => entry.why === '')).toEqual([]);
  expect(new Set(ENTRIES.map((entry) => entry.url)).size).toBe(ENTRIES.length);
});

test('none of the corpus is checked, fetched or posted to where loopback is not allowed', async () => {
  expect(await letThrough({ allowLoopback: false, forbiddenPorts: [] })).toEqual([]);
  expect(four.connections() + six.connections()).toBe(0);
});

test('where loopback is allowed, no spelling of it reaches a port of the installation', async () => {
  expect(await letThrough({ allowLoopback: true, forbiddenPorts: [four.port] })).toEqual([]);
  expect(four.connections() + six.connections()).toBe(0);
});

test.each([
  'https://example.com/hook',
  'https://EXAMPLE.com/hook?a=1&b=2#c',
  'https://example.com:8443/a%20b/%F0%9F%98%80',
  'https://example.com:443/',
  'https://bücher.example/straße',
  'https://xn--bcher-kva.example/',
  'https://a-b_c.example.co.uk/',
  'https://8.8.8.8/',
  'https://[2606:4700:4700::1111]/',
  'https://bucket.s3.eu-central-1.amazonaws.com/key?X-Amz-Signature=0123&at=user@example.com',
])('an ordinary public URL is let through: %s', async (url) => {
  const egress = createEgress({ allowLoopback: false, forbiddenPorts: () => [four.port], resolve: async () => [PUBLIC_ADDRESS] });

  await expect(egress.check(url, 'callback_url')).resolves.toBeUndefined();
});

test.each(['http://127.0.0.1:{port}/', 'http://localhost:{port}/', 'http://hooks.localhost:{port}/', 'http://[::1]:{port}/'])(
  'a loopback URL is called where loopback is allowed and the port is free: %s',
  async (template) => {
    const egress = createEgress({ allowLoopback: true, forbiddenPorts: () => [1] });

    const answer = await egress.post(template.replace('{port}', String(four.port)), POST);

    expect(answer).toMatchObject({ status: 200, excerpt: 'ok' });
  },
);

test('a refusal names the field and the fault, and never the credentials', async () => {
  const egress = createEgress({ allowLoopback: false, forbiddenPorts: () => [] });

  const error = await egress.check('https://user:hunter2@example.com/', 'input.images[0].url').catch((thrown: unknown) => thrown);

  expect(error).toMatchObject({ code: 'invalid_url', facts: { param: 'input.images[0].url' } });
  expect(String(error)).toContain('input.images[0].url');
  expect(String(error)).not.toContain('hunter2');
});

test('a name that does not resolve is a refusal that says so', async () => {
  const egress = createEgress({ allowLoopback: false, forbiddenPorts: () => [], resolve: () => Promise.reject(new Error('ENOTFOUND')) });

  await expect(egress.check('https://no-such-name.example/', 'callback_url')).rejects.toMatchObject({
    code: 'invalid_url',
    message: expect.stringContaining('does not resolve') as string,
  });
});
