import { createKlingLab, KLING_KEYS } from '../../lab/kling';
import type { LabJob } from '../../lab/jobs';
import { startLab, type Lab } from '../../lab/lab';
import { eventually } from '../../support/eventually';
import type { House, HouseOptions } from './house';

export interface KlingLab {
  lab(): Lab;
  /** The newest job. */
  job(): LabJob<unknown> | undefined;
  /** An installation with a model at the lab whose jobs are polled once an hour, and told of by webhook. */
  beside(options: HouseOptions): HouseOptions;
}

/** Call it before `useHouse`: the installation's configuration names the lab's address. */
export function useKlingLab(): KlingLab {
  let lab: Lab | undefined;
  const kling = createKlingLab();
  const started = (): Lab => {
    if (lab === undefined) throw new Error('The lab starts in beforeAll: use it inside a test or hook.');
    return lab;
  };
  beforeAll(async () => {
    lab = await startLab([kling]);
  });
  afterAll(() => lab?.close());
  return {
    lab: started,
    job: () => kling.jobs.all().at(-1),
    beside: (options) => ({
      ...options,
      env: { ...options.env, KLING_KEY: KLING_KEYS.api_key, ATELIER_PUBLIC_URL: 'https://atelier.example' },
      providers: (first, second) => `${options.providers?.(first, second) ?? ''}  - name: hinting
    kind: kling
    base_url: "${started().url('kling')}"
    api_key: "\${KLING_KEY}"
    poll_ms: 3600000
    webhooks: true
`,
      models: `${options.models ?? ''}  - { name: hinted, modality: video, price: free, routes: [{ provider: hinting, model: kling-v2-1 }] }
`,
    }),
  };
}

/** A video whose job was looked at once, and what its provider does. */
export interface HintedVideo {
  readonly id: string;
  /** Where its provider tells that the job has moved. */
  readonly path: string;
  looks(): number;
  tell(path: string): Promise<{ readonly status: number }>;
}

export async function aHintedVideo(house: House, { lab }: KlingLab): Promise<HintedVideo> {
  lab().reset();
  const { body } = await house.call('POST', '/v1/tasks', {
    body: { type: 'video', model: 'hinted', input: { prompt: 'A red fox runs.' } },
  });
  const requests = (wanted: string) =>
    lab()
      .requests('kling')
      .filter(({ method }) => method === wanted);
  const told = await eventually(() => requests('POST').map(({ body: sent }) => JSON.parse(sent.toString()).callback_url as string)[0], {
    withinMs: 30_000,
  });
  expect(told).toMatch(/^https:\/\/atelier\.example\/v1\/provider_callbacks\/task_/);
  const looks = () => requests('GET').length;
  await eventually(() => looks() === 1, { withinMs: 30_000 });
  return {
    id: body.id,
    path: new URL(told).pathname,
    looks,
    tell: (path) => fetch(`${house.atelier.origin}${path}`, { method: 'POST', body: JSON.stringify({ task_status: 'succeed' }) }),
  };
}

export function describeProviderWebhooks(house: House, kling: KlingLab): void {
  test('a provider that tells that a job has moved is asked at once, and believed only then', async () => {
    const { id, path, looks, tell } = await aHintedVideo(house, kling);

    expect((await tell(path.replace(/.{3}$/, 'xyz'))).status).toBe(404);
    // Its next poll would come in an hour; the lab's job ends at the third look.
    for (const seen of [1, 2]) {
      await eventually(async () => (await tell(path)).status === 200 && looks() > seen, { withinMs: 30_000, everyMs: 250 });
    }
    expect(await house.ended(id)).toMatchObject({ status: 'succeeded' });
    expect((await tell(path)).status).toBe(200);
  }, 120_000);
}
