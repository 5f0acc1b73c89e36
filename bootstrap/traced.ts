import type { ProviderAdapter, ProviderRegistry } from '../domain/provider/provider';
import type { BackgroundRunner } from '../domain/runner';
import type { Egress } from '../domain/storage';
import type { SpanFacts, Tracing } from '../domain/tracing';
import { currentLogFields } from '../lib/log-context';

// Parts whose calls are spans. They are wrapped only where tracing is on: otherwise nothing of this costs anything.

/** What is part of a trace. The others only read what came, or stand behind one of these. */
const TRACED: ReadonlySet<string> = new Set([
  'chat',
  'embed',
  'moderate',
  'speak',
  'transcribe',
  'countTokens',
  'submit',
  'poll',
  'open',
  'cancel',
  'find',
]);

/** Providers whose calls are spans. */
export function withTracedProviders(registry: ProviderRegistry, tracing: Tracing): ProviderRegistry {
  const known = new WeakMap<ProviderAdapter, ProviderAdapter>();
  return (provider, key) => {
    const adapter = registry(provider, key);
    let traced = known.get(adapter);
    if (traced === undefined) {
      const { text, media, ...rest } = adapter;
      traced = {
        ...rest,
        ...(text === undefined ? {} : { text: tracedCalls(text, provider.name, tracing) }),
        ...(media === undefined ? {} : { media: tracedCalls(media, provider.name, tracing) }),
      };
      known.set(adapter, traced);
    }
    return traced;
  };
}

type Call = (this: unknown, ...given: readonly unknown[]) => Promise<unknown>;

function tracedCalls<Calls extends object>(calls: Calls, provider: string, tracing: Tracing): Calls {
  const entries = Object.entries(calls).map(([name, member]: [string, unknown]) => {
    if (typeof member !== 'function' || !TRACED.has(name)) return [name, member] as const;
    const call = member as Call;
    const traced: Call = (...given) =>
      tracing.span(`${name} ${provider}`, { kind: 'client', facts: { ...factsOf(given[0]), 'atelier.provider': provider } }, () =>
        call.apply(calls, [...given]),
      );
    return [name, traced] as const;
  });
  return Object.fromEntries(entries) as Calls;
}

function factsOf(call: unknown): SpanFacts {
  const model = typeof call === 'object' && call !== null && 'model' in call ? call.model : undefined;
  return { ...taskFacts(), ...(typeof model === 'string' ? { 'gen_ai.request.model': model } : {}) };
}

function taskFacts(): SpanFacts {
  return { 'atelier.task_id': currentLogFields()['task_id'] };
}

/** Callers' receivers whose tries are spans; only the host is told of their addresses. */
export function withTracedPosts(egress: Egress, tracing: Tracing): Egress {
  return {
    ...egress,
    post: (url, options) =>
      tracing.span('POST callback', { kind: 'client', facts: { ...taskFacts(), 'server.address': hostOf(url) } }, () =>
        egress.post(url, options),
      ),
  };
}

function hostOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).host : undefined;
}

/**
 * A runner whose deliveries are part of the trace of the request that made the task: the event waits in Postgres in between, where no context is.
 * @param traceOf - the `traceparent` of an event's task
 */
export function withTracedDeliveries<Runner extends Pick<BackgroundRunner, 'deliverCallback'>>(
  runner: Runner,
  tracing: Tracing,
  traceOf: (eventId: string) => Promise<string | null>,
): Runner {
  return {
    ...runner,
    async deliverCallback(eventId: string, options?: { readonly restart?: boolean }) {
      const parent = await traceOf(eventId).catch(() => null);
      const facts = { 'atelier.event_id': eventId };
      await tracing.span('dispatch callback', { kind: 'internal', facts, parent }, () => runner.deliverCallback(eventId, options));
    },
  };
}
