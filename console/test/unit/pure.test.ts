import { sizeFor, ratioOf, supportOf } from '../../src/features/composer/support';
import { codeFor } from '../../src/features/composer/code';
import { imageRequest } from '../../src/features/composer/request';
import type { Draft } from '../../src/features/composer/draft';
import type { Model } from '../../src/api/models';
import type { Task } from '../../src/api/tasks';
import { axisOf, placeOf, stepsOf } from '../../src/features/run/timeline';
import { moneyOf } from '../../src/lib/money';
import { safeNext } from '../../src/lib/paths';

test.each([
  ['0', '$0.00'],
  ['0.16', '$0.16'],
  ['0.16000000', '$0.16'],
  ['0.0009', '$0.0009'],
  ['0.125', '$0.125'],
  ['0.00001', '<$0.0001'],
  ['-0.45', '−$0.45'],
  ['1204.5', '$1,204.50'],
  ['61.8049', '$61.80'],
])('%s dollars are shown as %s: never as nothing unless they are nothing', (usd, shown) => {
  expect(moneyOf(usd)).toBe(shown);
});

test.each(['//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)', '', undefined])(
  'a sign-in never leads to another site: %s',
  (next) => {
    expect(safeNext(next)).toBeNull();
  },
);

test('a sign-in leads back to the page that asked for it', () => {
  expect(safeNext('/t/studio/tasks?status=failed')).toBe('/t/studio/tasks?status=failed');
});

const model = (capabilities: object, parameters: readonly string[]): Model =>
  ({ id: 'm', modality: 'image', capabilities, supported_parameters: parameters }) as unknown as Model;
const DRAFT: Draft = {
  model: 'm',
  prompt: ' A tin ',
  negativePrompt: 'blur',
  references: [
    { id: 'a', role: 'style', source: { kind: 'asset', asset: 'asset_1' } },
    { id: 'b', role: 'subject', source: { kind: 'file', name: 'b.png', dataUrl: 'data:image/png;base64,AA==', shownUrl: 'blob:x' } },
  ],
  ratio: '3:2',
  resolution: null,
  quality: 'high',
  count: 8,
  seed: 0,
  isSeedLocked: true,
  format: 'png',
  isTransparent: false,
  hasWatermark: false,
  durationS: null,
  hasSound: false,
};

test('what a model has no place for is not sent, and a seed of 0 is a seed', () => {
  const able = supportOf(model({ max_n: 4 }, ['aspect_ratio', 'seed', 'quality', 'negative_prompt']));
  const plain = supportOf(model({ sizes: ['1024x1024', '1536x1024'], image_input: false }, ['size']));

  expect(imageRequest(DRAFT, able, { withFiles: true })).toEqual({
    type: 'image',
    model: 'm',
    input: {
      prompt: 'A tin',
      negative_prompt: 'blur',
      images: [
        { role: 'style', asset_id: 'asset_1' },
        { role: 'subject', data: 'data:image/png;base64,AA==' },
      ],
    },
    output: { aspect_ratio: '3:2', n: 4, quality: 'high', seed: 0, format: 'png' },
  });
  expect(imageRequest(DRAFT, plain, { withFiles: true })).toEqual({
    type: 'image',
    model: 'm',
    input: { prompt: 'A tin' },
    output: { size: '1536x1024', n: 8, format: 'png' },
  });
  expect(imageRequest({ ...DRAFT, prompt: ' ' }, able, { withFiles: true })).toBeNull();
});

test('a price is asked for without the bytes of files', () => {
  const able = supportOf(model({}, []));

  expect(JSON.stringify(imageRequest(DRAFT, able, { withFiles: false }))).not.toContain('base64');
});

test('ratios are told from sizes, and sizes from ratios', () => {
  expect(['1024x1024', '1536x1024', '1024x1792'].map(ratioOf)).toEqual(['1:1', '3:2', '4:7']);
  expect(sizeFor('16:9', ['1024x1024'])).toBeNull();
});

test.each(['curl', 'Python', 'Node'] as const)('a run as %s names no key, and quotes cannot end its text', (language) => {
  const body = { type: 'image' as const, model: 'm', input: { prompt: `it's "quoted" """ \\ $(id)` } };
  const code = codeFor(language, { kind: 'task', body }, 'https://atelier.example');

  expect(code).toContain('https://atelier.example');
  expect(code).toContain('/v1/tasks');
  expect(code).toContain('ATELIER_KEY');
  if (language === 'curl') expect(code).toContain(`it'\\''s`);
  if (language === 'Python') expect(code.split('"""')).toHaveLength(3);
});

const at = (second: number): string => new Date(Date.UTC(2026, 10, 28, 9, 41, second)).toISOString();
const attempt = (n: number, provider: string, from: number, to: number, outcome: string) => ({
  ...{
    n,
    provider,
    model: 'up',
    started_at: at(from),
    ended_at: at(to),
    outcome,
    error_code: outcome === 'failed' ? 'provider_unavailable' : null,
  },
  ...{ provider_code: null, provider_message: null, upstream_id: null, cost: '0' },
});

test('a run that fell back is told in order: tries, the pause between them, the fallback, what was skipped, what was given back', () => {
  const task = {
    status: 'failed',
    created_at: at(0),
    finished_at: at(20),
    phase: 'done',
    cost: { reserved: '0.45', actual: '0', settled_at: at(20) },
    routing: {
      attempts: [attempt(1, 'a', 0, 5, 'failed'), attempt(2, 'a', 10, 15, 'failed'), attempt(3, 'b', 15, 19, 'failed')],
      skipped: [{ provider: 'c', reason: 'parameter: audio' }],
    },
  } as unknown as Task;
  const now = Date.parse(at(30));
  const steps = stepsOf(task, [], now);
  const axis = axisOf(steps, now);

  expect(steps.map(({ name }) => name)).toEqual([
    'accepted',
    'held',
    'attempt',
    'wait',
    'attempt',
    'fallback',
    'attempt',
    'skipped',
    'givenBack',
  ]);
  expect((axis.to - axis.from) / 1_000).toBe(20);
  expect(placeOf(steps[2]!, axis, now)).toEqual({ left: 0, width: 0.25 });
  for (const step of steps) {
    const { left, width } = placeOf(step, axis, now);
    expect(width).toBeGreaterThan(0);
    expect(left + width).toBeLessThanOrEqual(1);
  }
});
