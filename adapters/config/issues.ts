import type { z } from 'zod';
import type { ConfigFault } from '../../domain/config';

/** zod's issues as `path: reason`, without the value at fault: it may be a secret. */
export function describeIssues(issues: readonly z.core.$ZodIssue[], prefix: readonly PropertyKey[] = []): readonly ConfigFault[] {
  return issues.flatMap((issue): readonly ConfigFault[] => {
    const path = [...prefix, ...issue.path];
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({ path: pathText([...path, key]), reason: 'is not a known option here' }));
    }
    return [{ path: pathText(path), reason: issue.message }];
  });
}

/** `models[0].price.input_per_1m_usd` */
export function pathText(path: readonly PropertyKey[]): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${String(part)}]` : `.${String(part)}`)).join('');
  return text === '' ? '(file)' : text.replace(/^\./, '');
}
