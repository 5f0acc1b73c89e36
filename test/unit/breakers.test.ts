import { createTextActivities } from '../../activities/text/activities';
import { openProviderState } from '../../activities/provider-state';
import { parseConfig } from '../../adapters/config/file';
import type { Catalogue } from '../../domain/provider/catalogue';
import type { Breaker, CallReport, ProviderHealthStore } from '../../domain/provider/health';
import { silent } from '../support/silent-logger';

/** What one process makes of breakers that all processes share; the store answers as Postgres does. */
const PLACE = { provider: 'a', key: 'default', model: 'x' } as const;
const { models, providers } = parseConfig(
  `
providers: [{ name: a, kind: sandbox }, { name: b, kind: sandbox }]
models: [{ name: m, modality: text, routes: [{ provider: a, model: x, priority: 1 }, { provider: b, model: y }] }]
`,
  {},
);
const catalogue: Catalogue = {
  version: 1,
  models: new Map(models.map(({ notes: _notes, ...model }) => [model.name, { ...model, createdAt: new Date(0) }])),
  providers: new Map(providers.map((one) => [one.name, one])),
};

async function aProcess(claim: () => Date | null) {
  const claims: Date[] = [];
  const reports: CallReport[] = [];
  const openedAt = new Date(Date.now() - 60_000);
  const due: Breaker = { ...PLACE, state: 'open', openedAt, nextProbeAt: new Date(Date.now() - 1_000), lastError: null };
  const store: ProviderHealthStore = {
    breakers: async () => [due],
    closedBreakers: async () => [],
    report: async (more) => void reports.push(...more),
    claimProbe: async () => {
      claims.push(new Date());
      return claim();
    },
    resetBreakers: async () => undefined,
    addCounts: async () => undefined,
    health: async () => new Map(),
    leaseCalls: async () => ({ granted: 0, againMs: null }),
  };
  const changes = { onBreaker: () => () => undefined };
  const state = await openProviderState({ store, changes, catalogue: () => catalogue, instanceId: 'one', logger: silent });
  return { state, claims, reports };
}

test('a breaker that another process half-opens is claimed a few times, however many requests ask for its route', async () => {
  const { state, claims } = await aProcess(() => null);

  for (let request = 0; request < 2_000; request += 1) {
    expect(state.openSince(PLACE.provider, PLACE.key, PLACE.model)).not.toBeNull();
    await Promise.resolve();
  }
  await state.close();

  expect(claims.length).toBeGreaterThan(0);
  expect(claims.length).toBeLessThanOrEqual(3);
});

test('of texts that are planned at once a half-open route gets one', async () => {
  const until = new Date(Date.now() + 10_000);
  const { state, claims } = await aProcess(() => until);
  state.openSince(PLACE.provider, PLACE.key, PLACE.model);
  while (state.openSince(PLACE.provider, PLACE.key, PLACE.model) !== null) await new Promise((resolve) => setImmediate(resolve));
  const ids = ['1', '2', '3', '4', '5'];
  const task = {
    model: 'm',
    status: 'running',
    credentialClass: 'production',
    routing: null,
    attempts: [],
    endpoint: 'tasks',
    deadlineAt: null,
  };
  const activities = createTextActivities({
    lane: {} as never,
    tasks: { findMany: async () => ids.map((id) => ({ ...task, id })) } as never,
    catalogue: () => catalogue,
    latestCatalogue: async () => catalogue,
    state,
    random: () => 0.5,
  });

  const plans = await activities.planTexts(ids);
  await state.close();

  expect(plans.map((plan) => plan?.routes[0]?.provider)).toEqual(['a', 'b', 'b', 'b', 'b']);
  expect(claims).toHaveLength(1);
});

test('a probe that only found the server closes no breaker, one that called the model does; neither says how long requests take', async () => {
  const { state, reports } = await aProcess(() => null);
  const success = { route: PLACE, code: null, beganAt: new Date() };

  state.ended({ ...success, probe: 'look' });
  await state.flush();
  expect(reports).toEqual([]);
  state.ended({ ...success, probe: 'call' });
  state.ended({ ...success, route: { ...PLACE, model: 'y' }, code: 'provider_unavailable', probe: 'look' });
  await state.flush();
  await state.close();

  expect(reports.map(({ model, failures }) => [model, failures])).toEqual([
    ['x', 0],
    ['y', 1],
  ]);
  expect(state.latencyMs(PLACE.provider, PLACE.model)).toBeNull();
});
