import type { RequestHandler } from 'express';
import type { z } from 'zod';
import { AppError } from '../../../domain/errors';
import { keysOf, type Catalogue, type Provider } from '../../../domain/provider/catalogue';
import { formatUsd } from '../../../domain/money/money';
import type { KnownBalance } from '../../../domain/provider/balance';
import type { Breaker, ClosedBreaker, ProviderHealth, ProviderTester } from '../../../domain/provider/health';
import { testTarget, type LastProbe } from '../../../domain/provider/probe';
import type { ApiContext } from '../../deps';
import { parseWith } from '../../http/faults';
import { optionalBody, type Routes, type Steps } from '../../http/routes';
import { sendJson, sendList } from '../../http/send';
import { definitionFields } from './definition-fields';
import { testSchema, type state } from './schema';

export type ProvidersDeps = Pick<
  ApiContext,
  | 'audit'
  | 'catalogue'
  | 'catalogueAdmin'
  | 'catalogueStore'
  | 'flushCalls'
  | 'providerBalances'
  | 'providerHealth'
  | 'providerProbes'
  | 'testProvider'
>;

/** Routes of /admin/v1/providers. */
export function addProviders(routes: Routes<'/admin/v1'>, context: ProvidersDeps, body: Steps): void {
  routes.get('/providers', async (_request, response) => {
    sendList(response, await providerObjects(context), ({ name }) => name);
  });

  routes.post('/providers', body, async (request, response) => {
    const { entry } = await context.catalogueAdmin.createProvider(request.body);
    sendJson(response, 201, await providerObject(context, entry.name));
  });

  routes.get('/providers/:name', async (request, response) => {
    sendJson(response, 200, await providerObject(context, request.params.name));
  });

  routes.patch('/providers/:name', body, async (request, response) => {
    await context.catalogueAdmin.changeProvider(request.params.name, request.body);
    sendJson(response, 200, await providerObject(context, request.params.name));
  });

  routes.delete('/providers/:name', async (request, response) => {
    const { name } = request.params;
    await context.catalogueAdmin.removeProvider(name);
    sendJson(response, 200, { object: 'provider', name, deleted: true });
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
    const target = targetOfTest(catalogue, provider, model ?? null);
    // Its calls cost money.
    await context.audit.note('provider.test', `provider:${provider.name}`, { model: model ?? null });
    const steps = await context.testProvider(provider, target);
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

/** What is called. Of a provider that no model leads to yet, whatever was named: it is tested before models are made. */
function targetOfTest(catalogue: Catalogue, provider: Provider, named: string | null): Parameters<ProviderTester>[1] {
  const target = testTarget(catalogue, provider, named);
  if (target !== undefined) return { model: target.route.model, modality: target.model.modality };
  if (named !== null && testTarget(catalogue, provider, null) === undefined) return { model: named, modality: null };
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
  catalogueAdmin,
  flushCalls,
  providerBalances,
  providerHealth,
  providerProbes,
}: Pick<ProvidersDeps, 'catalogue' | 'catalogueAdmin' | 'flushCalls' | 'providerBalances' | 'providerHealth' | 'providerProbes'>) {
  await flushCalls();
  const [defined, health, open, closed, probed, balances] = await Promise.all([
    catalogueAdmin.providers(),
    providerHealth.health(),
    providerHealth.breakers(),
    providerHealth.closedBreakers(),
    providerProbes.last(),
    providerBalances.last(),
  ]);
  const shown = new Map(defined.map((one) => [one.entry.name, one]));
  return [...catalogue.current().providers.values()].map((provider) => {
    const definition = shown.get(provider.name);
    const breakers = [...open, ...closed].filter(({ provider: name }) => name === provider.name);
    return {
      object: 'provider' as const,
      name: provider.name,
      kind: provider.kind,
      ...(definition === undefined ? {} : definitionFields(definition)),
      enabled: provider.disabled !== true,
      keys: keysOf(provider).map(({ name, weight }) => ({
        name,
        weight,
        state: worstOf(breakers.filter(({ key }) => key === name)),
        hints: definition?.keyHints.get(name) ?? {},
      })),
      health: {
        ...healthObject(health.get(provider.name)),
        balances: balances.filter((one) => one.provider === provider.name).map(balanceObject),
      },
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

function balanceObject({ key, balances, at, askedAt, error }: KnownBalance) {
  return { key, amounts: balances, at: at?.toISOString() ?? null, asked_at: askedAt.toISOString(), error };
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
