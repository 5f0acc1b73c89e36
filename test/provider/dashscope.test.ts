import { createProviderRegistry } from '../../adapters/providers/registry';
import type { Provider } from '../../domain/provider/catalogue';
import type { MediaProvider } from '../../domain/provider/provider';
import { createDashScopeLab, DASHSCOPE_KEY } from '../lab/dashscope';
import { startLab, type Lab } from '../lab/lab';
import { failureOf, file, job, mediaCall, provider } from './calls';
import { testFaults } from './fault-matrix';

const vendor = createDashScopeLab();
let lab: Lab;
beforeAll(async () => {
  lab = await startLab([vendor]);
});
afterEach(() => lab.reset());
afterAll(() => lab.close());

function dashscopeAt(changes: Partial<Provider> = {}): Required<MediaProvider> {
  const secrets = { api_key: DASHSCOPE_KEY };
  const at = provider({ kind: 'dashscope', name: 'dashscope-main', baseUrl: `${lab.url('dashscope')}/api/v1`, secrets, ...changes });
  return createProviderRegistry()(at).media as Required<MediaProvider>;
}

const IMAGE = Buffer.from('boat');
const uri = `data:image/png;base64,${IMAGE.toString('base64')}`;
const media = (...types: readonly string[]) => types.map((type) => ({ type, url: uri }));
type Changes = Parameters<typeof mediaCall>[2];

test.each<[string, string, Changes, string, object, object]>([
  [
    'supports: dashscope: text-to-video: every canonical parameter',
    'wan3.0-video',
    {
      output: { aspect_ratio: '9:16', resolution: '1080p', duration_s: 8, seed: 0, audio: false, watermark: false, n: 1 },
      negativePrompt: '',
      params: { prompt_extend: false, unheard_of: 1 },
    },
    'video-generation/video-synthesis',
    { negative_prompt: '' },
    { ratio: '9:16', resolution: '1080P', duration: 8, seed: 0, audio: false, watermark: false, prompt_extend: false },
  ],
  ['a prompt alone', 'wan2.7-t2v', {}, 'video-generation/video-synthesis', {}, {}],
  ['a size', 'wan2.7-t2v', { output: { size: '1280x720' } }, 'video-generation/video-synthesis', {}, { ratio: '16:9', resolution: '720P' }],
  [
    'supports: dashscope: audio: sound',
    'wan3.0-video',
    { output: { audio: true } },
    'video-generation/video-synthesis',
    {},
    { audio: true },
  ],
  [
    'supports: dashscope: image-to-video: a first frame',
    'wan2.7-i2v',
    { images: [file('first_frame', IMAGE)], output: { resolution: '720P' } },
    'video-generation/video-synthesis',
    { media: media('first_frame') },
    { resolution: '720P' },
  ],
  [
    'supports: dashscope: last frame: both frames',
    'wan3.0-video',
    { images: [file('first_frame', IMAGE), file('last_frame', IMAGE)] },
    'video-generation/video-synthesis',
    { media: media('first_frame', 'last_frame') },
    {},
  ],
  [
    'supports: dashscope: several references: references of a video',
    'wan2.7-r2v',
    { images: [file('reference', IMAGE), file('subject', IMAGE)], output: { aspect_ratio: '1:1' } },
    'video-generation/video-synthesis',
    { media: media('reference_image', 'reference_image') },
    { ratio: '1:1' },
  ],
  [
    'a ratio and a resolution of an older model',
    'wan2.5-t2v-preview',
    { output: { aspect_ratio: '4:3', resolution: '720p', audio: false } },
    'video-generation/video-synthesis',
    {},
    { size: '1088*832', audio: false },
  ],
  [
    'a size of an older model',
    'wan2.2-t2v-plus',
    { output: { size: '1920x1080' } },
    'video-generation/video-synthesis',
    {},
    { size: '1920*1080' },
  ],
  [
    'a first frame of an older model',
    'wan2.6-i2v',
    { images: [file('first_frame', IMAGE)], output: { resolution: '1080p' } },
    'video-generation/video-synthesis',
    { img_url: uri },
    { resolution: '1080P' },
  ],
  [
    'both frames of an older model',
    'wan2.2-kf2v-flash',
    { images: [file('first_frame', IMAGE), file('last_frame', IMAGE)] },
    'image2video/video-synthesis',
    { first_frame_url: uri, last_frame_url: uri },
    {},
  ],
])('%s of a video reaches %s in its own words', async (_what, model, changes, path, input, parameters) => {
  const submission = await dashscopeAt().submit(mediaCall('video', 'A boat', { model, ...changes }));

  expect(submission.state).toBe('accepted');
  const [request] = lab.requests('dashscope');
  expect(request).toMatchObject({ path: `/api/v1/services/aigc/${path}`, headers: { 'x-dashscope-async': 'enable' } });
  expect(request?.json()).toEqual({ model, input: { prompt: 'A boat', ...input }, parameters });
});

