import type { ProviderAdapter } from '../../domain/provider/provider';
import { createProviderRegistry } from '../../adapters/providers/registry';
import { createGeminiLab } from '../lab/gemini';
import { mp4, PNG } from '../lab/files';
import { startLab, type Lab } from '../lab/lab';
import { failureOf, file, job, mediaCall, provider, readAll } from './calls';
import { testFaults } from './fault-matrix';

const vendor = createGeminiLab();
let lab: Lab;
beforeAll(async () => {
  lab = await startLab([vendor]);
});
afterEach(() => lab.reset());
afterAll(() => lab.close());

const IMAGE = 'gemini-3.1-flash-image';
const VIDEO = 'gemini-omni-1.1-flash';
const media = () =>
  (createProviderRegistry()(provider({ kind: 'gemini', baseUrl: lab.url('gemini'), pollMs: 10 })) as Required<ProviderAdapter>).media;
const sent = () => lab.requests('gemini').at(-1)?.json();
const base64 = (text: string) => Buffer.from(text).toString('base64');
const image = (role: string, text = role) => file(role, Buffer.from(text));

/** Makes a video and looks at it until it has ended. */
async function videoOf(prompt: string, changes: Parameters<typeof mediaCall>[2] = {}) {
  const submission = await media().submit(mediaCall('video', prompt, { model: VIDEO, ...changes }));
  const upstreamId = submission.state === 'accepted' ? submission.upstreamId : '';
  for (let looks = 0; looks < 2; looks += 1) await media().poll(job(upstreamId));
  return { submission, upstreamId, ended: await media().poll(job(upstreamId)) };
}

test('supports: gemini: text-to-image: an image comes with its bytes and what was used; drafts are left out', async () => {
  const submission = await media().submit(mediaCall('image', 'A boat', { model: IMAGE }));

  expect(submission).toEqual({
    state: 'completed',
    upstreamId: 'lab-response',
    result: {
      outputs: [{ from: 'bytes', bytes: PNG, contentType: 'image/png', revisedPrompt: null }],
      usage: { inputTokens: 10, cachedInputTokens: 4, outputTokens: 8, reasoningTokens: 3, images: 1, seconds: 0, estimated: false },
      reportedMicroUsd: null,
    },
  });
});

test('supports: gemini: seed: the canonical parameters of an image are exactly this request', async () => {
  await media().submit(
    mediaCall('image', 'A boat', {
      model: IMAGE,
      output: { aspect_ratio: '16:9', resolution: '2k', seed: 0, n: 1, watermark: false },
      options: { safetySettings: [], generationConfig: { temperature: 0, seed: 9, imageConfig: { personGeneration: 'ALLOW_NONE' } } },
    }),
  );

  expect(lab.requests('gemini').at(-1)?.path).toBe(`/v1/models/${IMAGE}:generateContent`);
  expect(sent()).toEqual({
    safetySettings: [],
    contents: [{ role: 'user', parts: [{ text: 'A boat' }] }],
    generationConfig: {
      responseModalities: ['IMAGE'],
      temperature: 0,
      seed: 0,
      imageConfig: { personGeneration: 'ALLOW_NONE', aspectRatio: '16:9', imageSize: '2K' },
    },
  });
});

test.each([
  [IMAGE, { size: '1024x1024' }, { aspectRatio: '1:1', imageSize: '1K' }],
  [IMAGE, { size: '2048*1152' }, { aspectRatio: '16:9', imageSize: '2K' }],
  [IMAGE, { size: '4096x4096' }, { aspectRatio: '1:1', imageSize: '4K' }],
  [IMAGE, { size: '512x512' }, { aspectRatio: '1:1', imageSize: '512' }],
  [IMAGE, { resolution: '4K', aspect_ratio: '9x16' }, { aspectRatio: '9:16', imageSize: '4K' }],
  [IMAGE, { resolution: '1080p' }, { imageSize: '1K' }],
  ['gemini-2.5-flash-image', { size: '1024x1536' }, { aspectRatio: '2:3' }],
  [IMAGE, {}, undefined],
])('%s: the size of %j is %j', async (model, output, imageConfig) => {
  await media().submit(mediaCall('image', 'A boat', { model, output }));

  expect((sent()?.['generationConfig'] as Record<string, unknown>)['imageConfig']).toEqual(imageConfig);
});

