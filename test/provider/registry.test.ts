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
