import { tmpdir } from 'node:os';
import { cli } from '../cli/support/run-cli';
import { callApi, type Answer } from '../support/call';
import { eventually } from '../support/eventually';
import { KEYS, startHouse, type House } from './support/house';

let house: House;

beforeAll(async () => {
  house = await startHouse({
    copies: 2,
    models: '  - { name: gift, modality: text, price: free, routes: [{ provider: sandbox, model: sandbox-text }] }\n',
  });
}, 120_000);
afterAll(() => house.atelier.stop(), 60_000);

const ask = (key: string, model = 'gift', origin = house.atelier.origin) =>
  callApi(`${origin}/v1/chat/completions`, 'POST', { key, body: { model, messages: [{ role: 'user', content: 'Hello.' }] } });
const operate = (...words: string[]) =>
  cli(words, { env: { ATELIER_BASE_URL: house.atelier.baseUrl, ATELIER_KEY: house.atelier.adminKey, ATELIER_HOME: tmpdir() } });
const eventsOf = ({ timeline }: any): readonly string[] => timeline.map(({ event }: any) => event);

/** An alert on the budget of a key, which two chats of a dollar set off. */
async function incidentOf(team: string, credential: string, key: string, ...flags: string[]): Promise<any> {
  const made = await operate(
    ...['alerts', 'create', `${credential} ${flags[1]!}`, '--rule', 'budget', '--team', team, '--of-key', credential, '--threshold', '20'],
    ...[...flags, '--json'],
  );
  expect(made.stderr).toBe('');
  for (let paid = 0; paid < 2; paid += 1) expect((await house.chat(key)).status).toBe(200);
  return house.incident(made.json().id);
}

async function refusal(asked: () => Promise<Answer>, code: string): Promise<Answer> {
  return eventually(
    async () => {
      const answer = await asked();
      return answer.body?.error?.code === code ? answer : undefined;
    },
    { withinMs: 5_000, everyMs: 10 },
  );
}

test('throttle slows the key down until somebody lifts it, and the incident stays open without doing it again', async () => {
  const incident = await incidentOf('studio', 'site', KEYS.site, '--action', 'throttle', '--throttle', '2');
  expect(eventsOf(incident)).toEqual(['opened', 'throttled']);
  const slow = await refusal(() => ask(KEYS.site), 'rate_limit_exceeded');
  expect([slow.status, Number(slow.headers.get('retry-after')) > 0]).toEqual([429, true]);
  expect((await ask(KEYS.script)).status).toBe(200);

  const freed = await operate('keys', 'unfreeze', 'site', '--team', 'studio');
  expect([freed.code, freed.stdout]).toEqual([0, '✓ studio/site works as before.\n']);
  await eventually(async () => (await ask(KEYS.site)).status === 200, { withinMs: 3_000 });
  // One more dollar, and the look that sees it.
  expect((await house.chat(KEYS.site)).status).toBe(200);
  const after = await house.incident(incident.alert.id, ({ evidence }) => evidence.spent_usd === '3');
  expect([after.state, eventsOf(after)]).toEqual(['open', ['opened', 'throttled', 'released']]);
  for (let sent = 0; sent < 5; sent += 1) expect((await ask(KEYS.site)).status).toBe(200);
  expect((await operate('keys', 'unfreeze', 'site', '--team', 'studio')).stdout).toContain('Nothing was done');
});

test('limit_cost refuses what may cost more, in tasks too, until the incident is resolved', async () => {
  const incident = await incidentOf('rival', 'rival', KEYS.rival, '--action', 'limit_cost', '--max-cost', '0.5');
  expect(eventsOf(incident)).toEqual(['opened', 'limited']);
  const refused = await refusal(() => house.chat(KEYS.rival), 'cost_ceiling_exceeded');
  expect(refused.body.error).toMatchObject({
    details: { estimated_usd: '1', max_cost_per_request_usd: '0.5', incident: incident.id },
    message: expect.stringContaining(incident.id),
  });
  const task = { type: 'text', model: 'dollar', input: { prompt: 'Hello.' } };
  const asTask = await callApi(`${house.atelier.baseUrl}/tasks`, 'POST', { key: KEYS.rival, body: task });
  expect(asTask.body.error.code).toBe('cost_ceiling_exceeded');
  expect((await ask(KEYS.rival)).status).toBe(200);

  expect((await operate('incidents', 'resolve', incident.id)).stdout).toBe(`${incident.id} is resolved.\n`);
  await eventually(async () => (await house.chat(KEYS.rival)).status === 200, { withinMs: 3_000 });
});

test('a frozen key, used without a pause, is refused by both api processes within a second of the incident', async () => {
  const calls: { origin: string; at: number; status: number }[] = [];
  let isOver = false;
  const users = [0, 1, 2, 3]
    .flatMap(() => house.atelier.apiOrigins)
    .map(async (origin) => {
      while (!isOver) {
        const at = Date.now();
        const { status } = await ask(KEYS.script, 'gift', origin);
        calls.push({ origin, at, status });
      }
    });
  const incident = await incidentOf('studio', 'script-7', KEYS.script, '--action', 'freeze_credential');
  const opened = Date.parse(incident.opened_at);
  await eventually(() => Date.now() > opened + 2_000, { withinMs: 5_000 });
  isOver = true;
  await Promise.all(users);

  const taken = house.atelier.apiOrigins.map((origin) => {
    const own = calls.filter((call) => call.origin === origin);
    expect(new Set(own.map(({ status }) => status))).toEqual(new Set([200, 403]));
    return Math.max(...own.filter(({ status }) => status === 200).map(({ at }) => at)) - opened;
  });
  process.stdout.write(`The last request that was taken was sent ${taken.join(' and ')} ms after the incident began.\n`);
  for (const ms of taken) expect(ms).toBeLessThan(1_000);

  const resolved = await house.admin('POST', `/incidents/${incident.id}/resolve`);
  expect(eventsOf(resolved.body)).toEqual(['opened', 'frozen', 'released', 'resolved']);
  const told = async (object: string) =>
    (await house.admin('GET', `/audit?object=${object}&order=asc`)).body.data.map((one: any) => [
      one.actor,
      one.action,
      one.before,
      one.after,
    ]);
  expect(await told('key:studio/script-7')).toEqual(
    expect.arrayContaining([
      ['system', 'key.freeze', { frozen_by: null }, { frozen_by: incident.id }],
      ['admin_key', 'key.unfreeze', { frozen_by: incident.id }, { frozen_by: null }],
    ]),
  );
  expect(await told(`incident:${incident.id}`)).toEqual([['admin_key', 'incident.resolve', { state: 'open' }, { state: 'resolved' }]]);
});
