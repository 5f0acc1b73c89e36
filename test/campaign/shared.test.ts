import { callApi } from '../support/call';
import { type FakeProvider, startFakeProvider } from '../support/fake-provider';
import { startAtelier, type TestAtelier } from '../support/stack';
import { ask, campaignApi, ledgerProblems } from './support/installation';

const CAMPAIGNS = 6;
const ITEMS = 40;
/** Of each campaign; at the provider it is refused. */
const REFUSED = ITEMS / 20;
const LONE = 40;
const LONE_AT_ONCE = 4;

let fake: FakeProvider;
let atelier: TestAtelier;

const PRICE = 'price: { per_image_usd: "0.01" }';
const route = (model: string) => `retries: { per_route: 1 }, routes: [{ provider: fake, model: ${model} }]`;

beforeAll(async () => {
  fake = await startFakeProvider();
  fake.script('fake-broken', [{ status: 400, code: 'bad_prompt', message: 'no' }]);
  atelier = await startAtelier({
    copies: 2,
    workers: 3,
    // Without `max_concurrency`: the api makes the first attempts at lone images itself.
    config: `providers:
  - { name: fake, kind: openai, base_url: "${fake.baseUrl}", api_key: "\${FAKE_API_KEY}" }
models:
  - { name: image, modality: image, ${PRICE}, ${route('fake-image')} }
  - { name: broken, modality: image, ${PRICE}, ${route('fake-broken')} }
`,
    env: { FAKE_API_KEY: 'sk-fake', ATELIER_OPTIMISTIC_ITEMS: 'true' },
  });
}, 180_000);
afterAll(async () => {
  await atelier.stop();
  await fake.close();
}, 120_000);

/** Images that are waited for, each by one of the api processes in turn, a few at a time. */
async function loneImages(): Promise<number[]> {
  const statuses: number[] = [];
  const send = async (line: number): Promise<void> => {
    for (let index = line; index < LONE; index += LONE_AT_ONCE) {
      const origin = atelier.apiOrigins[index % atelier.apiOrigins.length]!;
      const body = { model: 'image', prompt: `lone ${String(index)}` };
      const { status } = await callApi(`${origin}/v1/images/generations`, 'POST', { key: atelier.keys.production, body });
      statuses.push(status);
    }
  };
  await Promise.all(Array.from({ length: LONE_AT_ONCE }, (_, line) => send(line)));
  return statuses;
}

test('two api and three worker processes share campaigns and lone requests without a double purchase', async () => {
  const api = campaignApi(atelier);
  const created = await Promise.all(
    Array.from({ length: CAMPAIGNS }, (_, campaign) =>
      api.create({
        defaults: { type: 'image' },
        concurrency: 10,
        items: Array.from({ length: ITEMS }, (_item, index) => ({
          key: `sku-${String(index)}`,
          model: index % 20 === 7 ? 'broken' : 'image',
          input: { prompt: `boat ${String(index)} of ${String(campaign)}` },
        })),
      }),
    ),
  );
  const lone = loneImages();
  await Promise.all(created.map(({ id }) => api.until(id, ({ counts }) => counts.succeeded >= 5, 120_000)));
  // What this one has begun it ends, and the others go on.
  await atelier.restartOne('worker', 0);
  const done = await Promise.all(created.map(({ id }) => api.until(id, ({ status }) => status === 'completed', 240_000)));

  expect(await lone).toEqual(Array.from({ length: LONE }, () => 200));
  for (const { counts, cost } of done) {
    expect(counts).toEqual({ total: ITEMS, queued: 0, running: 0, cancelled: 0, succeeded: ITEMS - REFUSED, failed: REFUSED });
    expect(cost).toMatchObject({ actual: String((ITEMS - REFUSED) / 100), reserved: '0' });
  }
  const bought = CAMPAIGNS * (ITEMS - REFUSED) + LONE;
  const attempts = await ask<{ outcome: string; count: number }>(
    atelier,
    'select outcome, count(*)::int as count from attempts group by 1 order by 1',
  );
  expect(attempts).toEqual([
    { outcome: 'failed', count: CAMPAIGNS * REFUSED },
    { outcome: 'succeeded', count: bought },
  ]);
  expect(fake.counts.creates).toBe(bought);
  expect([...fake.counts.createsByPrompt.values()].every((count) => count === 1)).toBe(true);
  expect(fake.counts.callsByModel.get('fake-broken')).toBe(CAMPAIGNS * REFUSED);
  const [ends] = await ask<object>(
    atelier,
    'select count(*)::int as ends, count(distinct task_id)::int as tasks from events where task_id is not null',
  );
  expect(ends).toEqual({ ends: CAMPAIGNS * ITEMS + LONE, tasks: CAMPAIGNS * ITEMS + LONE });
  const [makers] = await ask<{ lone: number; items: number }>(
    atelier,
    `select count(distinct a.instance_id) filter (where t.campaign_id is null)::int as lone,
            count(distinct a.instance_id) filter (where t.campaign_id is not null)::int as items
     from attempts a join tasks t on t.id = a.task_id`,
  );
  expect(makers?.lone).toBe(2);
  expect(makers?.items).toBeGreaterThan(1);
  const spent = await ask(atelier, `select spent::int from accounts where kind = 'team' and period = ''`);
  expect(spent).toEqual([{ spent: bought * 10_000 }]);
  expect(await ledgerProblems(atelier)).toEqual([]);
}, 420_000);
