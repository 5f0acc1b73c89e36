import { AppError } from '../../domain/errors';
import { keysOf, type Provider } from '../../domain/provider/catalogue';
import type { FileEntry } from '../../domain/provider/definitions';
import { withoutNulls, type Body } from './checked-entry';
import { providerEntry } from './entries';

/** The entry with what is given in place of what it had. */
export function mergedModel(entry: FileEntry, body: Body): Body {
  expectSameName(entry.name, body);
  return { ...entry, ...body };
}

/** As `mergedModel`: keys and headers keep the secrets that are not given anew. */
export function mergedProvider(provider: Provider, body: Body): Body {
  expectSameName(provider.name, body);
  const entry = providerEntry(provider);
  const merged: Body = { enabled: provider.disabled !== true, ...entry, ...body };
  if (body['kind'] !== undefined && body['kind'] !== provider.kind) {
    throw new AppError('invalid_value', 'Invalid kind: the kind of a provider stays. Create another provider.', { param: 'kind' });
  }
  return { ...merged, ...mergedKeys(provider, body), ...mergedHeaders(entry, body) };
}

/** A key that is named keeps what is not given of it; secrets beside `keys` leave once there are keys. */
function mergedKeys(provider: Provider, body: Body): Body {
  const { keys } = body;
  if (!Array.isArray(keys)) return {};
  const known = new Map(keysOf(provider).map(({ name, secrets }) => [name, secrets]));
  const alone = provider.keys === undefined ? Object.keys(provider.secrets) : [];
  const merged = keys.map((key: unknown): unknown => {
    if (typeof key !== 'object' || key === null || !('name' in key)) return key;
    return { ...known.get(String(key.name)), ...withoutNulls(key) };
  });
  return { keys: merged, ...Object.fromEntries(alone.filter((option) => !(option in body)).map((option) => [option, null])) };
}

function mergedHeaders(entry: Body, { headers }: Body): Body {
  if (typeof headers !== 'object' || headers === null || Array.isArray(headers)) return {};
  return { headers: withoutNulls({ ...(entry['headers'] as Body | undefined), ...(headers as Body) }) };
}

function expectSameName(name: string, body: Body): void {
  if (body['name'] === undefined || body['name'] === name) return;
  throw new AppError('invalid_value', 'Invalid name: a name stays. Create another one and remove this one.', { param: 'name' });
}
