import type { OpenTracing } from '../adapters/tracing';
import type { TemporalTracing } from '../adapters/temporal/tracing';

/** The tracing of a process, and what carries it through Temporal. */
export interface ProcessTracing {
  readonly tracing: OpenTracing;
  readonly temporal: TemporalTracing;
}

/** Tracing, when the environment says where spans go; else null, and nothing of the library is loaded. */
export async function openProcessTracing(
  process: { readonly name: string; readonly version: string; readonly instanceId: string },
  environment: NodeJS.ProcessEnv,
): Promise<ProcessTracing | null> {
  const isGiven = ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'].some((name) => (environment[name] ?? '') !== '');
  if (!isGiven || environment['OTEL_SDK_DISABLED']?.toLowerCase() === 'true') return null;
  const [{ openTracing }, { createTemporalTracing }] = await Promise.all([
    import('../adapters/tracing/index.js'),
    import('../adapters/temporal/tracing.js'),
  ]);
  const tracing = openTracing(process);
  return { tracing, temporal: createTemporalTracing(tracing) };
}
