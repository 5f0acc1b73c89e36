import type { MediaCall } from '../../domain/provider/provider';
import { createXaiLab } from '../lab/xai';
import { PNG } from '../lab/files';
import { failureOf, file, job, mediaCall } from './calls';
import { testFaults } from './fault-matrix';
import { useMediaLab } from './media-lab';

const vendor = createXaiLab();
const xai = useMediaLab(vendor, {
  path: '/v1',
  configured: () => ({ secrets: { api_key: 'xai-0123456789' }, pollMs: 7 }),
  pending: (state) => {
    expect(state).toMatchObject({ pollAfterMs: 7 });
    expect(state).not.toHaveProperty('unknownStatus');
  },
});
const { lab, media, at, sent } = xai;

const url = `data:image/png;base64,${Buffer.from('png').toString('base64')}`;
const png = (role: string) => file(role, Buffer.from('png'));
const IMAGE = 'grok-imagine-image';
const VIDEO = 'grok-imagine-video-1.5';

const run = async (call: MediaCall) => (call.kind === 'image' ? media.submit(call) : xai.run(call));

test.each<[string, string, MediaCall, unknown]>([
  [
    'text-to-image',
    'images',
    mediaCall('image', 'a boat', {
      model: IMAGE,
      output: { size: '2048x2048', n: 2, quality: 'high', watermark: true },
      params: { user: 'u', style: 'vivid' },
    }),
    [
      '/v1/images/generations',
      {
        model: IMAGE,
        prompt: 'a boat',
        n: 2,
        aspect_ratio: '1:1',
        resolution: '2k',
        quality: 'high',
        response_format: 'b64_json',
        user: 'u',
      },
    ],
  ],
  [
    'image-to-image',
    'an edit of one image',
    mediaCall('image', '', { model: IMAGE, images: [png('reference')], output: { aspect_ratio: '3:2' } }),
    ['/v1/images/edits', { model: IMAGE, prompt: '', aspect_ratio: '3:2', response_format: 'b64_json', image: { url, type: 'image_url' } }],
  ],
  [
    'several references',
    'an edit of several',
    mediaCall('image', 'a', {
      model: IMAGE,
      images: [png('reference'), png('style')],
      options: { response_format: 'url', quality: 'low' },
    }),
    [
      '/v1/images/edits',
      {
        model: IMAGE,
        prompt: 'a',
        response_format: 'b64_json',
        quality: 'low',
        images: [
          { url, type: 'image_url' },
          { url, type: 'image_url' },
        ],
      },
    ],
  ],
])('supports: xai: %s: %s is asked for in its words and delivered at once', async (_capability, _what, call, expected) => {
  const state = await run(call);
  expect(sent()).toEqual(expected);
  const outputs = Array.from({ length: call.output.n ?? 1 }, () => ({
    from: 'bytes',
    bytes: PNG,
    contentType: 'image/png',
    revisedPrompt: '',
  }));
  expect(state).toMatchObject({
    state: 'completed',
    upstreamId: null,
    result: { outputs, usage: { images: outputs.length }, reportedMicroUsd: 250_000n },
  });
});

test.each<[string, string, MediaCall, unknown]>([
  [
    'text-to-video',
    'a video',
    mediaCall('video', 'a', { model: VIDEO, output: { size: '1920x1080', duration_s: 5, audio: false, format: 'mp4' } }),
    [
      '/v1/videos/generations',
      { model: VIDEO, prompt: 'a', duration: 5, aspect_ratio: '16:9', resolution: '1080p', generate_audio: false },
    ],
  ],
  [
    'image-to-video',
    'a video from a first frame',
    mediaCall('video', 'a', { model: VIDEO, images: [png('first_frame')], output: { resolution: '720P', duration_s: 5 } }),
    ['/v1/videos/generations', { model: VIDEO, prompt: 'a', duration: 5, resolution: '720p', image: { url } }],
  ],
  [
    'last frame',
    'a video between frames',
    mediaCall('video', 'a', {
      model: VIDEO,
      images: [file('last_frame', Buffer.from('last')), png('first_frame')],
      output: { duration_s: 5 },
    }),
    [
      '/v1/videos/generations',
      {
        model: VIDEO,
        prompt: 'a',
        duration: 5,
        image: { url },
        last_frame: { url: `data:image/png;base64,${Buffer.from('last').toString('base64')}` },
      },
    ],
  ],
  [
    'several references',
    'a video by references',
    mediaCall('video', 'a', { model: VIDEO, images: [png('reference'), png('subject')], output: { duration_s: 5 } }),
    ['/v1/videos/generations', { model: VIDEO, prompt: 'a', duration: 5, reference_images: [{ url }, { url }] }],
  ],
  [
    'audio',
    'a video with sound',
    mediaCall('video', 'a', { model: VIDEO, output: { audio: true, duration_s: 5 } }),
    ['/v1/videos/generations', { model: VIDEO, prompt: 'a', duration: 5, generate_audio: true }],
  ],
])('supports: xai: %s: %s is asked for in its words and delivered by a link', async (_capability, _what, call, expected) => {
  const state = await run(call);
  expect(sent()).toEqual(expected);
  const outputs = [{ from: 'url', url: expect.stringContaining('/_files/'), revisedPrompt: null }];
  expect(state).toMatchObject({ state: 'completed', result: { outputs, usage: { seconds: 5 }, reportedMicroUsd: 250_000n } });
});

