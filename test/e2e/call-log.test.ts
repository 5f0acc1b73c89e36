import { eventually } from '../support/eventually';
import { type FakeProvider, startFakeProvider } from '../support/fake-provider';
import { startAtelier, type TestAtelier } from '../support/stack';

let fake: FakeProvider;
let atelier: TestAtelier;

beforeAll(async () => {
  fake = await startFakeProvider();
  atelier = await startAtelier({
    config: `providers:
  - { name: fake, kind: openai, base_url: "${fake.baseUrl}", max_concurrency: 64 }
models:
  - { name: text, modality: text, price: { input_per_1m_usd: "1", output_per_1m_usd: "2" }, routes: [{ provider: fake, model: fake-text }] }
`,
  });
  Object.assign(fake.behaviour, { thinkMs: 5, tokenMs: 1, tokens: 8 });
}, 180_000);

afterAll(async () => {
  await atelier.stop();
  await fake.close();
}, 90_000);

const messages = [{ role: 'user', content: 'hello' }];
/** What is asked for, again and again: generations, and all kinds of requests without a run. */
const KINDS: Readonly<
  Record<string, { readonly path: string; readonly body: object; readonly headers?: Readonly<Record<string, string>> }>
> = {
  chat: { path: '/v1/chat/completions', body: { model: 'text', messages } },
  stream: { path: '/v1/chat/completions', body: { model: 'text', messages, stream: true } },
  repeat: { path: '/v1/chat/completions', body: { model: 'text', messages }, headers: { 'idempotency-key': 'again' } },
  unknown: { path: '/v1/chat/completions', body: { model: 'no-such-model', messages } },
  invalid: { path: '/v1/responses', body: { model: 'text' } },
  count: { path: '/v1/messages/count_tokens', body: { model: 'text', messages } },
};

interface Answered {
  readonly kind: string;
  readonly requestId: string;
}

/** Asks from many clients at once until stopped; answers every request whose answer was read to its end. */
function startLoad(clients: number): { readonly answered: Answered[]; stop(): Promise<void> } {
  const answered: Answered[] = [];
  let isStopped = false;

  async function client(kind: string): Promise<void> {
    const { path, body, headers } = KINDS[kind]!;
    while (!isStopped) {
      try {
        const response = await fetch(`${atelier.origin}${path}`, {
          method: 'POST',
          headers: { authorization: `Bearer ${atelier.keys.production}`, 'content-type': 'application/json', ...headers },
          body: JSON.stringify(body),
        });
        const requestId = response.headers.get('x-request-id');
        await response.text();
        if (requestId !== null) answered.push({ kind, requestId });
      } catch {
        // The api is gone, or went while it answered.
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
  }

  const running = Object.keys(KINDS).flatMap((kind) => Array.from({ length: clients }, () => client(kind)));
  return {
    answered,
    async stop() {
      isStopped = true;
      await Promise.all(running);
    },
  };
}

/** Ids of all requests in the log. */
async function loggedRequests(): Promise<readonly string[]> {
  const response = await fetch(`${atelier.origin}/admin/v1/logs?format=csv`, { headers: { authorization: `Bearer ${atelier.adminKey}` } });
  const [head = '', ...rows] = (await response.text()).trimEnd().split('\r\n');
  const column = head.split(',').indexOf('request_id');
  return rows.map((row) => row.split(',')[column]!);
}

test('the api is killed under load, three times: every answered request is in the log, once', async () => {
  const load = startLoad(2);
  const countOf = (kind: string): number => load.answered.filter((one) => one.kind === kind).length;
  try {
    for (let kill = 1; kill <= 3; kill += 1) {
      const before = Object.fromEntries(Object.keys(KINDS).map((kind) => [kind, countOf(kind)]));
      await eventually(() => Object.keys(KINDS).every((kind) => countOf(kind) >= before[kind]! + 10), { withinMs: 60_000 });
      await atelier.kill('api', 'SIGKILL');
      await atelier.restart('api');
    }
  } finally {
    await load.stop();
  }

  // Runs that the dead api was at are ended by the living one.
  let logged: readonly string[] = [];
  let known = new Set<string>();
  const missing = (): readonly Answered[] => load.answered.filter(({ requestId }) => !known.has(requestId));
  await eventually(
    async () => {
      logged = await loggedRequests();
      known = new Set(logged);
      return missing().length === 0;
    },
    { withinMs: 60_000, everyMs: 1_000 },
  ).catch(() => undefined);
  const counts = Object.keys(KINDS).map((kind) => `${kind} ${countOf(kind)}`);
  process.stdout.write(
    `call log: ${load.answered.length} answered (${counts.join(', ')}), ${logged.length} logged, ${missing().length} missing\n`,
  );
  expect(missing()).toEqual([]);
  expect(known.size).toBe(logged.length);
}, 300_000);
