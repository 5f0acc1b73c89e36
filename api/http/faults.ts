import type { z } from 'zod';
import { AppError, isErrorCode, type ErrorCode } from '../../domain/errors';

/** A path as users write it: `messages[0].content`. */
export function paramOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${String(part)}]`;
    return text === '' ? String(part) : `${text}.${String(part)}`;
  }, '');
}

/**
 * Checks a body or query against its schema.
 * @param prefix - path of `value` in the request, when it is not the whole
 * @throws AppError `missing_required_parameter`, `unknown_parameter`, `invalid_type`, `string_above_max_length` or `invalid_value`, with `param`
 */
export function parseWith<Schema extends z.ZodType>(schema: Schema, value: unknown, prefix: readonly PropertyKey[] = []): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw issue === undefined ? new AppError('invalid_value', 'The request is not valid.') : faultOf(issue, value, prefix);
}

type Issue = z.core.$ZodIssue;

function faultOf(issue: Issue, value: unknown, prefix: readonly PropertyKey[]): AppError {
  const path = [...prefix, ...issue.path];
  const param = paramOf(path);
  const given = valueAt(value, issue.path);
  if (issue.code === 'unrecognized_keys') {
    const name = paramOf([...path, issue.keys[0] ?? '']);
    return new AppError('unknown_parameter', `Unknown parameter: ${name}.`, { param: name });
  }
  if (issue.code === 'custom') {
    const code: unknown = issue.params?.['code'];
    return new AppError(isErrorCode(code) ? code : 'invalid_value', issue.message, { param });
  }
  if (given === undefined) {
    return new AppError('missing_required_parameter', `Missing required parameter: ${param}.`, { param });
  }
  return new AppError(codeOf(issue), `Invalid ${param}: ${sentence(issue.message)}`, { param });
}

function codeOf(issue: Issue): ErrorCode {
  if (issue.code === 'invalid_type') return issue.expected === 'int' ? 'invalid_value' : 'invalid_type';
  if (issue.code === 'invalid_union')
    return issue.errors.length > 0 && issue.errors.every((branch) => branch[0]?.code === 'invalid_type') ? 'invalid_type' : 'invalid_value';
  if (issue.code === 'too_big' && issue.origin === 'string') return 'string_above_max_length';
  return 'invalid_value';
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, part) => (typeof at === 'object' && at !== null ? (at as Record<PropertyKey, unknown>)[part] : undefined),
    value,
  );
}

function sentence(message: string): string {
  const text = message.replace(/^(Invalid input|Invalid option): /, '');
  return text.endsWith('.') ? text : `${text}.`;
}
