import { parseConfig } from '../../adapters/config/file';
import { callerKey, type Catalogue } from '../../domain/provider/catalogue';
import { withOldGateways } from '../../domain/provider/old-gateway';
import { ALL_WELL, planRoutes, type PlanRequest } from '../../domain/provider/plan';
import { planAgain } from '../../domain/provider/plan-again';

const CONFIG = `
providers:
  - { name: a, kind: sandbox }
  - { name: old, kind: openai, base_url: "https://old.example/v1" }
models:
  - { name: m, modality: text, routes: [{ provider: a, model: x }] }
  - { name: other, modality: text, routes: [{ provider: a, model: y }] }
`;

function catalogueOf(models: readonly string[] | null): Catalogue {
  const document = parseConfig(CONFIG, {});
  return withOldGateways({
    version: 1,
    models: new Map(document.models.map(({ notes: _notes, ...model }) => [model.name, { ...model, createdAt: new Date(0) }])),
    providers: new Map(document.providers.map((one) => [one.name, one.name === 'old' ? { ...one, ownKeys: { models } } : one])),
  });
}

const ownKey = { provider: 'old', key: callerKey(7) };

function plan(changes: Partial<PlanRequest> = {}, name = 'm', models: readonly string[] | null = null) {
  const catalogue = catalogueOf(models);
  const request = { catalogue, models: [catalogue.models.get(name)!], credentialClass: 'production', state: ALL_WELL } as const;
  return planRoutes({ ...request, random: () => 0.5, ...changes }).routes.map(({ provider, key }) =>
    [provider, key].filter(Boolean).join('/'),
  );
}

test('a caller whom the old gateway serves has it first, by the own key, and nobody else has it at all', () => {
  expect(plan({ ownKey })).toEqual(['old/caller:7', 'a']);
  expect(plan()).toEqual(['a']);
  expect(plan({ ownKey: { provider: 'another', key: callerKey(7) } })).toEqual(['a']);
});

test('it serves the models that it is said to serve, and keeps to what the caller excludes', () => {
  expect(plan({ ownKey }, 'other', ['m'])).toEqual(['a']);
  expect(plan({ ownKey, hints: { exclude: ['old'] } })).toEqual(['a']);
});

test('a breaker of it is one for all keys, and the next route serves', () => {
  const openSince = (provider: string, key: string): number | null => (provider === 'old' && key === 'default' ? 1 : null);
  expect(plan({ ownKey, state: { ...ALL_WELL, openSince } })).toEqual(['a']);
});

test('a task that was admitted keeps to its side, whatever the share is now', () => {
  const task = { model: 'm', credentialClass: 'production', attempts: [] } as const;
  const by = { state: ALL_WELL, random: () => 0.5 };
  const there = {
    ...task,
    routing: {
      ownKey,
      routes: [
        { provider: 'old', model: 'm' },
        { provider: 'a', model: 'x' },
      ],
    },
  };

  expect(planAgain(there, catalogueOf(null), by).routes).toEqual([
    { provider: 'old', model: 'm', key: 'caller:7' },
    { provider: 'a', model: 'x' },
  ]);
  expect(planAgain({ ...task, routing: null }, catalogueOf(null), by).routes).toEqual([{ provider: 'a', model: 'x' }]);
});
