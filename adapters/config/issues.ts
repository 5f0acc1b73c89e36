import type { z } from 'zod';
import type { ConfigFault } from '../../domain/config/document';

/** zod's issues as path and message, without the value at fault: it may be a secret. */
export function describeIssues(issues: readonly z.core.$ZodIssue[], prefix: readonly PropertyKey[] = []): readonly ConfigFault[] {
  return issues.flatMap((issue): readonly ConfigFault[] => {
    const path = [...prefix, ...issue.path];
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({ path: pathText([...path, key]), message: 'is not a known option here' }));
    }
    if (issue.code === 'invalid_union') {
      const closest = issue.errors.find((branch) => branch.every(isInside));
      return closest === undefined ? [{ path: pathText(path), message: issue.message }] : describeIssues(closest, path);
    }
    return [{ path: pathText(path), message: issue.message }];
  });
}

/** An issue of a part of the value, which says that the value as a whole is of the branch's kind. */
function isInside(issue: z.core.$ZodIssue): boolean {
  return issue.path.length > 0 || issue.code === 'unrecognized_keys';
}

/** `models[0].price.input_per_1m_usd` */
export function pathText(path: readonly PropertyKey[]): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${String(part)}]` : `.${String(part)}`)).join('');
  return text === '' ? '(file)' : text.replace(/^\./, '');
}
