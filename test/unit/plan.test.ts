import { parseConfig } from '../../adapters/config/file';
import type { ErrorCode } from '../../domain/errors';
import type { Catalogue } from '../../domain/provider/catalogue';
import { knowsRoutes, planAgain } from '../../domain/provider/plan-again';
import { ALL_WELL, planRoutes, type PlanRequest, type RouteState } from '../../domain/provider/plan';
import { nextStep, type FailedCall, type PlannedRoute, type RetryPlan } from '../../domain/provider/routing';

const ENV = { A: 'sk-key-a', B: 'sk-key-b' };
const PROVIDERS = `
providers:
  - { name: a, kind: sandbox }
  - { name: b, kind: sandbox, classes: [production] }
  - { name: c, kind: sandbox, limits: { requests_per_minute: 1 } }
  - { name: two, kind: openai, keys: [{ name: k1, api_key: "\${A}" }, { name: k2, api_key: "\${B}" }] }
models:
`;

function catalogueOf(models: string, disabled: readonly string[] = []): Catalogue {
  const document = parseConfig(PROVIDERS + models, ENV);
  const createdAt = new Date(0);
  return {
    version: 1,
    models: new Map(document.models.map(({ notes: _notes, ...model }) => [model.name, { ...model, createdAt }])),
    providers: new Map(document.providers.map((one) => [one.name, { ...one, ...(disabled.includes(one.name) ? { disabled: true } : {}) }])),
  };
}

const ABC = 'routes: [{ provider: a, model: x, priority: 2 }, { provider: b, model: y, priority: 1 }, { provider: c, model: z }]';
const MODEL = `  - { name: m, modality: text, ${ABC} }\n`;

function plan(models: string, changes: Partial<PlanRequest> & { readonly disabled?: readonly string[] } = {}) {
  const catalogue = catalogueOf(models, changes.disabled);
  const request = {
    catalogue,
    models: [...catalogue.models.values()].slice(0, 1),
    credentialClass: 'production',
    state: ALL_WELL,
  } as const;
  const { routes, skipped } = planRoutes({ ...request, random: () => 0.5, ...changes });
  return { routes: routes.map(({ provider, key, served }) => [provider, key, served].filter(Boolean).join('/')), skipped };
}

const openSince = (times: Readonly<Record<string, number>>): RouteState => ({
  ...ALL_WELL,
  openSince: (provider, key) => times[`${provider}/${key}`] ?? times[provider] ?? null,
});
const full = (...names: string[]): RouteState => ({ ...ALL_WELL, isFull: ({ name }) => names.includes(name) });

