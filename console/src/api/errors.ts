import { useText } from '../lib/text';
import type errors from '../text/en/errors.json';

/** What the API said no to. `code` decides what is shown; the message is for what we have no words for. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly param: string | null;
  readonly details: unknown;
  readonly requestId: string | null;

  constructor(status: number, facts: { code: string; message: string; param: string | null; details: unknown; requestId: string | null }) {
    super(facts.message);
    this.name = 'ApiError';
    this.status = status;
    this.code = facts.code;
    this.param = facts.param;
    this.details = facts.details;
    this.requestId = facts.requestId;
  }
}

/** The server was not reached, or did not answer as ours does. */
export class NoConnection extends Error {
  constructor(cause: unknown) {
    super('There is no connection to the server.', { cause });
    this.name = 'NoConnection';
  }
}

/** An answer that is an error, as one. */
export async function errorOf(response: Response): Promise<ApiError | NoConnection> {
  const requestId = response.headers.get('x-request-id');
  const text = await response.text();
  const error = errorIn(text);
  if (error === null) {
    // A proxy speaks for a server that is away.
    if (response.status === 502 || response.status === 503 || response.status === 504) return new NoConnection(response.status);
    return new ApiError(response.status, { code: 'internal', message: `HTTP ${response.status}`, param: null, details: null, requestId });
  }
  return new ApiError(response.status, { ...error, requestId });
}

function errorIn(text: string): { code: string; message: string; param: string | null; details: unknown } | null {
  try {
    const { error } = JSON.parse(text) as { error?: { code?: unknown; message?: unknown; param?: unknown; details?: unknown } };
    if (typeof error?.code !== 'string' || typeof error.message !== 'string') return null;
    return {
      code: error.code,
      message: error.message,
      param: typeof error.param === 'string' ? error.param : null,
      details: error.details,
    };
  } catch {
    return null;
  }
}

export const isCode = (error: unknown, ...codes: readonly string[]): boolean => error instanceof ApiError && codes.includes(error.code);

/** An error in words of the page's language; a code without words shows what the server said. */
export function useErrorText(): (error: unknown) => string {
  const text = useText<typeof errors>('errors');
  return (error) => {
    if (error instanceof NoConnection) return text('no_connection');
    if (!(error instanceof ApiError)) return text('unknown');
    return wordsOf(text as (key: string) => string, error.code) ?? error.message;
  };
}

/** The words of a code, null when there are none. */
export function useCodeText(): (code: string) => string | null {
  const text = useText<typeof errors>('errors');
  return (code) => wordsOf(text as (key: string) => string, code);
}

function wordsOf(text: (key: string) => string, code: string): string | null {
  const key = `codes.${code}`;
  const words = text(key);
  return words === key ? null : words;
}
