import { createProviderRegistry } from '../../adapters/providers/registry';
import type { Provider } from '../../domain/provider/catalogue';
import type { MediaProvider } from '../../domain/provider/provider';
import { startLab, type Lab } from '../lab/lab';
import { createMiniMaxLab, MINIMAX_KEY } from '../lab/minimax';
import { failureOf, file, job, mediaCall, provider } from './calls';
import { testFaults } from './fault-matrix';

const vendor = createMiniMaxLab();
let lab: Lab;
beforeAll(async () => {
  lab = await startLab([vendor]);
});
afterEach(() => lab.reset());
afterAll(() => lab.close());

function minimaxAt(changes: Partial<Provider> = {}): Required<MediaProvider> {
  const at = provider({
    kind: 'minimax',
    name: 'minimax-main',
    baseUrl: lab.url('minimax'),
    secrets: { api_key: MINIMAX_KEY },
    ...changes,
  });
  return createProviderRegistry()(at).media as Required<MediaProvider>;
}

const [FIRST, SECOND] = ['MiniMax-Hailuo-2.3', 'MiniMax-H3'] as const;
const IMAGE = Buffer.from('boat');
const uri = `data:image/png;base64,${IMAGE.toString('base64')}`;
const boat = { type: 'text', text: 'A boat' };
const frame = (role: string) => ({ type: 'image_url', role, image_url: { url: uri } });
type Changes = Parameters<typeof mediaCall>[2];

test.each<[string, string, Changes, object]>([
  [
    'supports: minimax: text-to-video: every canonical parameter',
    FIRST,
    {
      output: { resolution: '768p', duration_s: 6, watermark: false, n: 1 },
      params: { prompt_optimizer: false, unheard_of: 1 },
      callbackUrl: 'https://atelier.example/c/1',
    },
    {
      prompt: 'A boat',
      resolution: '768P',
      duration: 6,
      aigc_watermark: false,
      prompt_optimizer: false,
      callback_url: 'https://atelier.example/c/1',
    },
  ],
  ['a size', FIRST, { output: { size: '1920x1080' } }, { prompt: 'A boat', resolution: '1080P' }],
  [
    'supports: minimax: image-to-video: a first frame',
    FIRST,
    { images: [file('first_frame', IMAGE)], options: { duration: 10, prompt_optimizer: false }, output: { duration_s: 6 } },
    { prompt: 'A boat', first_frame_image: uri, duration: 6, prompt_optimizer: false },
  ],
  [
    'supports: minimax: last frame: both frames',
    FIRST,
    { images: [file('first_frame', IMAGE), file('last_frame', IMAGE)] },
    { prompt: 'A boat', first_frame_image: uri, last_frame_image: uri },
  ],
  [
    'a subject',
    'S2V-01',
    { images: [file('subject', IMAGE)] },
    { prompt: 'A boat', subject_reference: [{ type: 'character', image: [uri] }] },
  ],
  [
    'every canonical parameter of the second version',
    SECOND,
    { output: { aspect_ratio: '9:16', resolution: '2k', duration_s: 15, watermark: true } },
    { content: [boat], ratio: '9:16', resolution: '2K', duration: 15, aigc_watermark: true },
  ],
  ['a prompt alone of the second version, which needs a ratio,', SECOND, {}, { content: [boat], ratio: '16:9' }],
  [
    'frames of the second version, which exclude a ratio,',
    SECOND,
    { images: [file('first_frame', IMAGE), file('last_frame', IMAGE)], output: { aspect_ratio: '16:9', resolution: '768p' } },
    { content: [boat, frame('first_frame'), frame('last_frame')], resolution: '768P' },
  ],
  [
    'supports: minimax: several references: references of the second version',
    SECOND,
    { images: [file('reference', IMAGE), file('style', IMAGE)], output: { aspect_ratio: '1:1' } },
    { content: [boat, frame('reference_image'), frame('reference_image')], ratio: '1:1' },
  ],
])('%s of a video reaches %s in its own words', async (_what, model, changes, expected) => {
  const submission = await minimaxAt().submit(mediaCall('video', 'A boat', { model, ...changes }));

  expect(submission).toMatchObject({ state: 'accepted', upstreamId: expect.stringMatching(/^28\d+$/) as unknown });
  const [request] = lab.requests('minimax');
  expect(request?.path).toBe(model === SECOND ? '/v2/video_generation' : '/v1/video_generation');
  expect(request?.json()).toEqual({ model, ...expected });
});

test.each<[string, Changes, object]>([
  [
    'supports: minimax: text-to-image: every canonical parameter',
    { output: { aspect_ratio: '21:9', n: 3, seed: 0, watermark: false, format: 'png' } },
    { aspect_ratio: '21:9', n: 3, seed: 0, aigc_watermark: false },
  ],
  ['a size', { output: { size: '1024x768' } }, { width: 1024, height: 768 }],
  [
    'supports: minimax: seed: options of the route',
    { options: { seed: 5, response_format: 'url' }, output: { seed: 0 } },
    { seed: 0, response_format: 'url' },
  ],
  [
    'supports: minimax: image-to-image: a subject',
    { images: [file('subject', IMAGE)] },
    { subject_reference: [{ type: 'character', image_file: uri }] },
  ],
])('%s of an image reaches the vendor in its own words', async (_what, changes, expected) => {
  const submission = await minimaxAt().submit(mediaCall('image', 'A boat', { model: 'image-01', ...changes }));

  expect(submission.state).toBe('completed');
  expect(lab.requests('minimax')[0]?.json()).toEqual({ model: 'image-01', prompt: 'A boat', response_format: 'base64', ...expected });
});

