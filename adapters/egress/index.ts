export { createForbiddenPorts } from './ports-file';
import type { Egress } from '../../domain/storage';
import { findDestination, resolveBySystem, type EgressRules, type Resolve } from './destination';
import { getOutside } from './get';
import { postOutside } from './post';

export type { Resolve } from './destination';

export interface EgressOptions {
  /** Callers' URLs may be loopback; other private addresses stay refused. */
  readonly allowLoopback: boolean;
  /** TCP ports that processes of the installation listen on; asked at each call, since they change at restarts. */
  readonly forbiddenPorts: () => readonly number[];
  /** Replaces the system's resolver. */
  readonly resolve?: Resolve;
  /** Milliseconds of a clock that never jumps. */
  readonly now?: () => number;
}

/** The one module that calls URLs from outside. */
export function createEgress(options: EgressOptions): Egress {
  const rules: EgressRules = {
    allowLoopback: options.allowLoopback,
    forbiddenPorts: options.forbiddenPorts,
    resolve: options.resolve ?? resolveBySystem,
  };
  const now = options.now ?? (() => performance.now());
  return {
    async check(url, param) {
      await findDestination(url, rules, param);
    },
    fetch: (url, fetchOptions) => getOutside(url, fetchOptions, rules),
    post: (url, postOptions) => postOutside(url, postOptions, rules, now),
  };
}
