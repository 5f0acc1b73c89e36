import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { AppError } from '../../domain/errors';
import { keysOf, type Catalogue, type Provider } from '../../domain/provider/catalogue';
import { formatUsd } from '../../domain/money/money';
import type { Breaker, ClosedBreaker, ProviderHealth } from '../../domain/provider/health';
import { testTarget, type LastProbe, type TestTarget } from '../../domain/provider/probe';
import type { ApiContext } from '../deps';
import { wholeListOf } from '../fields/list';
import { parseWith } from '../http/faults';
import { optionalBody, type Routes, type Steps } from '../http/routes';
import { sendJson, sendList } from '../http/send';
import { json, jsonBody, operation } from '../openapi/describe';

export type ProvidersDeps = Pick<
  ApiContext,
  'audit' | 'catalogue' | 'catalogueStore' | 'flushCalls' | 'providerHealth' | 'providerProbes' | 'testProvider'
>;

const state = z.enum(['closed', 'open', 'half_open']);
const providerSchema = z
  .object({
    object: z.literal('provider'),
    name: z.string(),
    kind: z.string(),
    enabled: z.boolean(),
    keys: z.array(z.object({ name: z.string(), state: state.describe('The worst of its breakers.') })),
    health: z
      .object({
        success_rate: z.number().nullable(),
        latency_ms_p50: z.number().nullable(),
        latency_ms_p95: z.number().nullable(),
        requests_5m: z.int(),
      })
      .describe('Of the last 5 minutes, by all processes.'),
    breakers: z.array(
      z.object({
        model: z.string(),
        key: z.string(),
        state,
        opened_at: z.string().nullable(),
        next_probe_at: z.string().nullable(),
        last_error: z.string().nullable(),
      }),
    ),
    last_probe: z
      .object({
        at: z.string(),
        ok: z.boolean(),
        message: z.string(),
        duration_ms: z.int(),
        cost_usd: z.string(),
        total_cost_usd: z.string().describe('Of all its probes so far.'),
      })
      .nullable()
      .describe('Of a provider with `probe`: its last call by ourselves. The installation pays for it; it is in no budget and no ledger.'),
  })
  .meta({ id: 'Provider' });
const listSchema = wholeListOf(providerSchema);
const testSchema = z
  .strictObject({ model: z.string().min(1).max(256).nullish().describe("A model of ours, or one of the provider's.") })
  .meta({ id: 'ProviderTest' });
const testAnswerSchema = z
  .object({
    ok: z.boolean(),
    steps: z.array(z.object({ name: z.string(), ok: z.boolean(), message: z.string(), duration_ms: z.int() })),
  })
  .meta({ id: 'ProviderTestResult' });

/** Routes of /admin/v1/providers. */
export function addProviders(routes: Routes<'/admin/v1'>, context: ProvidersDeps, body: Steps): void {
  routes.get('/providers', async (_request, response) => {
    sendList(response, await providerObjects(context), ({ name }) => name);
  });

  routes.get('/providers/:name', async (request, response) => {
    sendJson(response, 200, await providerObject(context, request.params.name));
  });

  for (const [verb, isDisabled] of [
    ['enable', false],
    ['disable', true],
  ] as const) {
    routes.post(`/providers/:name/${verb}`, async (request, response) => {
      await context.catalogueStore.setProviderDisabled(request.params.name, isDisabled);
      sendJson(response, 200, { ...(await providerObject(context, request.params.name)), enabled: !isDisabled });
    });
  }

  routes.post('/providers/:name/breakers/reset', async (request, response) => {
    const { name } = findProvider(context.catalogue.current(), request.params.name);
    await context.providerHealth.resetBreakers(name);
    sendJson(response, 200, await providerObject(context, name));
  });

  const test: RequestHandler<{ name: string }> = async (request, response) => {
    const catalogue = context.catalogue.current();
    const provider = findProvider(catalogue, request.params.name);
    const { model } = parseWith(testSchema, request.body ?? {});
    const { model: ours, route } = targetOfTest(catalogue, provider, model ?? null);
    // Its calls cost money.
    await context.audit.note('provider.test', `provider:${provider.name}`, { model: model ?? null });
    const steps = await context.testProvider(provider, { model: route.model, modality: ours.modality });
    sendJson(response, 200, {
      ok: steps.every(({ ok }) => ok),
      steps: steps.map(({ name, ok, message, durationMs }) => ({ name, ok, message, duration_ms: durationMs })),
    });
  };
  routes.post('/providers/:name/test', optionalBody(body), test);
}

function findProvider({ providers }: Catalogue, name: string): Provider {
  const provider = providers.get(name);
  if (provider === undefined) throw new AppError('not_found', `There is no provider ${JSON.stringify(name.slice(0, 64))}.`);
  return provider;
}

