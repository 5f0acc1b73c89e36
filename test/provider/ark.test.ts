import { createProviderRegistry } from '../../adapters/providers/registry';
import type { Provider } from '../../domain/provider/catalogue';
import type { MediaProvider } from '../../domain/provider/provider';
import { ARK_KEY, createArkLab } from '../lab/ark';
import { startLab, type Lab } from '../lab/lab';
import { failureOf, file, job, mediaCall, provider } from './calls';
import { testFaults } from './fault-matrix';

const vendor = createArkLab();
let lab: Lab;
beforeAll(async () => {
  lab = await startLab([vendor]);
});
afterEach(() => lab.reset());
afterAll(() => lab.close());

function arkAt(changes: Partial<Provider> = {}): Required<MediaProvider> {
  const at = provider({ kind: 'ark', name: 'ark-main', baseUrl: `${lab.url('ark')}/api/v3`, secrets: { api_key: ARK_KEY }, ...changes });
  return createProviderRegistry()(at).media as Required<MediaProvider>;
}

const IMAGE = Buffer.from('boat');
const uri = `data:image/png;base64,${IMAGE.toString('base64')}`;
const boat = { type: 'text', text: 'A boat' };
const frame = (role: string) => ({ type: 'image_url', role, image_url: { url: uri } });
type Changes = Parameters<typeof mediaCall>[2];

test.each<[string, Changes, object]>([
  [
    'supports: ark: text-to-video: every canonical parameter',
    {
      output: { aspect_ratio: '21:9', resolution: '1080P', duration_s: 12, audio: false, seed: 0, watermark: false, n: 1 },
      params: { camera_fixed: false, unheard_of: 1 },
      callbackUrl: 'https://atelier.example/c/1',
    },
    {
      content: [boat],
      ratio: '21:9',
      resolution: '1080p',
      duration: 12,
      generate_audio: false,
      seed: 0,
      watermark: false,
      camera_fixed: false,
      callback_url: 'https://atelier.example/c/1',
    },
  ],
  ['a prompt alone', {}, { content: [boat] }],
  ['a size', { output: { size: '1112x834' } }, { content: [boat], ratio: '4:3', resolution: '720p' }],
  [
    'supports: ark: seed: options of the route under the canonical parameters',
    { options: { service_tier: 'flex', seed: 5, ratio: 'adaptive' }, output: { seed: 0 } },
    { content: [boat], service_tier: 'flex', seed: 0, ratio: 'adaptive' },
  ],
  ['supports: ark: audio: sound', { output: { audio: true } }, { content: [boat], generate_audio: true }],
  ['supports: ark: image-to-video: a first frame', { images: [file('first_frame', IMAGE)] }, { content: [boat, frame('first_frame')] }],
  [
    'supports: ark: last frame: both frames',
    { images: [file('first_frame', IMAGE), file('last_frame', IMAGE)] },
    { content: [boat, frame('first_frame'), frame('last_frame')] },
  ],
  [
    'supports: ark: several references: references of a video',
    { images: [file('reference', IMAGE), file('subject', IMAGE), file('style', IMAGE)] },
    { content: [boat, frame('reference_image'), frame('reference_image'), frame('reference_image')] },
  ],
])('%s of a video reaches the vendor in its own words', async (_what, changes, expected) => {
  const submission = await arkAt().submit(mediaCall('video', 'A boat', { model: 'seedance', ...changes }));

  expect(submission).toMatchObject({ state: 'accepted', upstreamId: expect.stringMatching(/^cgt-/) as unknown });
  expect(lab.requests('ark')[0]).toMatchObject({ method: 'POST', path: '/api/v3/contents/generations/tasks' });
  expect(lab.requests('ark')[0]?.json()).toEqual({ model: 'seedance', ...expected });
});

test.each<[string, Changes, object]>([
  [
    'supports: ark: text-to-image: every canonical parameter',
    { output: { size: '2048*1536', seed: 0, watermark: false, n: 3, format: 'png' }, params: { guidance_scale: 0 } },
    {
      size: '2048x1536',
      seed: 0,
      watermark: false,
      output_format: 'png',
      guidance_scale: 0,
      sequential_image_generation: 'auto',
      sequential_image_generation_options: { max_images: 3 },
    },
  ],
  ['a ratio', { output: { aspect_ratio: '16:9' } }, { size: '2720x1536' }],
  ['a ratio and a resolution', { output: { aspect_ratio: '1:1', resolution: '4k' } }, { size: '4096x4096' }],
  ['a resolution', { output: { resolution: '2k' } }, { size: '2K' }],
  ['a format that the model does not know', { model: 'seedream-4-0', output: { format: 'png' } }, { model: 'seedream-4-0' }],
  ['options of the route', { options: { response_format: 'url', size: '1K' } }, { response_format: 'url', size: '1K' }],
  ['supports: ark: image-to-image: one reference', { images: [file('reference', IMAGE)] }, { image: uri }],
  ['several references', { images: [file('reference', IMAGE), file('style', IMAGE)] }, { image: [uri, uri] }],
])('%s of an image reaches the vendor in its own words', async (_what, changes, expected) => {
  const submission = await arkAt().submit(mediaCall('image', 'A boat', { model: 'seedream', ...changes }));

  expect(submission.state).toBe('completed');
  expect(lab.requests('ark')[0]?.json()).toEqual({ model: 'seedream', prompt: 'A boat', response_format: 'b64_json', ...expected });
});

