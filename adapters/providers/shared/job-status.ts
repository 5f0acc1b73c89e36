import type { AppError, ErrorCode } from '../../../domain/errors';
import { isObject, textOf, type JsonObject } from './json';
import { codeOfLateFault, errorOfFault, readFault, type ProviderFault } from './provider-error';

/** What a provider's word for the state of a job means. */
export type StatusMeaning = 'pending' | 'completed' | 'failed' | 'cancelled';

/** The words of a provider by what they mean, in small letters, `_` between their parts. */
export type StatusWords = Readonly<Record<StatusMeaning, readonly string[]>>;

/** Words that say why a job failed, for failures that come without a code. */
const REASONS: Readonly<Record<string, ErrorCode>> = {
  rejected: 'provider_rejected',
  moderated: 'content_policy_violation',
  content_moderated: 'content_policy_violation',
};

/** Plain failure: the word adds nothing to the error that comes with it. */
const PLAIN_FAILURE = new Set(['failed', 'failure', 'fail', 'error', 'errored']);

/** Reads a word, whatever its case and separators: `IN_PROGRESS`, `in-progress` and `In Progress` are one. Null: not in the table. */
export function meaningOf(word: string, words: StatusWords): StatusMeaning | null {
  const plain = plainWord(word);
  const meanings = ['pending', 'completed', 'failed', 'cancelled'] as const;
  return meanings.find((meaning) => words[meaning].includes(plain)) ?? null;
}

function plainWord(word: string): string {
  return word
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_');
}

/** Where a job's error stands, by the names in use; the first one that says anything counts. */
const ERRORS = ['error', 'last_error', 'failure', 'errors', 'incomplete_details'];
const CODES = ['error_code', 'failure_code', 'failureCode', 'code'];
const MESSAGES = ['error_message', 'fail_reason', 'failure_reason', 'reason', 'message', 'detail'];

/**
 * The error of a job that failed, in any of the shapes in use: an object, a list of them, a text, fields beside the status, or nothing.
 * @param status - the provider's word, told when the error has no code of its own
 */
export function errorOfJob(job: JsonObject, status: string, what: string, secrets: readonly string[]): AppError {
  const word = plainWord(status);
  const told = faultOfJob(job);
  const fault = told.codes.length > 0 || word === '' || PLAIN_FAILURE.has(word) ? told : { ...told, codes: [word] };
  const code = codeOfLateFault(fault);
  return errorOfFault(code === 'provider_unavailable' ? (REASONS[word] ?? code) : code, fault, what, secrets);
}

function faultOfJob(job: JsonObject): ProviderFault {
  const errors = ERRORS.map((name) => job[name]).map((value) => (Array.isArray(value) ? (value[0] as unknown) : value));
  const beside = { code: firstOf(job, CODES), message: firstOf(job, MESSAGES) };
  const text = errors.map(textOf).find((value) => value !== undefined && value !== '');
  const error = errors.find(isObject);
  if (error !== undefined) {
    const inner = isObject(error['error']) ? error['error'] : error;
    const code = inner['code'] ?? beside.code ?? inner['reason'];
    return readFault({ error: { ...inner, code, message: inner['message'] ?? beside.message } });
  }
  if (text === undefined) return readFault(beside);
  return readFault({ code: isCode(text) ? text : beside.code, message: text });
}

function firstOf(job: JsonObject, names: readonly string[]): unknown {
  return names.map((name) => job[name]).find((value) => (textOf(value) ?? '') !== '' || typeof value === 'number');
}

/** `content_policy_violation` is a code, `The server broke.` are words. */
function isCode(text: string): boolean {
  return /^[A-Za-z][\w.-]*$/.test(text) && /[_.-]/.test(text);
}