function targetOfTest(catalogue: Catalogue, provider: Provider, named: string | null): TestTarget {
  const target = testTarget(catalogue, provider, named);
  if (target !== undefined) return target;
  const which = named === null ? 'any model' : `the model ${JSON.stringify(named.slice(0, 200))}`;
  throw new AppError('invalid_value', `No route of ${which} leads to the provider ${provider.name}. Name a model that it serves.`, {
    param: 'model',
  });
}

async function providerObject(context: ProvidersDeps, name: string) {
  findProvider(context.catalogue.current(), name);
  const found = (await providerObjects(context)).find((provider) => provider.name === name);
  if (found === undefined) throw new AppError('not_found', `There is no provider ${JSON.stringify(name.slice(0, 64))}.`);
  return found;
}

async function providerObjects({
  catalogue,
  flushCalls,
  providerHealth,
  providerProbes,
}: Pick<ProvidersDeps, 'catalogue' | 'flushCalls' | 'providerHealth' | 'providerProbes'>) {
  await flushCalls();
  const [health, open, closed, probed] = await Promise.all([
    providerHealth.health(),
    providerHealth.breakers(),
    providerHealth.closedBreakers(),
    providerProbes.last(),
  ]);
  return [...catalogue.current().providers.values()].map((provider) => {
    const breakers = [...open, ...closed].filter(({ provider: name }) => name === provider.name);
    return {
      object: 'provider' as const,
      name: provider.name,
      kind: provider.kind,
      enabled: provider.disabled !== true,
      keys: keysOf(provider).map(({ name }) => ({ name, state: worstOf(breakers.filter(({ key }) => key === name)) })),
      health: healthObject(health.get(provider.name)),
      breakers: breakers.map(breakerObject),
      last_probe: provider.probe === undefined ? null : probeObject(probed.get(provider.name)),
    };
  });
}

function worstOf(breakers: readonly (Breaker | ClosedBreaker)[]): z.output<typeof state> {
  const states = new Set(breakers.map((breaker) => breaker.state));
  return states.has('open') ? 'open' : states.has('half_open') ? 'half_open' : 'closed';
}

function healthObject(health: ProviderHealth | undefined) {
  return {
    success_rate: health?.successRate ?? null,
    latency_ms_p50: health?.p50Ms ?? null,
    latency_ms_p95: health?.p95Ms ?? null,
    requests_5m: health?.requests ?? 0,
  };
}

function probeObject(probe: LastProbe | undefined) {
  if (probe === undefined) return null;
  return {
    at: probe.at.toISOString(),
    ok: probe.ok,
    message: probe.message,
    duration_ms: probe.durationMs,
    cost_usd: formatUsd(probe.costMicroUsd),
    total_cost_usd: formatUsd(probe.totalMicroUsd),
  };
}

function breakerObject(breaker: Breaker | ClosedBreaker) {
  return {
    model: breaker.model,
    key: breaker.key,
    state: breaker.state,
    opened_at: breaker.openedAt?.toISOString() ?? null,
    next_probe_at: breaker.state === 'closed' ? null : breaker.nextProbeAt.toISOString(),
    last_error: breaker.lastError,
  };
}

const tag = 'Administration';
const path = ['name'];
const one = { '200': json('The provider.', providerSchema) };

/** Paths of providers. */
export const providerPaths: ZodOpenApiPathsObject = {
  '/admin/v1/providers': {
    get: operation({
      id: 'listProviders',
      tag,
      summary: 'List providers with their health',
      answers: { '200': json('The providers.', listSchema) },
    }),
  },
  '/admin/v1/providers/{name}': { get: operation({ id: 'getProvider', tag, summary: 'Show a provider', path, answers: one }) },
  '/admin/v1/providers/{name}/enable': {
    post: operation({ id: 'enableProvider', tag, summary: 'Switch a provider on again', path, answers: one }),
  },
  '/admin/v1/providers/{name}/disable': {
    post: operation({
      id: 'disableProvider',
      tag,
      summary: 'Switch a provider off; jobs that it has are still looked after',
      path,
      answers: one,
    }),
  },
  '/admin/v1/providers/{name}/breakers/reset': {
    post: operation({ id: 'resetBreakers', tag, summary: 'Close the breakers of a provider', path, answers: one }),
  },
  '/admin/v1/providers/{name}/test': {
    post: operation({
      id: 'testProvider',
      tag,
      summary: 'Test a provider by a real, cheap call',
      path,
      body: jsonBody(testSchema),
      answers: { '200': json('What was found, step by step.', testAnswerSchema) },
    }),
  },
};