describe('the routes of a request', () => {
  test('are those of its model by priority', () => {
    expect(plan(MODEL)).toEqual({ routes: ['a', 'b', 'c'], skipped: [] });
  });

  test.each<[string, Parameters<typeof plan>[1], string[], { provider: string; reason: string }[]]>([
    ['an operator switched the provider off', { disabled: ['a'] }, ['b', 'c'], [{ provider: 'a', reason: 'disabled' }]],
    ['the key is of another class', { credentialClass: 'test' }, ['a', 'c'], [{ provider: 'b', reason: 'class' }]],
    [
      'the provider does not know a parameter',
      { unsupported: ({ provider }) => (provider === 'b' ? 'seed' : null) },
      ['a', 'c'],
      [{ provider: 'b', reason: 'parameter:seed' }],
    ],
    ['the breaker is open', { state: openSince({ a: 1 }) }, ['b', 'c'], [{ provider: 'a', reason: 'breaker_open' }]],
    ['the limit is used up', { state: full('a') }, ['b', 'c'], [{ provider: 'a', reason: 'rate_limit' }]],
  ])('leave one out when %s', (_what, changes, routes, skipped) => {
    expect(plan(MODEL, changes)).toEqual({ routes, skipped });
  });

  test('of a condition are for the classes that it names', () => {
    const model =
      '  - { name: m, modality: text, routes: [{ provider: a, model: x, when: { classes: [script] } }, { provider: c, model: z }] }\n';

    expect(plan(model)).toEqual({ routes: ['c'], skipped: [{ provider: 'a', reason: 'class' }] });
    expect(plan(model, { credentialClass: 'script' }).routes).toEqual(['a', 'c']);
  });

  test('that are all open come down to the one that opened longest ago; those that are all used up have to wait', () => {
    expect(plan(MODEL, { state: openSince({ a: 30, b: 10, c: 20 }) }).routes).toEqual(['b']);
    expect(plan(MODEL, { state: full('a', 'b', 'c') })).toEqual({ routes: ['a', 'b', 'c'], skipped: [] });
  });

  test('go key by key, and one open key leaves the other', () => {
    const model = '  - { name: m, modality: text, routes: [{ provider: two, model: x, priority: 1 }, { provider: a, model: y }] }\n';

    expect(plan(model).routes).toEqual(['two/k1', 'two/k2', 'a']);
    expect(plan(model, { state: openSince({ 'two/k1': 1 }) })).toEqual({ routes: ['two/k2', 'a'], skipped: [] });
  });

  test.each([
    [
      'weighted',
      (at: number) => ['a', 'b'][at],
      '{ provider: a, model: x, priority: 9, weight: 0 }, { provider: b, model: y }',
      ['b', 'a'],
    ],
    ['fastest', () => null, '{ provider: a, model: x, priority: 9 }, { provider: b, model: y }', ['b', 'a']],
    [
      'cheapest',
      () => null,
      '{ provider: a, model: x, priority: 9, cost: { per_call_usd: "2" } }, { provider: b, model: y, cost: { per_call_usd: "1" } }',
      ['b', 'a'],
    ],
  ])('follow the strategy %s, the caller’s before the model’s', (strategy, _unused, routes, expected) => {
    const state = { ...ALL_WELL, latencyMs: (provider: string) => (provider === 'a' ? 900 : 100) };
    const costOf: PlanRequest['costOf'] = ({ cost }) => (cost?.kind === 'per_call' ? cost.each : 0n);
    const model = (options: string) => `  - { name: m, modality: text, ${options} routes: [${routes}] }\n`;

    expect(plan(model(`strategy: ${strategy},`), { state, costOf }).routes).toEqual(expected);
    expect(plan(model(''), { state, costOf, hints: { strategy: strategy as 'fastest' } }).routes).toEqual(expected);
    expect(plan(model(`strategy: ${strategy},`), { state, costOf, hints: { strategy: 'priority' } }).routes).toEqual(['a', 'b']);
  });

  test('follow the hints of the caller', () => {
    expect(plan(MODEL, { hints: { providers: ['c', 'a'] } })).toEqual({ routes: ['c', 'a'], skipped: [] });
    expect(plan(MODEL, { hints: { exclude: ['a'] } })).toEqual({ routes: ['b', 'c'], skipped: [] });
  });

  test('of several models come model by model and say which they serve', () => {
    const catalogue = catalogueOf(`${MODEL}  - { name: n, modality: text, routes: [{ provider: a, model: x2 }] }\n`);

    expect(plan(MODEL, { catalogue, models: [...catalogue.models.values()] }).routes).toEqual(['a', 'b', 'c', 'a/n']);
  });

  test('are drawn by weight: a key of weight 3 comes first three times as often', () => {
    const yaml = PROVIDERS.replace('name: k1,', 'name: k1, weight: 3,');
    const { providers } = parseConfig(`${yaml}${MODEL}`, ENV);
    const catalogue = {
      ...catalogueOf('  - { name: m, modality: text, routes: [{ provider: two, model: x }] }\n'),
      providers: new Map(providers.map((one) => [one.name, one])),
    };
    let seed = 1;
    const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
    const firsts = Array.from(
      { length: 4_000 },
      () => plan(MODEL, { catalogue, models: [...catalogue.models.values()], random }).routes[0],
    );

    const share = firsts.filter((first) => first === 'two/k1').length / firsts.length;
    expect(share).toBeGreaterThan(0.7);
    expect(share).toBeLessThan(0.8);
  });
});

test('a task that is planned again keeps to the routes and fallbacks it was admitted with', () => {
  const catalogue = catalogueOf(`${MODEL}  - { name: n, modality: text, routes: [{ provider: c, model: zz }] }\n`);
  const routing = {
    routes: [
      { provider: 'c', model: 'z' },
      { provider: 'a', model: 'x' },
    ],
    fallbacks: { content_policy: ['n'] },
  };
  const task = { model: 'm', credentialClass: 'production', attempts: [{ provider: 'c', model: 'zz', served: 'n' }], routing } as const;

  expect(planAgain(task, catalogue, { state: ALL_WELL, random: () => 0.5 })).toEqual({
    routes: routing.routes,
    fallbacks: { content_policy: [{ provider: 'c', model: 'zz', served: 'n' }] },
  });
});

