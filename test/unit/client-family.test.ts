import { clientFamily } from '../../domain/records/request';

test.each([
  ['OpenAI/Python 1.54.3', 'openai-python 1.x'],
  ['Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0', 'Edge 130.x'],
  ['curl/8.5.0', 'curl 8.x'],
  [undefined, null],
  ['', null],
])('the user agent %j is of the family %j', (userAgent, family) => {
  expect(clientFamily(userAgent)).toBe(family);
});

test('a user agent of any length gives at most 50 characters', () => {
  expect(clientFamily(`${'x'.repeat(10_000)}/1`)?.length ?? 0).toBeLessThanOrEqual(50);
});
