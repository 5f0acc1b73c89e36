import { AsyncLocalStorage } from 'node:async_hooks';
import type { Act, ActScope } from '../../../domain/audit/act';

/** Acts of one process. */
export function createActs(): ActScope {
  const acts = new AsyncLocalStorage<Act>();
  return {
    run: (act, work) => acts.run(act, work),
    current: () => acts.getStore() ?? null,
  };
}
