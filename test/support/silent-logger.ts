import type { Logger } from '../../domain/log';

/** For what is tested without a process of its own: nobody reads its log. */
export const silent: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silent,
};
