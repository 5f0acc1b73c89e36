import type { FormData } from 'undici';
import { AppError } from '../../../domain/errors';
import { secretsOf, type Provider } from '../../../domain/provider/catalogue';
import { exchange, type BodySink, type HttpAnswer } from '../shared/exchange';
import type { HttpClient } from '../shared/http-client';
import { errorOfAnswer } from '../shared/provider-error';
import type { Effect } from '../shared/transport-error';

/** One server that speaks OpenAI's wire format. */
export interface Connection {
  readonly name: string;
  /** What must never show in a message. */
  readonly secrets: readonly string[];
  /**
   * Makes a call and resolves with a successful answer.
   * @throws AppError by the status and code of an answer that is none
   */
  send(call: Call, sink?: BodySink): Promise<HttpAnswer>;
  /** Where a path is, and the headers of a call there; for bodies too large to be read whole. */
  readonly client: HttpClient;
  url(path: string): URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Streams of this model are asked to end with their usage: unless the configuration or the server itself is against it. */
  asksStreamUsage(model: string): boolean;
  /** The server refused `stream_options` for this model: never asked again, until the process or the configuration changes. */
  leaveOutStreamUsage(model: string): void;
}

export interface Call {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below the base URL, without a leading slash. */
  readonly path: string;
  readonly body?: string | FormData;
  /** Sent as `Idempotency-Key`. */
  readonly operationKey?: string;
  readonly signal: AbortSignal;
  readonly firstByteMs: number;
  readonly totalMs: number;
  readonly idleMs?: number;
  readonly effect: Effect;
  readonly maxBytes: number;
  /** Takes an answer whose status is none of success for one all the same. */
  readonly isAnswer?: (answer: HttpAnswer) => boolean;
}

/** Binds a configured provider to the process's connections. */
export function createConnection(provider: Provider, client: HttpClient): Connection {
  if (provider.baseUrl === null) throw new AppError('internal', `Provider ${JSON.stringify(provider.name)} has no base URL.`);
  const base = new URL(provider.baseUrl.replace(/\/*$/, '/'));
  const key = provider.secrets['api_key'];
  const secrets = secretsOf(provider);
  const headers = lowerCased({
    ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    accept: 'application/json, text/event-stream',
    'accept-encoding': 'identity',
    'user-agent': 'atelier',
    ...provider.headers,
  });
  const url = (path: string): URL => withQuery(new URL(path, base), base);
  const withoutStreamUsage = new Set<string>();

  return {
    name: provider.name,
    secrets,
    client,
    url,
    headers,
    asksStreamUsage: (model) => provider.options['stream_usage'] !== false && !withoutStreamUsage.has(model),
    leaveOutStreamUsage: (model) => void withoutStreamUsage.add(model),
    async send(call, sink) {
      const answer = await exchange(
        client,
        {
          providerName: provider.name,
          method: call.method,
          url: url(call.path),
          headers: {
            ...headers,
            ...(call.operationKey === undefined ? {} : { 'idempotency-key': call.operationKey }),
            ...(typeof call.body === 'string' ? { 'content-type': 'application/json' } : {}),
          },
          body: call.body ?? null,
          signal: call.signal,
          firstByteMs: call.firstByteMs,
          totalMs: call.totalMs,
          idleMs: call.idleMs,
          effect: call.effect,
          maxBytes: call.maxBytes,
        },
        sink,
      );
      if (isSuccess(answer.status) || call.isAnswer?.(answer) === true) return answer;
      throw errorOfAnswer(answer, provider.name, call.effect, secrets);
    },
  };
}

export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

/** Some deployments carry a version in the base URL's query (`?api-version=...`); it belongs to every call. */
function withQuery(url: URL, base: URL): URL {
  for (const [name, value] of base.searchParams) url.searchParams.set(name, value);
  return url;
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
