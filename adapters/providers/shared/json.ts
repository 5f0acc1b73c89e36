import { AppError } from '../../../domain/errors';

/** An object of parsed JSON. */
export type JsonObject = Record<string, unknown>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Parses JSON, with a byte order mark before it or without; undefined when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text) as unknown;
  } catch {
    return undefined;
  }
}

/**
 * The object a successful answer must be.
 * @throws AppError `provider_bad_response`
 */
export function requireObject(text: string, what: string): JsonObject {
  const value = parseJson(text);
  if (isObject(value)) return value;
  throw new AppError('provider_bad_response', `The provider answered ${what} with something that is not a JSON object.`);
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** A number that counts something: finite and not negative. */
export function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}

/** The caller's extra fields and ours over them; ours that are undefined leave the extra ones alone. */
export function overExtras(extras: JsonObject, fields: JsonObject): JsonObject {
  return { ...extras, ...Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) };
}

/** Null is a parameter that was not given. */
export function isGiven(value: unknown): boolean {
  return value !== null && value !== undefined;
}
