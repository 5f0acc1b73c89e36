import { Webhook } from 'standardwebhooks';
import { createSecrets } from '../../adapters/secrets';

const secrets = createSecrets('8f0d3b5c71e2a4968f0d3b5c71e2a496', null);

test('a sealed secret opens again and never looks the same twice', () => {
  const sealed = secrets.seal('sk-provider-ключ');

  expect(sealed).toMatch(/^v1:[0-9a-f]{12}:[\w-]{16}:[\w-]+$/);
  expect(sealed).not.toBe(secrets.seal('sk-provider-ключ'));
  expect(secrets.open(sealed)).toBe('sk-provider-ключ');
  expect(secrets.open(secrets.seal(''))).toBe('');
});

test('the wrong master key is named as such, without the secret', () => {
  const sealed = secrets.seal('sk-provider');

  expect(() => createSecrets('another-master-key-of-32-characters', null).open(sealed)).toThrow(
    'A stored secret was encrypted with another master key. Set ATELIER_MASTER_KEY to the one this database was made with.',
  );
});

test.each([
  ['cut', (sealed: string) => sealed.slice(0, -30)],
  ['changed', (sealed: string) => sealed.slice(0, -4) + (sealed.endsWith('AAAA') ? 'BBBB' : 'AAAA')],
  ['in clear', () => 'sk-provider'],
])('a sealed secret that was %s is damaged, not decrypted', (_what, damage) => {
  expect(() => secrets.open(damage(secrets.seal('sk-provider')))).toThrow(
    'A stored secret is damaged and cannot be decrypted. Set it again.',
  );
});

test('the hint of a short key shows a quarter of it at most', () => {
  expect(secrets.describe('sk-1234567890ab').hint).toBe('sk-');
});

test('a callback secret signs what the Standard Webhooks library verifies', () => {
  const webhook = new Webhook(secrets.newCallbackSecret());
  const at = new Date();
  const signature = webhook.sign('evt_1', at, '{}');

  const headers = { 'webhook-id': 'evt_1', 'webhook-timestamp': String(Math.floor(at.getTime() / 1000)), 'webhook-signature': signature };
  expect(webhook.verify('{}', headers)).toEqual({});
});
