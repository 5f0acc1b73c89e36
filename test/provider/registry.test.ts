import { createProviderRegistry } from '../../adapters/providers/registry';
import { provider } from './calls';

test('an adapter is kept until the configuration of its provider changes', () => {
  const registry = createProviderRegistry();
  const first = registry(provider({ baseUrl: 'http://a.example/v1' }));

  const same = registry(provider({ baseUrl: 'http://a.example/v1', maxConcurrency: 1 }));
  const changed = registry(provider({ baseUrl: 'http://a.example/v1', secrets: { api_key: 'another' } }));
  const other = registry(provider({ name: 'other', baseUrl: 'http://a.example/v1' }));

  expect(same).toBe(first);
  expect(changed).not.toBe(first);
  expect(other).not.toBe(first);
});

test('a kind that is not known is refused by name', () => {
  expect(() => createProviderRegistry()(provider({ kind: 'unheard-of' }))).toThrow(/"fake" is of a kind/);
});

test('each key of a provider has an adapter of its own, and one that left the configuration is replaced by the first', () => {
  const registry = createProviderRegistry();
  const keys = [
    { name: 'a', secrets: { api_key: 'of-a' }, weight: 1 },
    { name: 'b', secrets: { api_key: 'of-b' }, weight: 1 },
  ];
  const two = provider({ baseUrl: 'http://a.example/v1', secrets: { api_key: 'of-a' }, keys });

  const [a, b] = [registry(two, 'a'), registry(two, 'b')];

  expect(b).not.toBe(a);
  expect([registry({ ...two }, 'a'), registry({ ...two }, 'b')]).toEqual([a, b]);
  expect(registry({ ...two, keys: keys.slice(0, 1) }, 'b')).not.toBe(b);
});