test.each([
  ['supports: gemini: image-to-image', [image('reference')]],
  ['supports: gemini: several references', [image('reference'), image('subject'), file('style', Buffer.from('style'), 'image/webp')]],
])('%s: the images go along after the prompt', async (_title, images) => {
  await media().submit(mediaCall('image', 'Together', { model: IMAGE, images }));

  const parts = images.map(({ role, contentType }) => ({ inlineData: { mimeType: contentType, data: base64(role) } }));
  expect(sent()?.['contents']).toEqual([{ role: 'user', parts: [{ text: 'Together' }, ...parts] }]);
});

test.each([
  ['[lab:blocked_prompt]', 'content_policy_violation', 'PROHIBITED_CONTENT'],
  ['[lab:image_safety]', 'content_policy_violation', 'IMAGE_SAFETY'],
  ['[lab:text_only]', 'provider_rejected', 'I would rather talk.'],
])('an image that is not made (%s) is the verdict %s, with its reason', async (prompt, code, words) => {
  const submission = await media().submit(mediaCall('image', prompt, { model: IMAGE }));

  expect(submission).toMatchObject({ state: 'failed', error: { code } });
  expect(submission.state === 'failed' ? submission.error.message : '').toContain(words);
});

test('supports: gemini: text-to-video: a job is polled, and its file is fetched with the key through a redirect', async () => {
  const { submission, upstreamId, ended } = await videoOf('A boat', { output: { duration_s: 8 } });

  expect(submission).toEqual({ state: 'accepted', upstreamId: expect.stringMatching(/^v1_/) as string, pollAfterMs: 10 });
  const ref = `${lab.url('gemini')}/v1/files/${upstreamId}`;
  expect(ended).toEqual({
    state: 'completed',
    result: {
      outputs: [{ from: 'provider', ref, revisedPrompt: null }],
      usage: { inputTokens: 12, cachedInputTokens: 2, outputTokens: 46_340, reasoningTokens: 4, images: 0, seconds: 8, estimated: false },
      reportedMicroUsd: null,
    },
  });
  lab.reset();
  const { body, contentType } = await media().open(job(upstreamId), ref);

  expect([contentType, await readAll(body)]).toEqual(['video/mp4', mp4()]);
  expect(lab.requests('gemini').map(({ path, headers }) => [path, headers['x-goog-api-key']])).toEqual([
    [`/v1/files/${upstreamId}:download`, 'sk-test-0123456789abcdef'],
    [`/download/${upstreamId}`, 'sk-test-0123456789abcdef'],
  ]);
});

test('the canonical parameters of a video are exactly this request', async () => {
  await videoOf('A boat', {
    output: { aspect_ratio: '9:16', resolution: '2160p', duration_s: 5, seed: 0, watermark: false },
    options: { service_tier: 'flex', response_format: { delivery: 'inline' }, generation_config: { temperature: 0 } },
    operationKey: 'task_01ABC:2',
  });

  expect(lab.requests('gemini')[0]?.path).toBe('/v1/interactions');
  expect(lab.requests('gemini')[0]?.json()).toEqual({
    service_tier: 'flex',
    model: VIDEO,
    background: true,
    store: true,
    input: [{ type: 'text', text: 'A boat' }],
    response_format: { type: 'video', delivery: 'inline', aspect_ratio: '9:16', resolution: '4k', duration: '5s' },
    generation_config: { temperature: 0, seed: 0, video_config: { task: 'text_to_video' } },
    labels: { operation: 'task_01abc-2' },
  });
});