test.each<[string, 'image' | 'video', Changes, string]>([
  ['a negative prompt', 'video', { negativePrompt: 'fog' }, 'input.negative_prompt'],
  ['frames with references', 'video', { images: [file('first_frame', IMAGE), file('reference', IMAGE)] }, 'input.images'],
  ['an input video', 'video', { video: file('video', IMAGE, 'video/mp4') }, 'input.video'],
  ['a mask', 'image', { images: [file('mask', IMAGE)] }, 'input.images'],
  ['a quality', 'image', { output: { quality: 'high' } }, 'output.quality'],
])('%s is refused by name before anything is sent', async (_what, kind, changes, param) => {
  const failure = await failureOf(arkAt().submit(mediaCall(kind, 'A boat', changes)));

  expect(failure).toMatchObject({ code: 'unsupported_parameter', facts: { param } });
  expect(lab.requests('ark')).toHaveLength(0);
});

/** Submits a video, and looks three times: it has ended then. */
async function ended(media: MediaProvider, prompt: string, output = {}) {
  const submission = await media.submit(mediaCall('video', prompt, { output }));
  const at = job(submission.upstreamId ?? '');
  const states = [await media.poll(at), await media.poll(at), await media.poll(at)];
  return { at, states, last: states[2] };
}

test('a video is queued, runs and is delivered by a link, with its seconds and tokens', async () => {
  const { states, last } = await ended(arkAt({ pollMs: 40 }), 'A boat', { duration_s: 8 });

  expect(states.slice(0, 2)).toEqual(Array(2).fill({ state: 'pending', progress: null, pollAfterMs: 40 }));
  expect(last).toMatchObject({ state: 'completed', result: { outputs: [{ from: 'url' }], usage: { seconds: 8, outputTokens: 108_900 } } });
});

test.each([
  ['failed', 'provider_unavailable', 'InternalServiceError'],
  ['moderated', 'content_policy_violation', 'OutputVideoSensitiveContentDetected'],
  ['expired', 'provider_unavailable', 'expired'],
])('a job that ends as %s is the verdict %s', async (fault, code, providerCode) => {
  const { last } = await ended(arkAt(), `[lab:${fault}]`);

  expect(last).toMatchObject({ state: 'failed', error: { code, facts: { providerCode } } });
});

test('several images come with their bytes, one that was kept back with its reason', async () => {
  const submission = await arkAt().submit(mediaCall('image', '[lab:one_refused]', { output: { n: 3 } }));

  expect(submission).toMatchObject({
    state: 'completed',
    result: {
      outputs: [{ from: 'bytes', contentType: 'image/png' }, { from: 'missing', code: 'content_policy_violation' }, { from: 'bytes' }],
      usage: { images: 2, outputTokens: 32_768 },
    },
  });
});

test('images that were all kept back are a failure with that reason', async () => {
  const submission = await arkAt().submit(mediaCall('image', '[lab:all_refused]', { output: { n: 2 } }));

  expect(submission).toMatchObject({ state: 'failed', upstreamId: null, error: { code: 'content_policy_violation' } });
});

test.each([
  ['sensitive_text', 'content_policy_violation'],
  ['sensitive_image', 'content_policy_violation'],
  ['overdue', 'provider_auth'],
  ['quota', 'provider_auth'],
  ['model_not_open', 'provider_not_found'],
  ['server_overloaded', 'provider_unavailable'],
  ['account_rpm', 'rate_limited'],
  ['error_in_200', 'provider_unavailable'],
])('a create that is answered by %s fails as %s', async (fault, code) => {
  expect((await failureOf(arkAt().submit(mediaCall('video', `[lab:${fault}]`)))).code).toBe(code);
});

test('supports: ark: cancel: a queued task is stopped; a running one goes on, and the record of one that ended stays', async () => {
  const media = arkAt();
  const ids = await Promise.all(
    ['a', 'b', 'c'].map(async (prompt) => job((await media.submit(mediaCall('video', prompt))).upstreamId ?? '')),
  );
  const [queued = job(''), running = job(''), over = job('')] = ids;
  await media.poll(running);
  for (let looks = 0; looks < 3; looks += 1) await media.poll(over);

  const cancelled = [
    await media.cancel(queued),
    await media.cancel(running),
    await media.cancel(over),
    await media.cancel(job('cgt-none')),
  ];

  expect(cancelled).toEqual([true, false, false, false]);
  expect(await media.poll(queued)).toMatchObject({ state: 'cancelled' });
  expect((await media.poll(over)).state).toBe('completed');
  expect(vendor.deletedRecords()).toBe(0);
});

test('supports: ark: webhook: a callback is unsigned and only a reason to look', async () => {
  expect(await arkAt().readCallback({ headers: {}, body: Buffer.from('{"id":"cgt-1"}'), receivedAt: new Date() })).toEqual({
    kind: 'hint',
  });
});

testFaults({ kind: 'ark', lab: () => lab, media: arkAt, made: vendor.made });
