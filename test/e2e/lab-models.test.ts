import { parse } from 'yaml';
import { HTTP_FAULTS, type HttpFault } from '../lab/faults';
import { labConfiguration, labKinds } from '../lab/configuration';
import { startLab, type Lab } from '../lab/lab';
import type { LabRequest } from '../lab/vendor';
import { VENDORS } from '../lab/vendors';
import { EXPECTED } from '../provider/fault-matrix';
import { eventually } from '../support/eventually';
import { startAtelier, type TestAtelier } from '../support/stack';
import { createCalls, type Calls } from './support/calls';
import { ORDERS, PROMPT } from './support/lab-orders';

/** The lab's ready configuration, whole, in one installation: every kind by its own wire format from the HTTP request to the settlement. */

/** Faults in rows are what is tested here, not what stops them. */
const NO_BREAKERS = 'breaker: { failures: 10000, window_s: 1, open_s: 1 }\n';

let lab: Lab;
let atelier: TestAtelier | undefined;
let calls: Calls;
let models: readonly { readonly name: string; readonly modality: 'text' | 'image' | 'video' }[];
beforeAll(async () => {
  lab = await startLab(VENDORS);
  const { configuration, variables } = labConfiguration((kind) => lab.url(kind));
  models = (parse(configuration) as { models: typeof models }).models.filter(({ name }) => name.startsWith('lab-'));
  atelier = await startAtelier({ config: `${NO_BREAKERS}${configuration}`, env: variables });
  calls = createCalls(atelier.origin, atelier.keys.production, atelier.adminKey);
}, 150_000);
afterAll(async () => {
  await atelier?.stop();
  await lab.close();
}, 60_000);
afterEach(() => lab.reset());

test.each(Object.keys(ORDERS))('%s gets the request that its vendor wants, and delivers', async (model) => {
  const [{ input, output }, path, wire] = ORDERS[model]!;
  const [, kind = '', type] = model.split('-');

  const { status, body } = await calls.call('POST', '/v1/tasks', {
    body: { type, model, input: { prompt: PROMPT, ...input }, output },
    headers: { prefer: 'wait=30' },
  });

  expect([status, body.status, body.error]).toEqual([200, 'succeeded', null]);
  expect(body.outputs).toMatchObject([{ kind: type, content_type: type === 'image' ? 'image/png' : 'video/mp4' }]);
  expect(lab.carriedOut(kind).filter(isOf(PROMPT)).map(sentBy)).toEqual([[path, wire]]);
});

test('there is an order for every image and every video model of the lab', () => {
  expect(Object.keys(ORDERS).sort()).toEqual(
    models
      .filter(({ modality }) => modality !== 'text')
      .map(({ name }) => name)
      .sort(),
  );
});

/** Google looks at a job by a POST to the path of its creates. */
const isOf =
  (prompt: string) =>
  ({ body }: LabRequest): boolean =>
    body.includes(`${prompt}"`);

function sentBy({ path, body }: LabRequest): readonly [string, unknown] {
  return [path, JSON.parse(body.toString())];
}

/** Where an installation sees it otherwise than an adapter: a chat is asked again, and a purchase whose answer can't be read is not. */
const CODES: Readonly<Partial<Record<HttpFault, { readonly media?: string; readonly text?: string | null }>>> = {
  malformed: { media: 'outcome_unknown' },
  wrong_type: { media: 'outcome_unknown' },
  empty: { media: 'outcome_unknown' },
  accepted_cut: { text: 'provider_unavailable' },
  cut_before: { text: 'provider_unavailable' },
  cut_in_body: { text: 'provider_unavailable' },
  hang: { text: 'provider_timeout' },
  accepted_hang: { text: 'provider_timeout' },
};

test('every fault of every kind ends in its code, nothing is bought twice, and the ledger holds', async () => {
  const orders = labKinds().flatMap((kind) => {
    const { name: model, modality } = ['video', 'image', 'text'].flatMap((type) =>
      models.filter(({ name }) => name === `lab-${kind}-${type}`),
    )[0]!;
    return HTTP_FAULTS.map((fault) => {
      const key = `${kind} ${fault}`;
      return { key, kind, fault, model, modality, prompt: `[lab:${fault}] ${key}` };
    });
  });
  const { body: campaign } = await calls.call('POST', '/v1/campaigns', {
    body: {
      name: 'faults',
      concurrency: 300,
      items: orders.map(({ key, prompt, model, modality }) => ({ key, type: modality, model, input: { prompt } })),
    },
  });
  expect(campaign.counts).toMatchObject({ total: orders.length });
  await eventually(async () => (await calls.call('GET', `/v1/campaigns/${campaign.id}`)).body.status === 'completed', {
    withinMs: 90_000,
    everyMs: 250,
  });

  const items = await itemsOf(campaign.id);
  const seen = orders.map(({ key, kind, prompt, modality }) => {
    const item = items.find((one) => one.key === key);
    const made = lab.carriedOut(kind).filter(isOf(prompt)).length;
    return [key, item?.error?.code ?? item?.status, modality === 'text' ? 'repeatable' : made] as const;
  });
  const expected = orders.map(({ key, kind, fault, modality }) => {
    const { code, made } = EXPECTED[fault];
    const isFound = kind === 'kling' && made;
    const told = isFound ? null : (CODES[fault]?.[modality === 'text' ? 'text' : 'media'] ?? code);
    return [key, told ?? 'succeeded', modality === 'text' ? 'repeatable' : made ? 1 : 0] as const;
  });

  expect(seen).toEqual(expected);
  expect(await calls.ledger()).toMatchObject({ ok: true, open_reservations: 0, problems: [] });
}, 150_000);

async function itemsOf(campaign: string): Promise<readonly any[]> {
  const items: any[] = [];
  for (let after = ''; ;) {
    const { body } = await calls.call('GET', `/v1/campaigns/${campaign}/items?limit=100${after}`);
    items.push(...body.data);
    if (body.has_more !== true) return items;
    after = `&after=${encodeURIComponent(body.last_id)}`;
  }
}
