import { ask, campaignApi, ledgerProblems, startCampaignInstallation, terminateWorkflow, type CampaignInstallation } from './installation';

function images(count: number, model: (index: number) => string = () => 'image'): object[] {
  return Array.from({ length: count }, (_, index) => ({
    key: `sku-${String(index)}`,
    model: model(index),
    input: { prompt: `boat ${String(index)}` },
  }));
}

const DEFAULTS = { type: 'image' };

/** One in twenty fails. `ATELIER_CAMPAIGN_ITEMS=2000` runs the whole proof (docs/benchmarks.md), the suite a small one. */
const ITEMS = Number(process.env['ATELIER_CAMPAIGN_ITEMS'] ?? 200);
const FAILING = ITEMS / 20;
const PATIENCE_MS = 60_000 + ITEMS * 600;

/** How campaigns come out, whoever makes the first attempts at their items: the worker that starts them, or a workflow of each. */
export function describeRuns(env: Readonly<Record<string, string>> = {}): void {
  let installation: CampaignInstallation;
  let stop = (): Promise<void> => Promise.resolve();
  let api: ReturnType<typeof campaignApi>;

  beforeAll(async () => {
    installation = await startCampaignInstallation(env);
    stop = () => installation.stop();
    api = campaignApi(installation.atelier);
  }, 120_000);

  afterAll(() => stop(), 60_000);

  beforeEach(() => {
    installation.fake.reset();
    installation.fake.script('fake-broken', [{ status: 400, code: 'bad_prompt', message: 'no' }]);
  });

  test(
    'items with failing ones end exactly once each although the worker is killed twice, and the failed ones run again',
    async () => {
      const { fake, atelier } = installation;
      const { id } = await api.create({
        defaults: DEFAULTS,
        concurrency: 40,
        items: images(ITEMS, (index) => (index % 20 === 7 ? 'broken' : 'image')),
      });
      for (const ended of [ITEMS / 4, ITEMS * 0.6]) {
        await api.until(id, ({ counts }) => counts.succeeded + counts.failed >= ended, PATIENCE_MS);
        await atelier.kill('worker');
        await atelier.restart('worker');
      }
      const done = await api.until(id, ({ status }) => status === 'completed', PATIENCE_MS);
      const items = await api.items(id);

      expect(done.counts).toMatchObject({ total: ITEMS, queued: 0, running: 0, cancelled: 0 });
      expect(items.filter(({ status }) => status === 'succeeded')).toHaveLength(done.counts.succeeded);
      expect(items.filter(({ status }) => status === 'failed').map(({ error }) => error?.code)).toEqual(
        expect.arrayContaining(Array.from({ length: FAILING }, () => 'provider_rejected')),
      );
      for (const item of items) if (item.status === 'succeeded') expect(item.outputs).toMatchObject([{ content_type: 'image/png' }]);
      const bought = fake.counts.creates;
      const prompts = await ask<{ count: string }>(
        atelier,
        `select count(*) from tasks t join attempts a on a.task_id = t.id where t.campaign_id = $1 and a.outcome = 'succeeded'`,
        [id],
      );
      // Calls that were cut off with the process are not repeated: each was made once at most.
      expect(Number(prompts[0]?.count)).toBe(done.counts.succeeded);
      expect(bought).toBeGreaterThanOrEqual(done.counts.succeeded);
      expect(bought).toBeLessThanOrEqual(ITEMS - FAILING);
      expect(done.cost).toMatchObject({ actual: (done.counts.succeeded / 100).toString(), reserved: '0', estimated: String(ITEMS / 100) });

      fake.script('fake-broken', [{ ok: true }]);
      await api.verb(id, 'retry', { items: 'failed' });
      const again = await api.until(id, ({ status }) => status === 'completed', PATIENCE_MS);
      expect(again.counts).toMatchObject({ succeeded: ITEMS, failed: 0 });
      expect(fake.counts.creates - bought).toBe(ITEMS - done.counts.succeeded);
      expect(await ledgerProblems(atelier)).toEqual([]);
    },
    3 * PATIENCE_MS,
  );

  test('a budget for 30 of 100 items stops at 30 and goes on when it is raised', async () => {
    const { id } = await api.create({ defaults: DEFAULTS, concurrency: 12, items: images(100), budget: { max_cost_usd: '0.305' } });
    const stopped = await api.until(id, ({ status }) => status === 'budget_exhausted');
    expect(stopped).toMatchObject({ counts: { succeeded: 30, queued: 70, running: 0 }, cost: { actual: '0.3', reserved: '0' } });
    expect(installation.fake.counts.creates).toBe(30);

    await api.call('PATCH', `/campaigns/${id}`, { budget: { max_cost_usd: '1' } });
    const done = await api.until(id, ({ status }) => status === 'completed');
    expect(done).toMatchObject({ counts: { succeeded: 100 }, cost: { actual: '1' } });
    const most = await ask<{ most: string }>(
      installation.atelier,
      `select max(used) as most from (
         select sum(l.held_delta + l.spent_delta) over (order by l.id) as used
         from ledger l join accounts a on a.id = any(l.account_ids) where a.kind = 'campaign' and a.key = $1) as sums`,
      [id],
    );
    expect(most).toEqual([{ most: '1000000' }]);
    expect(await ledgerProblems(installation.atelier)).toEqual([]);
  }, 120_000);

  test('a key whose limit is used up pauses its campaign, and resuming tries again', async () => {
    const script = campaignApi(installation.atelier, installation.atelier.keys.script);
    const { id } = await script.create({ defaults: DEFAULTS, items: images(8) });
    const paused = await script.until(id, ({ status, counts }) => status === 'paused' && counts.running === 0);
    expect(paused).toMatchObject({ status_reason: 'insufficient_quota', counts: { succeeded: 5, queued: 3 } });

    await ask(
      installation.atelier,
      `select set_budget(kind, team_id, key, period, 100000) from budgets where kind = 'credential' and limit_micro_usd = 50000`,
    );
    await script.verb(id, 'resume');
    expect(await script.until(id, ({ status }) => status === 'completed')).toMatchObject({ status_reason: null, counts: { succeeded: 8 } });
  }, 120_000);

  test('a paused campaign starts nothing, resumes where it was, and takes a new width while it runs', async () => {
    const { fake } = installation;
    fake.script('fake-slow', [{ thinkMs: 400 }]);
    const { id } = await api.create({ defaults: { type: 'image', model: 'slow' }, concurrency: 2, items: images(24, () => 'slow') });
    await api.until(id, ({ counts }) => counts.succeeded >= 2);
    await api.verb(id, 'pause');
    const still = await api.until(id, ({ counts, status }) => status === 'paused' && counts.running === 0);
    const calls = fake.counts.creates;
    expect(still.counts.queued).toBeGreaterThan(15);
    await api.verb(id, 'resume');
    await api.until(id, ({ counts }) => counts.running === 2);
    expect(fake.counts.creates - calls).toBeLessThanOrEqual(2);
    await api.call('PATCH', `/campaigns/${id}`, { concurrency: 10 });
    await api.until(id, ({ counts }) => counts.running === 10);
    expect(await api.until(id, ({ status }) => status === 'completed')).toMatchObject({ counts: { succeeded: 24 } });
  }, 120_000);

  test('cancelling ends what runs, settles it, and is over once nothing runs', async () => {
    installation.fake.script('fake-slow', [{ thinkMs: 1_500 }]);
    const { id } = await api.create({ defaults: DEFAULTS, concurrency: 4, items: images(20, () => 'slow') });
    await api.until(id, ({ counts }) => counts.running === 4);
    const asked = await api.verb(id, 'cancel');
    expect(asked.counts.cancelled).toBeGreaterThanOrEqual(16);
    const ended = await api.until(id, ({ status }) => status === 'cancelled');

    expect(ended.counts).toMatchObject({ queued: 0, running: 0 });
    expect(ended.cost.reserved).toBe('0');
    expect(installation.fake.counts.creates).toBeLessThanOrEqual(4);
    expect(await ledgerProblems(installation.atelier)).toEqual([]);
  }, 120_000);

  test('a small campaign is done long before a large one that was there first', async () => {
    const large = await api.create({ defaults: DEFAULTS, concurrency: 60, items: images(400) });
    await api.until(large.id, ({ counts }) => counts.succeeded >= 10);
    const small = await api.create({ defaults: DEFAULTS, concurrency: 8, items: images(20) });
    await api.until(small.id, ({ status }) => status === 'completed');
    const meanwhile = await api.read(large.id);
    await api.verb(large.id, 'cancel');

    expect(meanwhile.counts.queued).toBeGreaterThan(100);
    expect(await api.until(large.id, ({ status }) => status === 'cancelled')).toMatchObject({ cost: { reserved: '0' } });
  }, 120_000);

  test('texts are items too', async () => {
    const items = Array.from({ length: 30 }, (_, index) => ({ input: { prompt: `line ${String(index)}` } }));
    const { id } = await api.create({ defaults: { type: 'text', model: 'words' }, concurrency: 10, items });
    const done = await api.until(id, ({ status }) => status === 'completed');

    expect(done).toMatchObject({ counts: { succeeded: 30 }, cost: { actual: '0.3' } });
    expect(installation.fake.counts.creates).toBe(30);
  }, 120_000);

  test('a campaign whose workflow was terminated and whose worker died is taken up again', async () => {
    const { atelier, fake } = installation;
    fake.script('fake-slow', [{ thinkMs: 300 }]);
    const { id } = await api.create({ defaults: DEFAULTS, concurrency: 2, items: images(16, () => 'slow') });
    await api.until(id, ({ counts }) => counts.succeeded >= 1);
    await terminateWorkflow(id);
    await atelier.kill('worker');
    await atelier.restart('worker');
    const done = await api.until(id, ({ status }) => status === 'completed');

    expect(done.counts.succeeded + done.counts.failed).toBe(16);
    expect(done.counts.failed).toBeLessThanOrEqual(2);
  }, 120_000);

  test('items are held to the ceiling and the tiers of their key as these are when they start', async () => {
    const bounds = [
      ['max_cost_per_request_micro_usd = 9999', 'max_cost_per_request_micro_usd = null', 'cost_ceiling_exceeded'],
      ["model_tiers = '{economy}'", 'model_tiers = null', 'model_not_allowed'],
    ] as const;
    const key = (change: string) => ask(installation.atelier, `update credentials set ${change} where name = 'production'`);
    // Before the key is bound: the api refuses them afterwards.
    const drafts = [];
    for (const [binds, frees, code] of bounds) {
      drafts.push({ binds, frees, code, ...(await api.create({ defaults: DEFAULTS, items: images(2), start: false })) });
    }
    for (const { id, binds, frees, code } of drafts) {
      await key(binds);
      try {
        await api.verb(id, 'start');
        const done = await api.until(id, ({ status }) => status === 'completed');
        expect(done).toMatchObject({ counts: { failed: 2, succeeded: 0 }, cost: { actual: '0', reserved: '0' } });
        const items = await api.items(id);
        expect(items.map(({ error, task_id }) => [error?.code, task_id])).toEqual([
          [code, null],
          [code, null],
        ]);
      } finally {
        await key(frees);
      }
    }
  });
}
