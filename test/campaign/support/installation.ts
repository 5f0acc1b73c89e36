import { Client as TemporalClient, Connection } from '@temporalio/client';
import { Client } from 'pg';
import { type FakeProvider, startFakeProvider } from '../../support/fake-provider';
import { eventually } from '../../support/eventually';
import { startAtelier, temporalAddress, type TestAtelier } from '../../support/stack';

/** An installation whose images, videos and texts come from a fake provider; each image costs 0.01 USD. */
export interface CampaignInstallation {
  readonly atelier: TestAtelier;
  readonly fake: FakeProvider;
  stop(): Promise<void>;
}

/** What a test reads of a campaign's JSON. */
export interface CampaignJson {
  readonly id: string;
  readonly status: string;
  readonly status_reason: string | null;
  readonly counts: Readonly<Record<'total' | 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled', number>>;
  readonly progress: number;
  readonly cost: { readonly estimated: string; readonly reserved: string; readonly actual: string };
}

export interface ItemJson {
  readonly key: string;
  readonly status: string;
  readonly task_id: string | null;
  readonly error: { readonly code: string } | null;
  readonly outputs: readonly { readonly content_type: string }[];
}

const PRICE = 'price: { per_image_usd: "0.01" }';

function config(fake: FakeProvider): string {
  return `providers:
  - { name: fake, kind: openai, base_url: "${fake.baseUrl}", api_key: "\${FAKE_API_KEY}", max_concurrency: 64 }
models:
  - { name: image, modality: image, ${PRICE}, retries: { per_route: 1 }, routes: [{ provider: fake, model: fake-image }] }
  - { name: broken, modality: image, ${PRICE}, retries: { per_route: 1 }, routes: [{ provider: fake, model: fake-broken }] }
  - { name: slow, modality: image, ${PRICE}, retries: { per_route: 1 }, routes: [{ provider: fake, model: fake-slow }] }
  - { name: words, modality: text, price: { per_call_usd: "0.01" }, routes: [{ provider: fake, model: fake-text }] }
teams:
  - name: sample
    callback_secret: "\${ATELIER_SAMPLE_CALLBACK_SECRET}"
    credentials:
      - { name: production, class: production, key: "\${ATELIER_SAMPLE_KEY_PRODUCTION}" }
      - { name: script, class: script, key: "\${ATELIER_SAMPLE_KEY_SCRIPT}", limit_usd: "0.05" }
`;
}

export async function startCampaignInstallation(env: Readonly<Record<string, string>> = {}): Promise<CampaignInstallation> {
  const fake = await startFakeProvider();
  const atelier = await startAtelier({ config: config(fake), env: { FAKE_API_KEY: 'sk-fake', ...env } }).catch(async (error: unknown) => {
    await fake.close();
    throw error;
  });
  return {
    atelier,
    fake,
    async stop() {
      await atelier.stop();
      await fake.close();
    },
  };
}

/** Calls the API of an installation with one of its keys. */
export function campaignApi(atelier: TestAtelier, key: string = atelier.keys.production) {
  async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await fetch(`${atelier.baseUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} said ${String(answer.status)}: ${text}`);
    return JSON.parse(text) as T;
  }

  /** Reads a campaign; at every look the counts add up, and the budget holds. */
  async function read(id: string): Promise<CampaignJson> {
    const campaign = await call<CampaignJson>('GET', `/campaigns/${id}`);
    const { total, ...parts } = campaign.counts;
    expect(Object.values(parts).reduce((sum, count) => sum + count, 0)).toBe(total);
    return campaign;
  }

  return {
    call,
    read,
    create: (body: unknown) => call<CampaignJson>('POST', '/campaigns', body),
    verb: (id: string, verb: string, body?: unknown) => call<CampaignJson>('POST', `/campaigns/${id}/${verb}`, body),
    until: (id: string, holds: (campaign: CampaignJson) => boolean, withinMs = 60_000) =>
      eventually(
        async () => {
          const campaign = await read(id);
          if (!holds(campaign)) throw new Error(`The campaign is still ${JSON.stringify(campaign)}`);
          return campaign;
        },
        { withinMs, everyMs: 100 },
      ),
    async items(id: string): Promise<ItemJson[]> {
      const all: ItemJson[] = [];
      for (let after = ''; ;) {
        const page = await call<{ data: ItemJson[]; has_more: boolean; last_id: string }>(
          'GET',
          `/campaigns/${id}/items?limit=100${after}`,
        );
        all.push(...page.data);
        if (!page.has_more) return all;
        after = `&after=${encodeURIComponent(page.last_id)}`;
      }
    },
  };
}

/** The books of an installation. */
export async function ledgerProblems(atelier: TestAtelier): Promise<readonly string[]> {
  const answer = await fetch(`${atelier.origin}/admin/v1/ledger/verify`, { headers: { authorization: `Bearer ${atelier.adminKey}` } });
  return ((await answer.json()) as { problems: string[] }).problems;
}

/** Asks the database of an installation. */
export async function ask<Row extends object>(atelier: TestAtelier, text: string, values: readonly unknown[] = []): Promise<Row[]> {
  const client = new Client({ connectionString: atelier.databaseUrl });
  await client.connect();
  try {
    return (await client.query<Row>(text, [...values])).rows;
  } finally {
    await client.end();
  }
}

/** Ends a workflow as an operator does, without a word to it. */
export async function terminateWorkflow(workflowId: string): Promise<void> {
  const connection = await Connection.connect({ address: temporalAddress() });
  try {
    await new TemporalClient({ connection }).workflow.getHandle(workflowId).terminate('tested');
  } finally {
    await connection.close();
  }
}
