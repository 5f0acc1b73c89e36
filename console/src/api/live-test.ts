import { ApiError, errorOf, NoConnection } from './errors';
import { noteConnection } from './connection';

export const LIVE_STEPS = ['address', 'key', 'model', 'stream'] as const;
export type LiveStep = (typeof LIVE_STEPS)[number];

export interface LiveResult {
  readonly state: 'waiting' | 'running' | 'ok' | 'failed';
  readonly ms: number | null;
  readonly error: Error | null;
}

/** An answer to a stream that came in one piece: something on the way holds it back. */
export class NotStreamed extends Error {
  constructor() {
    super('The answer came at once.');
    this.name = 'NotStreamed';
  }
}

/** A call with a key in place of the session, as the client itself would send it. */
async function call(path: string, key: string | null, signal: AbortSignal, body?: object): Promise<Response> {
  const headers = new Headers(key === null ? {} : { authorization: `Bearer ${key}` });
  if (body !== undefined) headers.set('content-type', 'application/json');
  const init = { headers, signal, credentials: 'omit', ...(body && { method: 'POST', body: JSON.stringify(body) }) } as const;
  let response: Response;
  try {
    response = await fetch(`${window.location.origin}${path}`, init);
  } catch (error) {
    if (signal.aborted) throw error;
    noteConnection(false);
    throw new NoConnection(error);
  }
  if (!response.ok) throw await errorOf(response);
  return response;
}

async function readStream(response: Response): Promise<void> {
  const reader = response.body?.getReader();
  if (reader === undefined) throw new NotStreamed();
  const decoder = new TextDecoder();
  let text = '';
  for (let part = await reader.read(); !part.done; part = await reader.read()) text += decoder.decode(part.value, { stream: true });
  const failed = /"error":\{.*?"message":"([^"]*)"/.exec(text);
  if (failed !== null) {
    throw new ApiError(200, { code: 'internal', message: failed[1] ?? '', param: null, details: null, requestId: null });
  }
  if (!text.includes('data: ') || !text.includes('[DONE]')) throw new NotStreamed();
}

/**
 * Tries what a client needs, in the order in which it would fail: the address, the key, the model, a stream. It ends at the first that
 * fails. The last two cost what a few words cost.
 * @param key - sent, and kept nowhere
 */
export async function liveTest(
  { key, model }: { readonly key: string; readonly model: string },
  signal: AbortSignal,
  onStep: (step: LiveStep, result: LiveResult) => void,
): Promise<void> {
  const body = { model, max_tokens: 16, messages: [{ role: 'user', content: 'Say hello.' }] };
  const steps: Readonly<Record<LiveStep, () => Promise<unknown>>> = {
    address: () => call('/healthz', null, signal),
    key: () => call('/v1/models', key, signal),
    model: () => call('/v1/chat/completions', key, signal, body),
    stream: async () => readStream(await call('/v1/chat/completions', key, signal, { ...body, stream: true })),
  };
  for (const step of LIVE_STEPS) {
    const begun = performance.now();
    onStep(step, { state: 'running', ms: null, error: null });
    try {
      await steps[step]();
    } catch (error) {
      if (signal.aborted) return;
      onStep(step, { state: 'failed', ms: performance.now() - begun, error: error as Error });
      return;
    }
    onStep(step, { state: 'ok', ms: performance.now() - begun, error: null });
  }
}
