import { setTimeout as passes } from 'node:timers/promises';
import fc from 'fast-check';
import { createProviderPlaces, type ProviderPlaces } from '../../activities/provider-places';
import type { Catalogue, Provider, ProviderLimits } from '../../domain/provider/catalogue';
import { inParallel } from '../../lib/parallel';
import { silent } from '../support/silent-logger';
import { useDatabase } from '../support/stack';
import { anAdmission, aTeam, useConnections } from './support';

/** The limits of providers, as several processes keep them together on one database. */
const connections = useConnections(useDatabase(), ['first', 'second', 'third']);
const opened: ProviderPlaces[] = [];
let names = 0;

afterEach(async () => {
  await Promise.all(opened.splice(0).map((places) => places.close()));
});

/** Processes that call one provider with these limits. */
function processes(limits: ProviderLimits, count = 2): { readonly name: string; readonly all: readonly ProviderPlaces[] } {
  names += 1;
  const name = `provider-${names}`;
  const catalogue = { providers: new Map([[name, { name, limits } as Provider]]) } as unknown as Catalogue;
  const all = Object.values(connections)
    .slice(0, count)
    .map((database, index) =>
      createProviderPlaces({
        store: database.providerHealth,
        catalogue: () => catalogue,
        instanceId: `${name}-${index}`,
        logger: silent,
      }),
    );
  opened.push(...all);
  return { name, all };
}

/** Makes calls that last so long; answers how many went out, and the most at once. */
async function load(at: ReturnType<typeof processes>, calls: readonly { readonly by: number; readonly ms: number }[], withinMs: number) {
  let underWay = 0;
  const seen = { most: 0, made: 0 };
  await inParallel(
    calls.map((call, index) => ({ ...call, id: `call-${index}:1` })),
    calls.length,
    async ({ by, ms, id }) => {
      const places = at.all[by]!;
      if (!places.enter(at.name, id) && !(await places.waitToEnter(at.name, id, withinMs, true))) return;
      underWay += 1;
      seen.made += 1;
      seen.most = Math.max(seen.most, underWay);
      await passes(ms);
      underWay -= 1;
      places.leave(id);
    },
  );
  return seen;
}

test('no more calls are under way at once than the limit, by all processes together, and none is left without its turn', async () => {
  const calls = fc.array(fc.record({ by: fc.integer({ min: 0, max: 2 }), ms: fc.integer({ min: 0, max: 15 }) }), {
    minLength: 20,
    maxLength: 120,
  });
  const limit = fc.integer({ min: 1, max: 40 });

  await fc.assert(
    fc.asyncProperty(calls, limit, async (wanted, concurrent) => {
      const { most, made } = await load(processes({ concurrent }, 3), wanted, 30_000);
      expect(made).toBe(wanted.length);
      expect(most).toBeLessThanOrEqual(concurrent);
    }),
    { numRuns: 12 },
  );
}, 60_000);

test.each([[7], [600]])(
  'no more calls begin within a minute than the limit of %s, by all processes together',
  async (requestsPerMinute) => {
    const at = processes({ requestsPerMinute }, 3);
    const wanted = Array.from({ length: requestsPerMinute + 60 }, (_, index) => ({ by: index % 3, ms: 0 }));

    const { made } = await load(at, wanted, 1_500);

    expect(made).toBeLessThanOrEqual(requestsPerMinute);
    // What was leased ahead and not used is lost for its minute: a small share.
    expect(made).toBeGreaterThanOrEqual(Math.floor(requestsPerMinute * 0.95));
    expect(at.all.some((places) => places.isFull(at.name))).toBe(true);
  },
);

test('a busy process asks the database far less often than it makes calls', async () => {
  const database = connections.first;
  const provider = 'wide';
  let questions = 0;
  const places = createProviderPlaces({
    store: {
      leaseCalls: (instanceId, lease) => {
        questions += 1;
        return database.providerHealth.leaseCalls(instanceId, lease);
      },
    },
    catalogue: () =>
      ({ providers: new Map([[provider, { name: provider, limits: { concurrent: 200 } } as Provider]]) }) as unknown as Catalogue,
    instanceId: 'busy',
    logger: silent,
  });
  opened.push(places);

  const { made } = await load(
    { name: provider, all: [places] },
    Array.from({ length: 20 }, () => ({ by: 0, ms: 1 })),
    5_000,
  );
  const before = questions;
  for (let call = 0; call < 500; call += 1) {
    expect(places.enter(provider, `more-${call}:1`)).toBe(true);
    places.leave(`more-${call}:1`);
  }

  expect(made).toBe(20);
  expect(questions - before).toBeLessThanOrEqual(2);
});

