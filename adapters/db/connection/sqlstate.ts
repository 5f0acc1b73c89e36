import { AppError, isAppError } from '../../../domain/errors';

/** The only place that names SQLSTATEs. */

/** The transaction was rolled back for the sake of another and may simply run again. */
const CLASH = new Set(['40001', '40P01']);

/** The server cannot serve: gone, starting, stopping, full, or too slow. */
const UNAVAILABLE = new Set(['53300', '57014', '57P01', '57P02', '57P03', '57P05', '55P03', '25P03']);

/** Errors of the socket and of the pool; node-postgres gives the latter no code. */
const NETWORK = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'EAI_AGAIN', 'ENOENT']);
const POOL_MESSAGES = [
  'Connection terminated',
  'timeout exceeded when trying to connect',
  'timeout expired',
  'Client has encountered a connection error',
  'Cannot use a pool after calling end',
];

/** Of class 08 (connection) by its number, of us by its nature. */
const PROTOCOL_VIOLATION = '08P01';

const UNIQUE_VIOLATION = '23505';

/** What a definition names is not there: a table, a type, a function. */
const UNDEFINED = new Set(['42P01', '42704', '42883']);

/** The same arguments, but another answer or other names for them: Postgres replaces such a function only by dropping it. */
const INVALID_FUNCTION = '42P13';

function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null ? (error as { code?: unknown }).code : undefined;
  return typeof code === 'string' ? code : '';
}

/** True when the same transaction may run again because it certainly changed nothing. */
export function isClash(error: unknown): boolean {
  return CLASH.has(codeOf(error));
}

/** True when a row with the same unique value exists. */
export function isUniqueViolation(error: unknown): boolean {
  return codeOf(error) === UNIQUE_VIOLATION;
}

/** True when a definition names what is not there (yet). */
export function isUndefined(error: unknown): boolean {
  return UNDEFINED.has(codeOf(error));
}

/** True when a function can only be replaced by dropping the one before it. */
export function isInvalidFunction(error: unknown): boolean {
  return codeOf(error) === INVALID_FUNCTION;
}

/** True when the statement itself is wrong, whatever the state of the server. */
export function isInvalidStatement(error: unknown): boolean {
  return codeOf(error).startsWith('42');
}

/** An error of the database as ours: `service_unavailable` when it cannot serve now, otherwise the error as it is. */
export function translate(error: unknown): unknown {
  if (isAppError(error)) return error;
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : '';
  const gone =
    (code.startsWith('08') && code !== PROTOCOL_VIOLATION) ||
    UNAVAILABLE.has(code) ||
    CLASH.has(code) ||
    NETWORK.has(code) ||
    POOL_MESSAGES.some((text) => message.startsWith(text));
  if (!gone) return error;
  return new AppError('service_unavailable', 'The database is not responding. Try again in a few seconds.', {}, error);
}