test.each<[string, string, Changes, string]>([
  ['a ratio of the first version', FIRST, { output: { aspect_ratio: '16:9' } }, 'output.aspect_ratio'],
  ['an upright size of a prompt alone', FIRST, { output: { size: '720x1280' } }, 'output.size'],
  ['a seed', SECOND, { output: { seed: 0 } }, 'output.seed'],
  ['two first frames', FIRST, { images: [file('first_frame', IMAGE), file('first_frame', IMAGE)] }, 'input.images'],
  ['frames with references', SECOND, { images: [file('first_frame', IMAGE), file('reference', IMAGE)] }, 'input.images'],
  ['a negative prompt', SECOND, { negativePrompt: 'fog' }, 'input.negative_prompt'],
])('%s is refused by name before anything is sent', async (_what, model, changes, param) => {
  const failure = await failureOf(minimaxAt().submit(mediaCall('video', 'A boat', { model, ...changes })));

  expect(failure).toMatchObject({ code: 'unsupported_parameter', facts: { param } });
  expect(lab.requests('minimax')).toHaveLength(0);
});

/** Submits, and looks three times: the task has ended then. */
async function ended(at: MediaProvider, model: string, prompt: string, output = {}) {
  const submission = await at.submit(mediaCall('video', prompt, { model, output }));
  const task = job(submission.upstreamId ?? '', model);
  return [await at.poll(task), await at.poll(task), await at.poll(task)];
}

test.each([
  [FIRST, {}, null],
  [SECOND, { duration_s: 8 }, { seconds: 8 }],
])('a video of %s waits, runs and is delivered by a link', async (model, output, usage) => {
  const states = await ended(minimaxAt({ pollMs: 40 }), model, 'A boat', output);

  expect(states.slice(0, 2)).toEqual(Array(2).fill({ state: 'pending', progress: null, pollAfterMs: 40 }));
  expect(states[2]).toMatchObject({ state: 'completed', result: { outputs: [{ from: 'url' }], usage } });
});

test.each([
  [FIRST, 'failed', 'provider_unavailable', '1000'],
  [FIRST, 'moderated', 'content_policy_violation', '1027'],
  [SECOND, 'failed', 'provider_unavailable', '1000'],
  [SECOND, 'moderated', 'content_policy_violation', '1027'],
])('a task of %s that ends as %s is the verdict %s', async (model, fault, code, providerCode) => {
  const [, , last] = await ended(minimaxAt(), model, `[lab:${fault}]`);

  expect(last).toMatchObject({ state: 'failed', error: { code, facts: { providerCode } } });
});

test('images come with their bytes; those that the filter kept back have their reason', async () => {
  const create = (fault: string) => minimaxAt().submit(mediaCall('image', `[lab:${fault}]`, { model: 'image-01', output: { n: 3 } }));

  expect(await create('some_filtered')).toMatchObject({
    state: 'completed',
    result: {
      outputs: [{ from: 'bytes', contentType: 'image/png' }, { from: 'bytes' }, { from: 'missing', code: 'content_policy_violation' }],
      usage: { images: 2 },
    },
  });
  expect(await create('all_filtered')).toMatchObject({ state: 'failed', error: { code: 'content_policy_violation' } });
});

test.each([
  ['rate_in_200', 'rate_limited'],
  ['key_in_200', 'provider_auth'],
  ['balance_in_200', 'provider_auth'],
  ['policy_in_200', 'content_policy_violation'],
  ['params_in_200', 'provider_rejected'],
  ['internal_in_200', 'provider_unavailable'],
  ['unknown_in_200', 'provider_unavailable'],
])('a successful status with the error %s inside is %s', async (fault, code) => {
  const calls = [mediaCall('video', `[lab:${fault}]`, { model: FIRST }), mediaCall('image', `[lab:${fault}]`, { model: 'image-01' })];
  const failures = await Promise.all(calls.map((call) => failureOf(minimaxAt().submit(call))));

  expect(failures.map((failure) => failure.code)).toEqual([code, code]);
});

test('an error of the second version in a successful answer is told by its status', async () => {
  const failure = await failureOf(minimaxAt().submit(mediaCall('video', '[lab:error_in_200]', { model: SECOND })));

  expect(failure).toMatchObject({ code: 'provider_unavailable', facts: { providerCode: 'overloaded_error' } });
});

test.each([FIRST, SECOND])('a task of %s that the vendor does not know is not found', async (model) => {
  expect((await failureOf(minimaxAt().poll(job('1', model)))).code).toBe('provider_not_found');
});

test('supports: minimax: webhook: a challenge is answered, all else is unsigned and only a reason to look', async () => {
  const read = (body: object) => minimaxAt().readCallback({ headers: {}, body: Buffer.from(JSON.stringify(body)), receivedAt: new Date() });

  expect(await read({ challenge: 'abc' })).toEqual({ kind: 'answer', json: { challenge: 'abc' } });
  expect(await read({ challenge: 'a'.repeat(2_000) })).toEqual({ kind: 'hint' });
  expect(await read({ task_id: '1', status: 'success' })).toEqual({ kind: 'hint' });
});

testFaults({
  kind: 'minimax',
  lab: () => lab,
  media: minimaxAt,
  call: { model: SECOND, output: { aspect_ratio: '16:9' } },
  made: vendor.made,
});