test('the places of a process that died are free again, and so are those of one that ends', async () => {
  const { name, all } = processes({ concurrent: 2 });
  const [first, second] = all;
  for (const call of ['a:1', 'b:1']) expect(await first!.waitToEnter(name, call, 5_000, true)).toBe(true);
  expect(await second!.waitToEnter(name, 'c:1', 200, true)).toBe(false);

  // By the clock of the database it has said nothing for long.
  await connections.third.query(`update provider_leases set expires_at = now() - interval '1 second' where provider = $1`, [name]);

  expect(await second!.waitToEnter(name, 'c:1', 5_000, true)).toBe(true);
});

test('a place that is taken is the same when its call asks again, and a provider without limits always has one', async () => {
  const { name, all } = processes({ concurrent: 1 });

  expect(await all[0]!.waitToEnter(name, 'a:1', 5_000, true)).toBe(true);
  expect([all[0]!.enter(name, 'a:1'), all[0]!.enter(name, 'b:1'), all[0]!.enter('unlimited', 'b:1')]).toEqual([true, false, true]);
  all[0]!.leave('a:1');
  expect(await all[1]!.waitToEnter(name, 'b:1', 5_000, true)).toBe(true);
});

describe('purchases of images and videos', () => {
  async function aTask(campaignId: string | null = null) {
    const database = connections.first;
    const caller = await aTeam(database);
    const task = { type: 'image', endpoint: 'tasks', campaignId } as const;
    const admission = anAdmission(caller, { firstAttempt: null, task });
    await database.tasks.admit([admission]);
    return admission.task.id;
  }
  const begin = (provider: string, limits: ProviderLimits, taskId: string, rank = 3) =>
    connections.second.tasks.beginAttempt({ taskId, n: 1, provider, model: 'm', instanceId: 'w', turn: { rank, limits } });
  const end = (taskId: string) =>
    connections.first.tasks.endAttempt({
      taskId,
      n: 1,
      outcome: 'failed',
      errorCode: 'provider_unavailable',
      upstreamId: null,
      costMicroUsd: 0n,
    });

  test('have their places with texts, until the attempt has ended', async () => {
    const limits = { concurrent: 2 };
    const { name, all } = processes(limits);
    const [one, two] = [await aTask(), await aTask()];
    expect(await all[0]!.waitToEnter(name, 'text:1', 5_000, true)).toBe(true);

    expect(await begin(name, limits, one)).toEqual({ kind: 'begun' });
    expect(await begin(name, limits, two)).toEqual({ kind: 'full', againMs: expect.any(Number) });
    expect(await all[1]!.waitToEnter(name, 'another:1', 150, true)).toBe(false);
    // A job that the provider has taken has its place still.
    await connections.first.tasks.endAttempt({
      taskId: one,
      n: 1,
      outcome: 'accepted',
      errorCode: null,
      upstreamId: 'job',
      costMicroUsd: 0n,
    });
    expect((await begin(name, limits, two)).kind).toBe('full');
    await end(one);
    expect(await begin(name, limits, two)).toEqual({ kind: 'begun' });
    expect((await begin(name, limits, two)).kind).toBe('exists');
  });

  test('come in the order of their ranks', async () => {
    const limits = { concurrent: 1 };
    const { name } = processes(limits);
    const [running, item, single] = [await aTask(), await aTask(), await aTask()];
    expect((await begin(name, limits, running)).kind).toBe('begun');
    expect((await begin(name, limits, item, 4)).kind).toBe('full');
    expect((await begin(name, limits, single, 3)).kind).toBe('full');

    await end(running);

    expect((await begin(name, limits, item, 4)).kind).toBe('full');
    expect((await begin(name, limits, single, 3)).kind).toBe('begun');
  });

  test('are spread over the minute', async () => {
    const limits = { requestsPerMinute: 30 };
    const { name } = processes(limits);

    const begun = [];
    for (let count = 0; count < 5; count += 1) begun.push(await begin(name, limits, await aTask()));

    // Two seconds for each, of which four may come at once.
    expect(begun.map(({ kind }) => kind)).toEqual(['begun', 'begun', 'begun', 'begun', 'full']);
    const last = begun.at(-1)!;
    expect(last.kind === 'full' && last.againMs > 4_000 && last.againMs <= 8_000).toBe(true);
  });
});
