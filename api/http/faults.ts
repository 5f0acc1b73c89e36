import type { z } from 'zod';
import { AppError, isErrorCode, type ErrorCode } from '../../domain/errors';
import { withoutNulls } from './nulls';

/** A path as users write it: `messages[0].content`. */
export function paramOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${String(part)}]`;
    return text === '' ? String(part) : `${text}.${String(part)}`;
  }, '');
}

/**
 * Checks a body or query against its schema. A null in an optional field is as if the field were absent, unless it is `orNull`.
 * @param prefix - path of `value` in the request, when it is not the whole
 * @throws AppError `missing_required_parameter`, `unknown_parameter`, `invalid_type`, `string_above_max_length` or `invalid_value`, with `param`
 */
export function parseWith<Schema extends z.ZodType>(schema: Schema, value: unknown, prefix: readonly PropertyKey[] = []): z.output<Schema> {
  return parseWithNulls(schema, withoutNulls(schema, value), prefix);
}

/** As `parseWith`, where a null is a value of its own. */
export function parseWithNulls<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  prefix: readonly PropertyKey[] = [],
): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw issue === undefined ? new AppError('invalid_value', 'The request is not valid.') : faultOf(innermost(issue), value, prefix);
}

type Issue = z.core.$ZodIssue;

/** What zod says of a union that has no words of its own. */
const NO_WORDS = 'Invalid input';

/** The fault inside the one alternative whose kind the value has: `messages[0].content[1].text` and not `messages[0].content`. */
function innermost(issue: Issue): Issue {
  if (issue.code !== 'invalid_union' || issue.message !== NO_WORDS) return issue;
  const inner = issue.errors.map(([first]) => first).find((first) => first !== undefined && first.path.length > 0);
  return inner === undefined ? issue : innermost({ ...inner, path: [...issue.path, ...inner.path] });
}

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
  return new AppError(codeOf(issue, given), `Invalid ${param}: ${sentence(issue.message)}`, { param });
}

function codeOf(issue: Issue, given: unknown): ErrorCode {
  if (issue.code === 'invalid_type') return issue.expected === 'int' ? 'invalid_value' : 'invalid_type';
  if (issue.code === 'too_big' && issue.origin === 'string') return 'string_above_max_length';
  return isOfWrongType(issue, given) ? 'invalid_type' : 'invalid_value';
}

function isOfWrongType(issue: Issue, given: unknown): boolean {
  if (issue.code === 'invalid_value') return issue.values.every((allowed) => typeof allowed !== typeof given);
  if (issue.code !== 'invalid_union') return issue.code === 'invalid_type' && issue.expected !== 'int';
  // Of a union told apart by a field there are no alternatives to list: its names are text.
  if (issue.errors.length === 0) return typeof given !== 'string';
  return issue.errors.every(([first]) => first?.path.length === 0 && isOfWrongType(first, given));
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
