import type { LabAnswer, LabRequest, LabRoute, LabVendor } from './vendor';

/** What Google's servers have in common: how they refuse. */
export type Json = Record<string, unknown>;

const STATUS_WORDS: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
};

export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly details: readonly Json[] = [],
  ) {
    super(message);
  }
}

export const GOOGLE_REFUSAL: Pick<LabVendor, 'refuse' | 'unknown'> = {
  refuse: (status, message) => refusal(new Refusal(status, message)),
  unknown: ({ path }) => ({ status: 404, text: `The requested URL ${path} was not found on this server.` }),
};

/** A handler whose `Refusal` is an answer in Google's shape. */
export function refusing(handle: LabRoute['handle']): LabRoute['handle'] {
  return async (request) => {
    try {
      return await handle(request);
    } catch (error) {
      if (error instanceof Refusal) return refusal(error);
      throw error;
    }
  };
}

/** The same for the Gemini API: a known version, and a key. */
export function strictly(handle: LabRoute['handle']): LabRoute['handle'] {
  return refusing((request) => {
    checkKey(request);
    if (!/^v1(beta)?$/.test(version(request))) throw new Refusal(404, `There is no version ${version(request)}.`);
    return handle(request);
  });
}

export function version(request: LabRequest): string {
  return request.params['version'] ?? '';
}

function checkKey({ headers, query }: LabRequest): void {
  const key = headers['x-goog-api-key'] ?? query.get('key');
  if (typeof key !== 'string') throw new Refusal(403, "Method doesn't allow unregistered callers. Please use API Key.");
  if (!key.includes('wrong')) return;
  const info = { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID', domain: 'googleapis.com' };
  throw new Refusal(400, 'API key not valid. Please pass a valid API key.', [info]);
}

function refusal({ status, message, details }: Refusal): LabAnswer {
  const word = STATUS_WORDS[status] ?? 'UNKNOWN';
  return { status, json: { error: { code: status, message, status: word, ...(details.length === 0 ? {} : { details }) } } };
}

export function checkNames(object: Json, known: readonly string[], where: string): void {
  const strange = Object.keys(object).find((name) => !known.includes(name));
  if (strange !== undefined) {
    throw new Refusal(400, `Invalid JSON payload received. Unknown name "${strange}" at '${where}': Cannot find field.`);
  }
}

export function isBase64(value: unknown): boolean {
  return typeof value === 'string' && /^[A-Za-z0-9+/]+=*$/.test(value);
}