const message = (...content: readonly object[]) => ({ messages: [{ role: 'user', content: [...content, { text: 'A boat' }] }] });

test.each<[string, string, Changes, string, object, object]>([
  [
    'supports: dashscope: text-to-image: every canonical parameter',
    'qwen-image-plus',
    { output: { size: '1472x1104', n: 2, seed: 0, watermark: false, format: 'png' }, negativePrompt: 'fog' },
    'multimodal-generation/generation',
    message(),
    { size: '1472*1104', n: 2, seed: 0, watermark: false, negative_prompt: 'fog' },
  ],
  ['a ratio', 'qwen-image', { output: { aspect_ratio: '16:9' } }, 'multimodal-generation/generation', message(), { size: '1664*928' }],
  [
    'supports: dashscope: image-to-image: references',
    'qwen-image-edit-plus',
    { images: [file('reference', IMAGE), file('style', IMAGE)] },
    'multimodal-generation/generation',
    message({ image: uri }, { image: uri }),
    {},
  ],
  [
    'a ratio and a resolution',
    'wan2.6-image',
    { output: { aspect_ratio: '1:1', resolution: '2k' } },
    'image-generation/generation',
    message(),
    { size: '2048*2048' },
  ],
  ['a resolution', 'wan2.7-image', { output: { resolution: '2K' } }, 'image-generation/generation', message(), { size: '2K' }],
  [
    'a prompt of an older model',
    'wan2.5-t2i-preview',
    { output: { aspect_ratio: '16:9' }, negativePrompt: 'fog' },
    'text2image/image-synthesis',
    { prompt: 'A boat', negative_prompt: 'fog' },
    { size: '1696*960' },
  ],
])('%s of an image reaches %s in its own words', async (_what, model, changes, path, input, parameters) => {
  await dashscopeAt().submit(mediaCall('image', 'A boat', { model, ...changes }));

  const [request] = lab.requests('dashscope');
  expect(request?.path).toBe(`/api/v1/services/aigc/${path}`);
  expect(request?.json()).toEqual({ model, input, parameters });
});

test('supports: dashscope: seed: options of a route are parameters under the canonical ones, and may be named input or parameters themselves', async () => {
  const options = { prompt_extend: false, seed: 5, input: { negative_prompt: 'fog', prompt: 'none' }, parameters: { duration: 10 } };
  await dashscopeAt().submit(mediaCall('video', 'A boat', { model: 'wan2.7-t2v', options, output: { seed: 0 } }));

  expect(lab.requests('dashscope')[0]?.json()).toEqual({
    model: 'wan2.7-t2v',
    input: { negative_prompt: 'fog', prompt: 'A boat' },
    parameters: { prompt_extend: false, seed: 0, duration: 10 },
  });
});

test.each<[string, string, Changes, string]>([
  ['a first frame of a model of prompts', 'wan2.7-t2v', { images: [file('first_frame', IMAGE)] }, 'input.images'],
  ['frames with references', 'wan3.0-video', { images: [file('first_frame', IMAGE), file('reference', IMAGE)] }, 'input.images'],
  ['a last frame of an older model', 'wan2.6-i2v', { images: [file('last_frame', IMAGE)] }, 'input.images'],
  ['sound of a model that always makes it', 'wan2.7-t2v', { output: { audio: true } }, 'output.audio'],
  ['a ratio where the image decides', 'wan2.7-i2v', { output: { aspect_ratio: '1:1' } }, 'output.aspect_ratio'],
  ['an input video', 'wan3.0-video', { video: file('video', IMAGE, 'video/mp4') }, 'input.video'],
])('%s is refused by name before anything is sent', async (_what, model, changes, param) => {
  const failure = await failureOf(dashscopeAt().submit(mediaCall('video', 'A boat', { model, ...changes })));

  expect(failure).toMatchObject({ code: 'unsupported_parameter', facts: { param } });
  expect(lab.requests('dashscope')).toHaveLength(0);
});

