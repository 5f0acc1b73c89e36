/** Facts of a span: method, route, model, provider, ids. Never prompts, keys or bodies. */
export type SpanFacts = Readonly<Record<string, string | number | boolean | undefined>>;

export interface SpanOptions {
  /** `server`: a request of ours to answer; `client`: a request of ours to others. */
  readonly kind: 'server' | 'client' | 'internal';
  readonly facts?: SpanFacts;
  /** A W3C `traceparent` that it continues; absent: the work that it is part of. One that is not valid begins a trace. */
  readonly parent?: string | null;
}

/** A span that has begun. */
export interface OpenSpan {
  /** Does work as part of it. */
  run<T>(work: () => T): T;
  /** Ends it under its name, which may be known only now. */
  end(name: string, facts: SpanFacts, isFailed: boolean): void;
}

/** Makes the spans of this process. */
export interface Tracing {
  begin(name: string, options: SpanOptions): OpenSpan;
  /** Does work as a span. An error ends it as failed: of ours only the code is told. */
  span<T>(name: string, options: SpanOptions, work: () => Promise<T>): Promise<T>;
  /** W3C `traceparent` of the work that is done now; null: it is part of no span. */
  traceparent(): string | null;
}