test.each([
  ['supports: gemini: image-to-video', [image('first_frame')], 'image_to_video', ['first_frame']],
  ['supports: gemini: last frame', [image('last_frame'), image('first_frame')], 'image_to_video', ['first_frame', 'last_frame']],
  ['references of a video', [image('reference'), image('subject')], 'reference_to_video', ['reference', 'subject']],
])('%s: the frames go along in order', async (_title, images, task, order) => {
  await videoOf('A boat', { images });

  const body = lab.requests('gemini')[0]?.json() ?? {};
  expect(body['input']).toEqual([
    { type: 'text', text: 'A boat' },
    ...order.map((role) => ({ type: 'image', mime_type: 'image/png', data: base64(role) })),
  ]);
  expect(body['generation_config']).toEqual({ video_config: { task } });
});

test('an input video is edited, and a last frame alone is refused before anything is sent', async () => {
  const video = file('video', Buffer.from('video'), 'video/mp4');
  await videoOf('Make it night', { video });
  expect(lab.requests('gemini')[0]?.json()).toMatchObject({
    input: [{ type: 'text' }, { type: 'video', mime_type: 'video/mp4', data: base64('video') }],
    generation_config: { video_config: { task: 'edit' } },
  });
  lab.reset();

  const failure = await failureOf(media().submit(mediaCall('video', 'A boat', { model: VIDEO, images: [image('last_frame')] })));
  expect([failure.code, lab.requests('gemini').length]).toEqual(['unsupported_parameter', 0]);
});

test.each([
  ['[lab:moderated]', 'content_policy_violation', 'content_policy_violation'],
  ['[lab:failed]', 'provider_unavailable', 'internal'],
])('a video that ends as %s failed with %s', async (prompt, code, providerCode) => {
  const { ended } = await videoOf(prompt);

  expect(ended).toMatchObject({ state: 'failed', error: { code, facts: { providerCode } } });
});

test('a video that is done without a video is not made again, one that comes inline is there at once', async () => {
  const [none, inline] = [await videoOf('[lab:no_video]'), await videoOf('[lab:inline]')];

  expect(none.ended).toMatchObject({ state: 'failed', error: { code: 'outcome_unknown' } });
  expect(inline.ended).toMatchObject({ state: 'completed', result: { outputs: [{ from: 'bytes', contentType: 'video/mp4' }] } });
});

test('supports: gemini: cancel: a job is stopped once', async () => {
  const submission = await media().submit(mediaCall('video', 'A boat', { model: VIDEO }));
  const id = submission.state === 'accepted' ? submission.upstreamId : '';

  expect([await media().cancel?.(job(id)), await media().cancel?.(job(id)), await media().cancel?.(job('v1_none'))]).toEqual([
    true,
    false,
    false,
  ]);
  expect(await media().poll(job(id))).toMatchObject({ state: 'cancelled' });
  expect((await failureOf(media().poll(job('v1_none')))).code).toBe('provider_not_found');
});

test('supports: gemini: webhook: our address goes along when there is one, and what comes to it is a hint', async () => {
  await videoOf('A boat', { callbackUrl: 'https://atelier.example/hooks/1' });

  expect(lab.requests('gemini')[0]?.json()['webhook_config']).toEqual({ uris: ['https://atelier.example/hooks/1'] });
  const callback = { headers: { 'webhook-id': 'x' }, body: Buffer.from('{}'), receivedAt: new Date() };
  expect(await media().readCallback?.(callback)).toEqual({ kind: 'hint' });
});

testFaults({ kind: 'gemini', lab: () => lab, media, call: { kind: 'video', model: VIDEO }, made: vendor.made });
describe('images', () => testFaults({ kind: 'gemini', lab: () => lab, media, call: { kind: 'image', model: IMAGE }, made: vendor.made }));