test('a task planned again keeps off the routes it may not use, though all of its own have left the configuration', () => {
  const routing = { routes: [{ provider: 'a', model: 'gone' }] };
  const task = { model: 'm', credentialClass: 'production', routing, attempts: [] } as const;

  expect(planAgain(task, catalogueOf(MODEL), { state: ALL_WELL, random: () => 0.5 }).routes).toEqual([]);
  // Whoever plans looks at the newest configuration first.
  expect(knowsRoutes(catalogueOf(MODEL), task)).toBe(false);
  expect(knowsRoutes(catalogueOf(MODEL), { ...task, routing: { routes: [{ provider: 'a', model: 'x' }] } })).toBe(true);
});

describe('what follows a failed call', () => {
  const retry: RetryPlan = {
    routes: [
      { provider: 'two', model: 'x', key: 'k1' },
      { provider: 'two', model: 'x', key: 'k2' },
      { provider: 'a', model: 'y' },
    ],
    fallbacks: {
      content_policy: [
        { provider: 'a', model: 'soft', served: 'n' },
        { provider: 'c', model: 'soft', served: 'n' },
        { provider: 'c', model: 'softer', served: 'o' },
      ],
    },
    callsPerRoute: 1,
    retryUnknown: [],
  };
  const after = (...calls: [number | string, ErrorCode][]) => {
    const routeOf = (at: number | string) => (typeof at === 'number' ? retry.routes[at] : retry.fallbacks?.content_policy?.[Number(at)])!;
    const failed = calls.map(([at, code]): FailedCall => ({ ...routeOf(at), code, retryAfterMs: null }));
    const step = nextStep(retry, failed, () => 0.5);
    return step.kind === 'end' ? step.code : [step.provider, step.key ?? step.served].filter(Boolean).join('/');
  };

  test.each<[string, [number | string, ErrorCode][], string]>([
    ['a key that is refused gives way to the next one', [[0, 'provider_auth']], 'two/k2'],
    ['a key that is used up gives way to the next one', [[0, 'rate_limited']], 'two/k2'],
    ['a provider that is down gives way to another provider', [[0, 'provider_unavailable']], 'a'],
    [
      'with no route left it is the end',
      [
        [0, 'provider_unavailable'],
        [2, 'provider_unavailable'],
      ],
      'provider_unavailable',
    ],
    ['a refusal for its content goes to the model for that', [[0, 'content_policy_violation']], 'a/n'],
    [
      'whose provider may be down',
      [
        [0, 'content_policy_violation'],
        ['0', 'provider_unavailable'],
      ],
      'c/n',
    ],
    [
      'and which may refuse it too',
      [
        [0, 'content_policy_violation'],
        ['0', 'content_policy_violation'],
      ],
      'c/o',
    ],
    [
      'each is tried once',
      [
        [0, 'content_policy_violation'],
        ['0', 'content_policy_violation'],
        ['2', 'content_policy_violation'],
      ],
      'content_policy_violation',
    ],
    ['a request too long for its model has no fallback here', [[0, 'context_length_exceeded']], 'context_length_exceeded'],
    ['a wrong request is tried nowhere else', [[0, 'provider_rejected']], 'provider_rejected'],
  ])('%s', (_what, calls, expected) => {
    expect(after(...calls)).toBe(expected);
  });

  const [k1, k2, a] = retry.routes as [PlannedRoute, PlannedRoute, PlannedRoute];
  const down = (route: PlannedRoute, isDoubtful: boolean): FailedCall => ({
    ...route,
    code: 'provider_unavailable',
    retryAfterMs: null,
    ...(isDoubtful ? { isDoubtful } : {}),
  });
  test.each<[string, Partial<RetryPlan>, FailedCall[], string]>([
    ['without proof that it was not carried out, a purchase is not made again at its route', { routes: [k1] }, [down(k1, true)], 'end'],
    ['with proof it is', { routes: [k1] }, [down(k1, false)], 'two/k1'],
    ['nor with another key of its provider', { routes: [k1, k2] }, [down(k1, true)], 'end'],
    ['the next provider may be tried', {}, [down(k1, true)], 'a'],
    ['which may be tried again by itself', {}, [down(k1, true), down(a, false)], 'a'],
    ['but leads back to the first one no more', { routes: [k1, a, k2] }, [down(k1, true), down(a, true)], 'end'],
    ['nor does a refusal for its content', {}, [down(a, true), { ...k1, code: 'content_policy_violation', retryAfterMs: null }], 'c/n'],
    ['unless the operator would rather pay twice', { routes: [k1], retryUnknown: ['two'] }, [down(k1, true)], 'two/k1'],
  ])('%s', (_what, changes, calls, expected) => {
    const step = nextStep({ ...retry, callsPerRoute: 2, ...changes }, calls, () => 0.5);
    expect(step.kind === 'end' ? step.kind : [step.provider, step.key ?? step.served].filter(Boolean).join('/')).toBe(expected);
  });
});