test('a video that comes in is edited, and keeps its length and shape', async () => {
  const video = file('video', Buffer.from('mp4'), 'video/mp4');
  await run(mediaCall('video', 'a', { model: VIDEO, video }));
  expect(sent()).toEqual([
    '/v1/videos/edits',
    { model: VIDEO, prompt: 'a', video: { url: `data:video/mp4;base64,${Buffer.from('mp4').toString('base64')}` } },
  ]);
  lab.reset();
  for (const change of [{ output: { duration_s: 5 } }, { output: { size: '1x1' } }, { images: [png('first_frame')] }]) {
    expect((await failureOf(media.submit(mediaCall('video', 'a', { model: VIDEO, video, ...change })))).code).toBe('unsupported_parameter');
  }
  expect(lab.requests('xai')).toEqual([]);
});

test.each([
  ['failed', 'provider_unavailable', undefined],
  ['expired', 'provider_unavailable', undefined],
  ['failed_moderated', 'content_policy_violation', undefined],
  ['filtered', 'content_policy_violation', '250000'],
  ['no_output', 'outcome_unknown', '250000'],
])('a video that is %s failed as %s, with what it cost', async (fault, code, chargedMicroUsd) => {
  const state = await run(mediaCall('video', `[lab:${fault}]`, { model: VIDEO }));
  if (state.state !== 'failed') throw new Error(state.state);
  expect([state.error.code, state.error.facts.chargedMicroUsd]).toEqual([code, chargedMicroUsd]);
});

test('of several images the one that is kept back is missing with its reason; alone it is the failure, with what it cost', async () => {
  const some = await run(mediaCall('image', '[lab:filtered]', { model: IMAGE, output: { n: 2 } }));
  expect(some).toMatchObject({
    state: 'completed',
    result: { outputs: [{ from: 'missing', code: 'content_policy_violation' }, { from: 'bytes' }], usage: { images: 1 } },
  });
  const none = await run(mediaCall('image', '[lab:filtered]', { model: IMAGE }));
  expect(none).toMatchObject({ state: 'failed', error: { code: 'content_policy_violation', facts: { chargedMicroUsd: '250000' } } });
  expect((await failureOf(media.submit(mediaCall('image', '[lab:no_output]', { model: IMAGE })))).code).toBe('provider_bad_response');
});

test('a wrong key, which xAI answers with 400, is the operator’s to mend; moderation and refusals are told apart', async () => {
  expect((await failureOf(at({ secrets: {}, pollMs: 7 }).submit(mediaCall('image', 'a', { model: IMAGE })))).code).toBe('provider_auth');
  expect((await failureOf(media.submit(mediaCall('image', '[lab:rejected_moderated]', { model: IMAGE })))).code).toBe(
    'content_policy_violation',
  );
  expect((await failureOf(media.submit(mediaCall('video', 'a', { model: VIDEO, output: { duration_s: 99 } })))).code).toBe(
    'provider_rejected',
  );
  expect((await failureOf(media.submit(mediaCall('image', 'a', { model: IMAGE, images: [png('mask')] })))).code).toBe(
    'unsupported_parameter',
  );
  expect((await failureOf(media.poll(job('unknown')))).code).toBe('provider_not_found');
});

testFaults({ kind: 'xai', lab: () => lab, media: () => media, call: { kind: 'image', model: IMAGE }, made: () => vendor.images() });
