import { createHash, createPublicKey, verify, type JsonWebKey, type KeyObject } from 'node:crypto';
import type { CallbackReading, ProviderCallback } from '../../../domain/provider/callback';
import { exchange } from '../shared/exchange';
import type { HttpClient } from '../shared/http-client';
import { isObject, parseJson } from '../shared/json';

const TOLERANCE_S = 300;
/** fal asks to keep its keys no longer. */
const KEEP_KEYS_MS = 24 * 3_600_000;
/** Keys that verify nothing are fetched anew, but not at every forged call. */
const FETCH_AGAIN_MS = 60_000;
const MAX_KEYS_BYTES = 256 * 1024;

interface Keys {
  readonly fetchedAt: number;
  readonly keys: readonly KeyObject[];
}

/**
 * Reads fal's webhooks: an Ed25519 signature over request id, user id, time and the body's digest, by one of the keys that fal publishes.
 * While the keys cannot be fetched a webhook is a hint: the job is asked for in any case.
 */
export function createWebhookReader(client: HttpClient, keysUrl: string): (callback: ProviderCallback) => Promise<CallbackReading> {
  let known: Keys | null = null;

  const keysFor = async (now: number, isStale: boolean): Promise<readonly KeyObject[] | null> => {
    const age = known === null ? Infinity : now - known.fetchedAt;
    if (known !== null && age < (isStale ? FETCH_AGAIN_MS : KEEP_KEYS_MS)) return isStale ? [] : known.keys;
    const keys = await fetchKeys(client, keysUrl).catch(() => null);
    if (keys !== null) known = { fetchedAt: now, keys };
    return keys;
  };

  return async ({ headers, body, receivedAt }) => {
    const [requestId, userId, timestamp, signature] = ['request-id', 'user-id', 'timestamp', 'signature'].map((name) => {
      const value = headers[`x-fal-webhook-${name}`];
      return typeof value === 'string' ? value : '';
    });
    if (requestId === '' || timestamp === '' || !/^[0-9a-f]{128}$/i.test(signature ?? '')) return refused('it carries no signature of fal');
    const now = receivedAt.getTime();
    if (!(Math.abs(now / 1000 - Number(timestamp)) <= TOLERANCE_S)) return refused('its time is too far from ours');
    const digest = createHash('sha256').update(body).digest('hex');
    const signed = Buffer.from([requestId, userId, timestamp, digest].join('\n'));
    const isBy = (key: KeyObject): boolean => verify(null, signed, key, Buffer.from(signature ?? '', 'hex'));
    for (const isStale of [false, true]) {
      const keys = await keysFor(now, isStale);
      if (keys === null || keys.some(isBy)) return { kind: 'hint' };
    }
    return refused('its signature is by none of the keys that fal publishes');
  };
}

function refused(reason: string): CallbackReading {
  return { kind: 'refused', reason };
}

async function fetchKeys(client: HttpClient, url: string): Promise<readonly KeyObject[]> {
  const answer = await exchange(client, {
    providerName: 'fal (webhook keys)',
    method: 'GET',
    url: new URL(url),
    headers: { accept: 'application/json', 'user-agent': 'atelier' },
    body: null,
    signal: AbortSignal.timeout(10_000),
    firstByteMs: 10_000,
    totalMs: 10_000,
    effect: 'repeatable',
    maxBytes: MAX_KEYS_BYTES,
  });
  const body = parseJson(answer.body);
  const list: readonly unknown[] = isObject(body) && Array.isArray(body['keys']) ? body['keys'] : [];
  const keys = list.filter(isObject).filter(({ kty, crv }) => kty === 'OKP' && crv === 'Ed25519');
  if (answer.status !== 200 || keys.length === 0) throw new RangeError('fal published no keys');
  return keys.map((key) => createPublicKey({ key: key as JsonWebKey, format: 'jwk' }));
}
