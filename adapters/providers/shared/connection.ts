import type { FormData } from 'undici';
import { AppError } from '../../../domain/errors';
import { secretsOf, type Provider } from '../../../domain/provider/catalogue';
import { exchange, type BodySink, type HttpAnswer } from './exchange';
import type { HttpClient } from './http-client';
import { errorOfAnswer, isRefusal, unpaid } from './provider-error';
import type { Effect } from './transport-error';

/** One vendor's server as a configured provider reaches it: its address, key, headers and limits. */
export interface Connection {
  readonly name: string;
  /** What must never show in a message. */
  readonly secrets: readonly string[];
  /**
   * Makes a call and resolves with a successful answer.
   * @throws AppError by the status and code of an answer that is none
   */
  send(call: Call, sink?: BodySink): Promise<HttpAnswer>;
  /** For bodies too large to be read whole: the connections, where a path is, and the headers of a call there. */
  readonly client: HttpClient;
  url(path: string): URL;
  headers(): Promise<Readonly<Record<string, string>>>;
}

export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below the base URL, without a leading slash. */
  readonly path: string;
  /** A text is sent as JSON. */
  readonly body?: string | FormData;
  /** Sent as `Idempotency-Key`. */
  readonly operationKey?: string;
  /** Of this call, beside those of the connection. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly firstByteMs: number;
  readonly totalMs: number;
  readonly idleMs?: number;
  readonly effect: Effect;
  readonly maxBytes: number;
  /** Takes an answer whose status is none of success for one all the same. */
  readonly isAnswer?: (answer: HttpAnswer) => boolean;
}

/** What a wire format adds to plain HTTP. */
export interface Dialect {
  /**
   * The headers that carry the key. Asked for each call: a token may be signed with the time. The configuration's `headers` win over them.
   * @example () => ({ authorization: `Key ${provider.secrets['api_key']}` })
   */
  readonly authorize: () => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;
  /** Other headers of every call, such as the version of the API. The configuration's `headers` win over them. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The error of an answer whose status says that it failed; absent: the shapes that `readFault` knows. */
  readonly errorOf?: (answer: HttpAnswer, effect: Effect) => AppError;
}

/** Binds a configured provider to the process's connections. */
export function createConnection(provider: Provider, client: HttpClient, dialect: Dialect): Connection {
  if (provider.baseUrl === null) throw new AppError('internal', `Provider ${JSON.stringify(provider.name)} has no base URL.`);
  const base = new URL(provider.baseUrl.replace(/\/*$/, '/'));
  const secrets = secretsOf(provider);
  const plain = {
    accept: 'application/json, text/event-stream',
    'accept-encoding': 'identity',
    'user-agent': 'atelier',
    ...dialect.headers,
  };
  const url = (path: string): URL => withQuery(new URL(path, base), base);
  let last: { readonly authorization: unknown; readonly headers: Readonly<Record<string, string>> } | null = null;
  const headers = async (): Promise<Readonly<Record<string, string>>> => {
    const authorization = await dialect.authorize();
    if (last?.authorization !== authorization) {
      last = { authorization, headers: lowerCased({ ...plain, ...authorization, ...provider.headers }) };
    }
    return last.headers;
  };

  return {
    name: provider.name,
    secrets,
    client,
    url,
    headers,
    async send(call, sink) {
      const answer = await exchange(
        client,
        {
          providerName: provider.name,
          method: call.method,
          url: url(call.path),
          headers: {
            ...(await headers()),
            ...(call.operationKey === undefined ? {} : { 'idempotency-key': call.operationKey }),
            ...(typeof call.body === 'string' ? { 'content-type': 'application/json' } : {}),
            ...call.headers,
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
      const error = dialect.errorOf?.(answer, call.effect) ?? errorOfAnswer(answer, provider.name, call.effect, secrets);
      throw isRefusal(answer.status) || call.effect === 'repeatable' ? unpaid(error) : error;
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
