import type { Resource } from '@opentelemetry/resources';
import type { SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { OpenTelemetryWorkflowClientInterceptor } from '@temporalio/interceptors-opentelemetry/lib/client';
import { makeWorkflowExporter, OpenTelemetryActivityInboundInterceptor } from '@temporalio/interceptors-opentelemetry/lib/worker';
import type { WorkflowClientInterceptor } from '@temporalio/client';
import type { ActivityInterceptorsFactory, WorkerOptions } from '@temporalio/worker';

/** What carries a trace from who starts a workflow through its steps. */
export interface TemporalTracing {
  readonly client: readonly WorkflowClientInterceptor[];
  readonly activity: ActivityInterceptorsFactory;
  readonly spans: NonNullable<WorkerOptions['sinks']>;
}

/** @param place - where spans go; to be called once the process has registered its tracing */
export function createTemporalTracing({
  processor,
  resource,
}: {
  readonly processor: SpanProcessor;
  readonly resource: Resource;
}): TemporalTracing {
  const all = new OpenTelemetryWorkflowClientInterceptor();
  return {
    // What only looks at a workflow, as the sweeper does all the time, is no part of what is traced.
    client: [
      {
        startWithDetails: (input, next) => all.startWithDetails(input, next),
        signalWithStart: (input, next) => all.signalWithStart(input, next),
      },
    ],
    activity: (context) => ({ inbound: new OpenTelemetryActivityInboundInterceptor(context) }),
    spans: { exporter: makeWorkflowExporter(processor, resource) },
  };
}
