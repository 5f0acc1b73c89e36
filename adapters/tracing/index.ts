import {
  context,
  defaultTextMapGetter,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { detectResourcesSync, envDetectorSync, Resource } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor, type SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { isAppError } from '../../domain/errors';
import type { SpanFacts, SpanOptions, Tracing } from '../../domain/tracing';

export interface OpenTracing extends Tracing {
  /** For who makes spans of their own: the workflows. */
  readonly processor: SpanProcessor;
  readonly resource: Resource;
  /** Sends what is still to be sent, for 3 s at most. */
  close(): Promise<void>;
}

const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT, internal: SpanKind.INTERNAL } as const;
const CLOSE_WITHIN_MS = 3_000;

/**
 * OpenTelemetry by its own environment (`OTEL_EXPORTER_OTLP_ENDPOINT`, `OTEL_EXPORTER_OTLP_HEADERS`, `OTEL_SERVICE_NAME`,
 * `OTEL_RESOURCE_ATTRIBUTES`, `OTEL_TRACES_SAMPLER`, ...), sent as OTLP over HTTP. To be called once in a process: the library is global.
 */
export function openTracing(process: { readonly name: string; readonly version: string; readonly instanceId: string }): OpenTracing {
  const own = {
    'service.name': `atelier-${process.name}`,
    'service.version': process.version,
    'service.instance.id': process.instanceId,
  };
  const resource = new Resource({ ...own, ...detectResourcesSync({ detectors: [envDetectorSync] }).attributes });
  const processor = new BatchSpanProcessor(new OTLPTraceExporter({ timeoutMillis: CLOSE_WITHIN_MS }));
  const provider = new BasicTracerProvider({ resource, spanProcessors: [processor] });
  provider.register({ contextManager: new AsyncLocalStorageContextManager().enable() });
  const tracer = provider.getTracer('atelier', process.version);

  const begin: Tracing['begin'] = (name, { kind, facts = {}, parent }) => {
    const span = tracer.startSpan(name, { kind: KINDS[kind], attributes: known(facts) }, parentOf(parent));
    const within = trace.setSpan(context.active(), span);
    return {
      run: (work) => context.with(within, work),
      end(finalName, endFacts, isFailed) {
        span.updateName(finalName);
        span.setAttributes(known(endFacts));
        if (isFailed) span.setStatus({ code: SpanStatusCode.ERROR });
        span.end();
      },
    };
  };

  return {
    processor,
    resource,
    begin,
    async span<T>(name: string, options: SpanOptions, work: () => Promise<T>): Promise<T> {
      const open = begin(name, options);
      try {
        const result = await open.run(work);
        open.end(name, {}, false);
        return result;
      } catch (error) {
        // A message may repeat a prompt or a provider's words.
        open.end(name, { 'error.type': isAppError(error) ? error.code : 'internal' }, true);
        throw error;
      }
    },
    traceparent() {
      const carrier: Record<string, string> = {};
      propagation.inject(context.active(), carrier);
      return carrier['traceparent'] ?? null;
    },
    close: () => provider.shutdown().catch(() => undefined),
  };
}

function parentOf(traceparent: string | null | undefined): Context {
  if (traceparent === undefined) return context.active();
  return traceparent === null ? ROOT_CONTEXT : propagation.extract(ROOT_CONTEXT, { traceparent }, defaultTextMapGetter);
}

function known(facts: SpanFacts): Record<string, string | number | boolean> {
  return Object.fromEntries(Object.entries(facts).filter((fact): fact is [string, string | number | boolean] => fact[1] !== undefined));
}
