import { createLogger } from '../../adapters/log';
import { redact, redactText } from '../../adapters/log/redact';

/** Secrets as they may turn up in any field or message. */
const SECRETS = [
  'sk-proj-abcdefghijklmnop',
  'atl_p_0123456789abcdefghijklmnopqrstuvwxyz',
  'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  'AIzaSyA1234567890abcdefgh',
];

test.each(SECRETS)('%s is redacted by its shape in any text', (secret) => {
  expect(redactText(`the provider said: "${secret}", sorry`)).not.toContain(secret.slice(8));
  expect(JSON.stringify(redact({ deep: [{ note: `x ${secret}` }] }))).not.toContain(secret.slice(8));
});

test('bearer tokens, passwords in URLs and signatures of links are redacted, the rest of the text stays', () => {
  expect(redactText('authorization: Bearer abc.def-ghi')).toBe('authorization: Bearer [redacted]');
  expect(redactText('postgres://atelier:hunter2@db:5432/x is down')).toBe('postgres://atelier:[redacted]@db:5432/x is down');
  expect(redactText('http://s3/a?X-Amz-Signature=0123abcd&x=1')).toBe('http://s3/a?X-Amz-Signature=[redacted]&x=1');
});

test.each([
  'authorization',
  'Authorization',
  'x-api-key',
  'apiKey',
  'api_key',
  'callback_secret',
  'masterKey',
  'previousMasterKey',
  'password',
  'cookie',
  'databaseUrl',
])('a field named %s is redacted whatever it holds', (name) => {
  expect(redact({ request: { [name]: 'plain words' } })).toEqual({ request: { [name]: '[redacted]' } });
});

test('fields that only sound like secrets stay', () => {
  const fields = { inputTokens: 12, tokens: 3, max_tokens: 5, keyCount: 0, route: 'keys', seed: 0, empty: '', off: false };

  expect(redact(fields)).toEqual(fields);
});

test('errors keep their type, message, stack and cause, redacted', () => {
  const error = new Error('call failed with sk-proj-abcdefghijklmnop', { cause: new Error('inner whsec_MfKQ9r8GKYqrTwjUPD8') });
  const text = JSON.stringify(redact({ err: error }));

  expect(text).toContain('call failed with sk-[redacted]');
  expect(text).toContain('log.test.ts');
  expect(text).toContain('inner whsec_[redacted]');
});

test('circles, bytes, dates and bigint become what JSON can hold', () => {
  const circle: Record<string, unknown> = { amount: 5n, at: new Date(0), bytes: new Uint8Array(3) };
  circle['self'] = circle;

  expect(redact(circle)).toEqual({ amount: '5', at: '1970-01-01T00:00:00.000Z', bytes: '[3 bytes]', self: '[deeper]' });
});

test('a logger writes JSON lines of its level, with the fields of its parents and without secrets', () => {
  const lines: string[] = [];
  const logger = createLogger({ level: 'info', name: 'api', sink: { write: (line) => void lines.push(line) } });
  const child = logger.child({ requestId: 'req_1', apiKey: 'sk-abcdefghijkl' });

  child.debug({}, 'not written');
  child.warn({ headers: { authorization: 'Bearer abcdefgh' } }, 'refused sk-proj-abcdefghijklmnop');

  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    level: 40,
    name: 'api',
    requestId: 'req_1',
    apiKey: '[redacted]',
    headers: { authorization: '[redacted]' },
    msg: 'refused sk-[redacted]',
  });
});
