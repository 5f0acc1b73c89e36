import { setTimeout as pause } from 'node:timers/promises';
import type { CliFailure } from '../failure';
import { parseJson } from '../json-value';
import { answerFailure, strangerFailure } from './answer-failure';
import { connectionFailure, mayHaveArrived } from './connection-failure';

/** A call of the API. */
export interface ApiRequest {
  /** Default: GET. */
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** From the root of the installation: `/v1/tasks`, `/admin/v1/keys`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is instead. */
  readonly raw?: { readonly text: string; readonly contentType: string };
  /** Sent as multipart/form-data instead. */
  readonly form?: FormData;
  readonly headers?: Readonly<Record<string, string>>;
  /** Repeats after a broken connection or an answer that allows them. Default: 2 for GET and calls with an Idempotency-Key, else 0. */
  readonly repeats?: number;
  readonly signal?: AbortSignal;
}

/** The API of one installation. */
export interface ApiClient {
  /** @returns the parsed body @throws CliFailure with the API's message, code and ids, or what is wrong with the connection */
  call(request: ApiRequest): Promise<unknown>;
  /** The answer itself, its body unread; for streams and files. @throws CliFailure as `call` */
  open(request: ApiRequest): Promise<Response>;
}

export interface ApiClientOptions {
  /** With or without `/v1` at its end. */
  readonly baseUrl: string;
  readonly key: string;
  readonly fetch: typeof globalThis.fetch;
}

const REPEATS = 2;
const FIRST_PAUSE_MS = 400;
const LONGEST_PAUSE_MS = 20_000;

export function createApiClient({ baseUrl, key, fetch }: ApiClientOptions): ApiClient {
  const root = baseUrl.replace(/\/+$/, '').replace(/\/v1$/, '');

  async function attempt(url: string, request: ApiRequest): Promise<Response> {
    const { method = 'GET', body, raw, form, headers, signal } = request;
    return fetch(url, {
      method,
      // A POST that follows a redirect becomes a GET: say where it went instead.
      redirect: 'manual',
      headers: {
        authorization: `Bearer ${key}`,
        'user-agent': 'atelier-cli',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(raw === undefined ? {} : { 'content-type': raw.contentType }),
        ...headers,
      },
      ...(form === undefined ? (body === undefined ? {} : { body: JSON.stringify(body) }) : { body: form }),
      ...(raw === undefined ? {} : { body: raw.text }),
      ...(signal === undefined ? {} : { signal }),
    });
  }

  async function open(request: ApiRequest): Promise<Response> {
    const url = `${root}${request.path}${queryText(request.query)}`;
    let repeatsLeft = request.repeats ?? (isRepeatable(request) ? REPEATS : 0);
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs *= 2) {
      const outcome = await attempt(url, request).then(judge, (error: unknown) => {
        request.signal?.throwIfAborted();
        return { failure: connectionFailure(error, url), isWorthRepeating: mayHaveArrived(error), afterMs: null };
      });
      if ('response' in outcome) return outcome.response;
      if (!outcome.isWorthRepeating || repeatsLeft === 0) throw outcome.failure;
      repeatsLeft -= 1;
      await pause(Math.min(outcome.afterMs ?? pauseMs, LONGEST_PAUSE_MS), undefined, { signal: request.signal });
    }
  }

  return {
    open,
    async call(request) {
      const response = await open(request);
      const text = await response.text().catch((error: unknown) => {
        throw connectionFailure(error, response.url);
      });
      const value = parseJson(text);
      if (value === undefined) throw strangerFailure(response);
      return value;
    },
  };
}

type Verdict =
  { readonly response: Response } | { readonly failure: CliFailure; readonly isWorthRepeating: boolean; readonly afterMs: number | null };

/** Repeats are for answers that the API itself calls worth it: 429 and 5xx without `x-should-retry: false`. */
async function judge(response: Response): Promise<Verdict> {
  if (response.ok) return { response };
  const text = await response.text().catch(() => '');
  const afterMs = Number(response.headers.get('retry-after-ms') ?? NaN);
  return {
    failure: answerFailure(response, text),
    isWorthRepeating: (response.status === 429 || response.status >= 500) && response.headers.get('x-should-retry') !== 'false',
    afterMs: Number.isFinite(afterMs) ? afterMs : null,
  };
}

function isRepeatable({ method = 'GET', headers }: ApiRequest): boolean {
  return method === 'GET' || headers?.['idempotency-key'] !== undefined;
}

function queryText(query: ApiRequest['query']): string {
  const pairs = Object.entries(query ?? {}).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs).toString()}`;
}
