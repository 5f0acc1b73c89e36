import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import protobuf from 'protobufjs';

/** A span as it was sent. Ids are hex; `parent` null: it has none. */
export interface SentSpan {
  readonly service: string;
  readonly name: string;
  readonly traceId: string;
  readonly id: string;
  readonly parent: string | null;
  readonly startMs: number;
  readonly endMs: number;
  readonly facts: Readonly<Record<string, string>>;
}

export interface OtlpReceiver {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly url: string;
  readonly spans: readonly SentSpan[];
  /** Everything that came, as bytes. */
  raw(): Buffer;
  close(): Promise<void>;
}

/** Of https://github.com/open-telemetry/opentelemetry-proto, what the tests read. */
const PROTO = `syntax = "proto3";
message Request { repeated ResourceSpans resourceSpans = 1; }
message ResourceSpans { Resource resource = 1; repeated ScopeSpans scopeSpans = 2; }
message Resource { repeated KeyValue attributes = 1; }
message ScopeSpans { repeated Span spans = 2; }
message Span { bytes traceId = 1; bytes spanId = 2; bytes parentSpanId = 4; string name = 5; fixed64 start = 7; fixed64 end = 8; repeated KeyValue attributes = 9; }
message KeyValue { string key = 1; AnyValue value = 2; }
message AnyValue { oneof value { string stringValue = 1; bool boolValue = 2; int64 intValue = 3; double doubleValue = 4; } }`;

/** A server that takes traces by OTLP over HTTP, in protobuf, as a collector does. */
export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const requestType = protobuf.parse(PROTO).root.lookupType('Request');
  const spans: SentSpan[] = [];
  const bodies: Buffer[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const bytes = Buffer.concat(chunks);
      if (request.url !== '/v1/traces' || request.headers['content-type'] !== 'application/x-protobuf') {
        response.writeHead(415).end();
        return;
      }
      const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes;
      bodies.push(body);
      spans.push(
        ...spansOf(requestType.toObject(requestType.decode(body), { longs: Number, defaults: false, arrays: true, oneofs: true })),
      );
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    raw: () => Buffer.concat(bodies),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function spansOf(request: any): SentSpan[] {
  return request.resourceSpans.flatMap(({ resource, scopeSpans }: any) =>
    scopeSpans.flatMap((scope: any) =>
      scope.spans.map((span: any) => ({
        service: factsOf(resource.attributes)['service.name'],
        name: span.name,
        traceId: hexOf(span.traceId),
        id: hexOf(span.spanId),
        parent: (span.parentSpanId ?? []).length === 0 ? null : hexOf(span.parentSpanId),
        startMs: span.start / 1e6,
        endMs: span.end / 1e6,
        facts: factsOf(span.attributes),
      })),
    ),
  );
}

function factsOf(attributes: any[]): Record<string, string> {
  // Of the kinds of value there is one.
  return Object.fromEntries(attributes.map(({ key, value: { value, ...kinds } }) => [key, String(kinds[value as string])]));
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
