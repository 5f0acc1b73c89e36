import { AppError } from '../../../domain/errors';
import type { Balance } from '../../../domain/provider/balance';
import type { Connection } from './connection';
import { requireObject, type JsonObject } from './json';

const WITHIN_MS = 15_000;
const MOST_BYTES = 64 * 1024;

/** @param path - from the root of the server ("/user/balance"), or below the base URL */
export async function askBalance(connection: Connection, path: string, signal: AbortSignal): Promise<JsonObject> {
  const { body } = await connection.send({
    method: 'GET',
    path,
    signal,
    firstByteMs: WITHIN_MS,
    totalMs: WITHIN_MS,
    effect: 'repeatable',
    maxBytes: MOST_BYTES,
  });
  return requireObject(body, 'a question for the balance');
}

/** One number of an answer. @param decimals - it counts in a hundredth (2) of the currency, or in whole ones (0) */
export async function askForOne(
  connection: Connection,
  {
    path,
    field,
    currency,
    decimals = 0,
  }: { readonly path: string; readonly field: string; readonly currency: string; readonly decimals?: number },
  signal: AbortSignal,
): Promise<readonly Balance[]> {
  const amount = decimalOf((await askBalance(connection, path, signal))[field]);
  if (amount === null) throw new AppError('provider_bad_response', `Provider ${connection.name} told no balance that could be read.`);
  return [{ amount: shifted(amount, decimals), currency }];
}

/** A number or decimal text of a vendor as decimal text; null: it is neither. */
export function decimalOf(value: unknown): string | null {
  if (typeof value === 'number' && Number.isFinite(value)) return trimmed(value.toFixed(6));
  return typeof value === 'string' && /^-?\d{1,15}(\.\d{1,12})?$/.test(value) ? value : null;
}

/** `whole - part / 10^decimals`, to a millionth. */
export function minus(whole: string, part: string, decimals: number): string {
  return trimmed((Number(whole) - Number(part) / 10 ** decimals).toFixed(6));
}

function shifted(amount: string, decimals: number): string {
  return decimals === 0 ? amount : trimmed((Number(amount) / 10 ** decimals).toFixed(6));
}

function trimmed(text: string): string {
  return text.replace(/\.?0+$/, '');
}
