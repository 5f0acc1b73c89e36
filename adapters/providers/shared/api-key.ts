import { z } from 'zod';
import type { Provider } from '../../../domain/provider/catalogue';
import type { Dialect } from './connection';

/** A key, or another secret, among the options of a kind. */
export const secretOption = z.string('must be text').min(1, 'must not be empty').max(4096, 'must have at most 4096 characters').optional();

/**
 * The headers of a provider whose key goes along as it is; none when it has no key. They are made once: a connection keeps what it makes of
 * them.
 * @example authorizeByKey(provider, (key) => ({ 'x-key': key }))
 */
export function authorizeByKey(
  { secrets }: Pick<Provider, 'secrets'>,
  headersOf: (key: string) => Readonly<Record<string, string>> = (key) => ({ authorization: `Bearer ${key}` }),
): Dialect['authorize'] {
  const key = secrets['api_key'];
  const headers = key === undefined ? {} : headersOf(key);
  return () => headers;
}