/** Submits, and looks three times: the task has ended then. */
async function ended(at: MediaProvider, kind: 'image' | 'video', model: string, prompt: string, output = {}) {
  const submission = await at.submit(mediaCall(kind, prompt, { model, output }));
  const task = job(submission.upstreamId ?? '');
  return [await at.poll(task), await at.poll(task), await at.poll(task)];
}

test('a video waits, runs and is delivered by a link, with its seconds and the prompt that was used', async () => {
  const states = await ended(dashscopeAt({ pollMs: 40 }), 'video', 'wan2.7-t2v', 'A boat', { duration_s: 8 });

  expect(states.slice(0, 2)).toEqual(Array(2).fill({ state: 'pending', progress: null, pollAfterMs: 40 }));
  expect(states[2]).toMatchObject({
    state: 'completed',
    result: { outputs: [{ from: 'url', revisedPrompt: 'a longer prompt' }], usage: { seconds: 8 } },
  });
});

test('images of a task are each an output, one that was kept back with its reason', async () => {
  const [, , last] = await ended(dashscopeAt(), 'image', 'wan2.5-t2i-preview', '[lab:one_refused]', { n: 3 });

  expect(last).toMatchObject({
    state: 'completed',
    result: { outputs: [{ from: 'url' }, { from: 'missing', code: 'content_policy_violation' }, { from: 'url' }], usage: { images: 2 } },
  });
});

test('images that come at once are links', async () => {
  const submission = await dashscopeAt().submit(mediaCall('image', 'A boat', { model: 'qwen-image-plus', output: { n: 2 } }));

  expect(submission).toMatchObject({ state: 'completed', result: { outputs: [{ from: 'url' }, { from: 'url' }], usage: { images: 2 } } });
});

test.each([
  ['failed', 'provider_unavailable', 'InternalError.Timeout'],
  ['moderated', 'content_policy_violation', 'DataInspectionFailed'],
])('a task that ends as %s is the verdict %s', async (fault, code, providerCode) => {
  const [, , last] = await ended(dashscopeAt(), 'video', 'wan2.7-t2v', `[lab:${fault}]`);

  expect(last).toMatchObject({ state: 'failed', error: { code, facts: { providerCode } } });
});

test('a task that the vendor has forgotten, or never had, is not found', async () => {
  const at = dashscopeAt();
  const { upstreamId } = await at.submit(mediaCall('video', '[lab:forgotten]', { model: 'wan2.7-t2v' }));

  const failures = [await failureOf(at.poll(job(upstreamId ?? ''))), await failureOf(at.poll(job('none')))];

  expect(failures.map(({ code }) => code)).toEqual(['provider_not_found', 'provider_not_found']);
});

test.each([
  ['inspection', 'content_policy_violation'],
  ['infringement', 'content_policy_violation'],
  ['arrearage', 'provider_auth'],
  ['no_quota', 'provider_auth'],
  ['free_tier', 'provider_auth'],
  ['no_access', 'provider_auth'],
  ['allocation', 'rate_limited'],
  ['internal', 'provider_unavailable'],
  ['error_in_200', 'provider_unavailable'],
])('a create that is answered by %s fails as %s', async (fault, code) => {
  expect((await failureOf(dashscopeAt().submit(mediaCall('video', `[lab:${fault}]`, { model: 'wan2.7-t2v' })))).code).toBe(code);
});

test('supports: dashscope: cancel: a task that waits is stopped, one that runs is not', async () => {
  const at = dashscopeAt();
  const create = async () => job((await at.submit(mediaCall('video', 'A boat', { model: 'wan2.7-t2v' }))).upstreamId ?? '');
  const [waiting, running] = [await create(), await create()];
  await at.poll(running);
  await at.poll(running);

  const cancelled = [await at.cancel(waiting), await at.cancel(running), await at.cancel(job('none'))];

  expect(cancelled).toEqual([true, false, false]);
  expect(await at.poll(waiting)).toMatchObject({ state: 'cancelled' });
  expect((await at.poll(running)).state).toBe('completed');
});

testFaults({ kind: 'dashscope', lab: () => lab, media: dashscopeAt, call: { model: 'wan2.7-t2v' }, made: vendor.made });
