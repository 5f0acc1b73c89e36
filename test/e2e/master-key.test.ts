import { randomBytes } from 'node:crypto';
import { cli } from '../cli/support/run-cli';
import { callApi } from '../support/call';
import { startFakeProvider, type FakeProvider } from '../support/fake-provider';
import { startAtelier, type TestAtelier } from '../support/stack';

let fake: FakeProvider;
let atelier: TestAtelier;

beforeAll(async () => {
  fake = await startFakeProvider();
  atelier = await startAtelier({
    copies: 2,
    env: { FAKE_KEY: 'fake-key-0123456789', ATELIER_DRAIN_GRACE_MS: '500' },
    config: `providers:
  - { name: fake, kind: openai, base_url: "${fake.baseUrl}", api_key: "\${FAKE_KEY}" }
models:
  - { name: words, modality: text, price: { input_per_1m_usd: "1", output_per_1m_usd: "2" }, routes: [{ provider: fake, model: fake-text }] }
`,
  });
}, 180_000);

afterAll(async () => {
  await atelier.stop();
  await fake.close();
}, 90_000);

/** Asks for a chat and for a team's secret again and again, which both need a secret decrypted; answers what was refused. */
function startRequests(): { stop(): Promise<readonly string[]>; count(): number } {
  const refused: string[] = [];
  let isStopping = false;
  let answered = 0;
  const again = async (method: string, path: string, key: string, body?: object): Promise<void> => {
    while (!isStopping) {
      const answer = await callApi(`${atelier.origin}${path}`, method, { key, ...(body === undefined ? {} : { body }) });
      answered += 1;
      if (answer.status !== 200) refused.push(`${method} ${path}: ${String(answer.status)} ${answer.text}`);
    }
  };
  const chat = { model: 'words', messages: [{ role: 'user', content: 'hello' }] };
  const loops = [
    again('POST', '/v1/chat/completions', atelier.keys.production, chat),
    again('GET', '/admin/v1/teams/sample/callback_secret', atelier.adminKey),
  ];
  return {
    count: () => answered,
    async stop() {
      isStopping = true;
      await Promise.all(loops);
      return refused;
    },
  };
}

async function restartAll(keys: { readonly current: string; readonly previous: string }): Promise<void> {
  Object.assign(atelier.env, { ATELIER_MASTER_KEY: keys.current, ATELIER_MASTER_KEY_PREVIOUS: keys.previous });
  for (const index of [0, 1]) await atelier.restartOne('api', index);
}

async function newTeam(name: string): Promise<void> {
  const answer = await callApi(`${atelier.origin}/admin/v1/teams`, 'POST', { key: atelier.adminKey, body: { name } });
  expect([answer.status, answer.text]).toEqual([201, answer.text]);
}

test('the master key is rotated under requests to two api processes, and none is refused', async () => {
  const old = atelier.env['ATELIER_MASTER_KEY'] ?? '';
  const fresh = randomBytes(32).toString('base64');
  atelier.watchSecret(fresh);
  const requests = startRequests();
  const rotate = async (...more: readonly string[]): Promise<any> => {
    const { code, json } = await cli(['secrets', 'rotate', '--json', ...more], { env: atelier.env });
    return { code, ...json() };
  };

  await restartAll({ current: old, previous: fresh });
  await newTeam('before');
  await restartAll({ current: fresh, previous: old });
  await newTeam('after');

  const hanging = await rotate('--check');
  expect(hanging).toMatchObject({ code: 1, ok: false, checked_only: true });
  const column = (report: any, name: string): any => report.columns.find((one: any) => one.column === name);
  expect(column(hanging, 'callback_secret_encrypted')).toMatchObject({ table: 'teams', rotated: 0, current: 1, other: 2 });

  const rotated = await rotate();
  expect(rotated).toMatchObject({ code: 0, ok: true });
  expect(column(rotated, 'callback_secret_encrypted')).toMatchObject({ rotated: 2, current: 3, other: 0 });
  expect(column(rotated, 'secrets_encrypted')).toMatchObject({ table: 'providers', rotated: 1, current: 1, other: 0 });
  const again = await rotate();
  expect([again.code, again.columns.filter(({ rotated: count }: any) => count > 0)]).toEqual([0, []]);

  // The old key is needed no more.
  await restartAll({ current: fresh, previous: '' });
  expect(await requests.stop()).toEqual([]);
  expect(requests.count()).toBeGreaterThan(20);
}, 300_000);
