import type { MediaCall } from '../../domain/provider/provider';
import { PROVIDER_KINDS } from '../../adapters/providers/kinds';
import { createRunwayLab } from '../lab/runway';
import { failureOf, file, job, mediaCall } from './calls';
import { testFaults } from './fault-matrix';
import { useMediaLab } from './media-lab';

const vendor = createRunwayLab();
const { lab, media, run, sent } = useMediaLab(vendor, {
  pending: (state) => {
    expect(state).toMatchObject({ pollAfterMs: 5_000 });
    expect(state).not.toHaveProperty('unknownStatus');
  },
});

const URI = `data:image/png;base64,${Buffer.from('png').toString('base64')}`;
const png = (role: string) => file(role, Buffer.from('png'));

test.each<[string, string, MediaCall, unknown]>([
  [
    'text-to-image',
    'images',
    mediaCall('image', 'a boat', {
      model: 'gpt_image_2',
      output: { aspect_ratio: '16:9', resolution: '4k', n: 2, quality: 'high', background: 'opaque' },
    }),
    [
      '/v1/text_to_image',
      { model: 'gpt_image_2', promptText: 'a boat', ratio: '3840:2160', outputCount: 2, quality: 'high', background: 'opaque' },
    ],
  ],
  [
    'image-to-image',
    'an image by another',
    mediaCall('image', 'a', {
      model: 'gen4_image',
      images: [png('reference')],
      output: { seed: 0, size: '1920x1080', n: 1, watermark: true },
    }),
    ['/v1/text_to_image', { model: 'gen4_image', promptText: 'a', ratio: '1920:1080', seed: 0, referenceImages: [{ uri: URI }] }],
  ],
  [
    'several references',
    'an image by several',
    mediaCall('image', 'a', { model: 'gen4_image_turbo', images: [png('reference'), png('subject'), png('style')] }),
    [
      '/v1/text_to_image',
      { model: 'gen4_image_turbo', promptText: 'a', ratio: '1024:1024', referenceImages: [{ uri: URI }, { uri: URI }, { uri: URI }] },
    ],
  ],
  [
    'text-to-video',
    'a video',
    mediaCall('video', 'a', {
      model: 'veo3.1',
      negativePrompt: 'fog',
      output: { aspect_ratio: '9:16', resolution: '1080p', duration_s: 8, audio: false, seed: 0, format: 'mp4' },
      options: { ratio: '1280:720', seed: 3 },
    }),
    [
      '/v1/text_to_video',
      { model: 'veo3.1', promptText: 'a', ratio: '1080:1920', duration: 8, audio: false, seed: 0, negativePrompt: 'fog' },
    ],
  ],
  [
    'image-to-video',
    'a video from a first frame',
    mediaCall('video', 'a', { model: 'gen4.5', images: [png('first_frame')], output: { aspect_ratio: '21:9' } }),
    [
      '/v1/image_to_video',
      { model: 'gen4.5', promptText: 'a', ratio: '1584:672', duration: 5, promptImage: [{ uri: URI, position: 'first' }] },
    ],
  ],
  [
    'last frame',
    'a video between frames',
    mediaCall('video', 'a', { model: 'veo3.1', images: [png('first_frame'), png('last_frame')], output: { size: '1280x720' } }),
    [
      '/v1/image_to_video',
      {
        model: 'veo3.1',
        promptText: 'a',
        ratio: '1280:720',
        promptImage: [
          { uri: URI, position: 'first' },
          { uri: URI, position: 'last' },
        ],
      },
    ],
  ],
  [
    'several references',
    'a video of a resold model',
    mediaCall('video', 'a', { model: 'hailuo3', images: [png('reference'), png('subject')], output: { size: '1366x768', duration_s: 6 } }),
    [
      '/v1/text_to_video',
      { model: 'hailuo3', promptText: 'a', ratio: '16:9', resolution: '768p', duration: 6, references: [{ uri: URI }, { uri: URI }] },
    ],
  ],
])(
  'supports: runway: %s: %s is asked for in the words of the model and delivered by a link',
  async (_capability, _what, call, expected) => {
    const state = await run(call);

    expect(sent()).toEqual(expected);
    const outputs = Array.from({ length: call.output.n ?? 1 }, () => ({
      from: 'url',
      url: expect.stringContaining('/_files/'),
      revisedPrompt: null,
    }));
    expect(state).toMatchObject({
      state: 'completed',
      result: { outputs, usage: call.kind === 'image' ? { images: outputs.length } : null, reportedMicroUsd: 250_000n },
    });
  },
);

test.each([
  ['seed', { seed: 0 }],
  ['audio', { audio: true }],
])('supports: runway: %s: it reaches the model as %j', async (_capability, output) => {
  await run(mediaCall('video', 'a', { model: 'veo3.1', output }));
  expect(sent()).toEqual(['/v1/text_to_video', { model: 'veo3.1', promptText: 'a', ratio: '1280:720', ...output }]);
});

test.each<[string, 'image' | 'video', MediaCall['output'], string | undefined]>([
  ['gen4.5', 'video', { resolution: '720p' }, '1280:720'],
  ['gen4.5', 'video', { size: 'auto', aspect_ratio: 'auto', resolution: 'auto', quality: 'auto' }, '1280:720'],
  ['seedance2', 'video', { aspect_ratio: 'auto', resolution: '1080p' }, '1920:1080'],
  ['seedance2', 'video', { resolution: '480p', aspect_ratio: '1:1' }, '640:640'],
  ['seedance2', 'video', { resolution: '4k' }, '3840:2160'],
  ['seedance2', 'video', { size: '1920x1088' }, '1920:1080'],
  ['seedance2', 'video', {}, undefined],
  ['gen4_image', 'image', { aspect_ratio: '16:9' }, '1360:768'],
  ['gemini_image3_pro', 'image', { resolution: '2K', aspect_ratio: '3:4' }, '1792:2400'],
  ['a-new-one', 'video', { aspect_ratio: '9:16', resolution: '1080p' }, '1080:1920'],
])('%s: the %s output %j becomes the ratio %s', async (model, kind, output, ratio) => {
  // Some of these models are not in the lab.
  await media.submit(mediaCall(kind, 'a', { model, output })).catch(() => null);
  expect((sent() as [string, { ratio?: string }])[1].ratio).toBe(ratio);
});

test.each<[string, MediaCall, string]>([
  ['a ratio', mediaCall('video', 'a', { model: 'gen4.5', output: { aspect_ratio: '4:3' } }), 'output.aspect_ratio'],
  ['a resolution', mediaCall('video', 'a', { model: 'gen4.5', output: { resolution: '1080p' } }), 'output.resolution'],
  ['a ratio that is none', mediaCall('video', 'a', { model: 'veo3.1', output: { aspect_ratio: 'wide' } }), 'output.aspect_ratio'],
  ['sound', mediaCall('video', 'a', { model: 'gen4.5', output: { audio: false } }), 'output.audio'],
  ['a negative prompt', mediaCall('video', 'a', { model: 'gen4.5', negativePrompt: 'fog' }), 'input.negative_prompt'],
  ['a last frame', mediaCall('video', 'a', { model: 'gen4.5', images: [png('first_frame'), png('last_frame')] }), 'input.images'],
  ['references', mediaCall('video', 'a', { model: 'veo3.1', images: [png('reference')] }), 'input.images'],
  ['a mask', mediaCall('image', 'a', { model: 'gen4_image', images: [png('mask')] }), 'input.images'],
])('%s that the model does not offer is refused before anything is sent', async (_what, call, param) => {
  const error = await failureOf(media.submit(call));
  expect([error.code, error.facts.param]).toEqual(['unsupported_parameter', param]);
  expect(lab.requests('runway')).toEqual([]);
});

test('what a model supports is known before anything is reserved', () => {
  const supports = PROVIDER_KINDS.find(({ kind }) => kind === 'runway')!.supports!;
  expect(supports('video', 'gen4.5')).toMatchObject({ roles: ['first_frame'], video: false });
  expect(supports('video', 'gen4.5')?.parameters).not.toContain('audio');
  expect(supports('video', 'veo3.1')).toMatchObject({
    roles: ['first_frame', 'last_frame'],
    parameters: expect.arrayContaining(['audio', 'negative_prompt']),
  });
  expect(supports('video', 'hailuo3')).toMatchObject({ roles: expect.arrayContaining(['reference']), video: true });
});

test('a large image is uploaded, without the key, and called by its address', async () => {
  const large = file('first_frame', Buffer.alloc(3 * 1024 * 1024 + 1, 1));
  await run(mediaCall('video', 'a', { model: 'gen4_turbo', images: [large] }));
  const [asked, uploaded, created] = lab.requests('runway');
  expect([asked?.path, uploaded?.path, uploaded?.headers.authorization]).toEqual(['/v1/uploads', '/uploads', undefined]);
  expect(created?.json()['promptImage']).toEqual([{ uri: 'runway://lab-upload', position: 'first' }]);
});

test('every call carries the key and the version of the API', async () => {
  await run(mediaCall('video', 'a', { model: 'veo3.1' }));
  expect(new Set(lab.requests('runway').map(({ headers }) => `${headers.authorization} ${String(headers['x-runway-version'])}`))).toEqual(
    new Set(['Bearer sk-test-0123456789abcdef 2024-11-06']),
  );
});

test.each([
  ['failed', 'provider_unavailable', 'INTERNAL.BAD_OUTPUT', undefined],
  ['third_party', 'provider_unavailable', 'THIRD_PARTY.UNAVAILABLE', undefined],
  ['failed_without_code', 'provider_unavailable', undefined, undefined],
  ['bad_input', 'provider_rejected', 'INPUT_PREPROCESSING.SAFETY', undefined],
  ['bad_asset', 'provider_rejected', 'ASSET.INVALID', undefined],
  ['moderated', 'content_policy_violation', 'SAFETY.INPUT', '250000'],
  ['moderated_output', 'content_policy_violation', 'SAFETY.OUTPUT', '255000'],
  ['no_output', 'outcome_unknown', undefined, '250000'],
])('a task that is %s failed as %s, with the code %s and what it cost', async (fault, code, providerCode, chargedMicroUsd) => {
  const state = await run(mediaCall('video', `[lab:${fault}]`, { model: 'veo3.1' }));
  if (state.state !== 'failed') throw new Error(state.state);
  expect(state.error.code).toBe(code);
  expect([state.error.facts.providerCode, state.error.facts.chargedMicroUsd]).toEqual([providerCode, chargedMicroUsd]);
});

test('an account without credits is the operator’s to mend, and a refusal says what is wrong', async () => {
  expect((await failureOf(media.submit(mediaCall('video', '[lab:no_credits]', { model: 'veo3.1' })))).code).toBe('provider_auth');
  const refusal = await failureOf(media.submit(mediaCall('video', 'a', { model: 'veo3.1', output: { duration_s: 5 } })));
  expect([refusal.code, refusal.facts.providerMessage]).toEqual(['provider_rejected', 'Validation of body failed: duration is not valid']);
});

test('supports: runway: cancel: a task is stopped, and one that has ended is left as it is', async () => {
  const call = mediaCall('video', 'a', { model: 'veo3.1' });
  const running = job((await media.submit(call)).upstreamId!);
  expect(await media.cancel!(running)).toBe(true);
  expect(await media.poll(running)).toMatchObject({ state: 'cancelled', error: { code: 'cancelled' } });

  const done = job((await media.submit(call)).upstreamId!);
  while ((await media.poll(done)).state === 'pending');
  lab.reset();
  expect([await media.cancel!(done), await media.cancel!(job('unknown'))]).toEqual([false, false]);
  expect(lab.requests('runway').map(({ method }) => method)).toEqual(['GET', 'GET']);
});

test('a task that ends just before it is deleted is not taken for stopped: Runway charges for it', async () => {
  const lost = job((await media.submit(mediaCall('video', '[lab:ends_at_delete]', { model: 'veo3.1' }))).upstreamId!);

  expect(await media.cancel!(lost)).toBe(false);
  expect(await media.poll(lost)).toMatchObject({ state: 'cancelled', error: { code: 'cancelled', facts: { chargedMicroUsd: '250000' } } });
});

test('a task that Runway does not know is not found', async () => {
  expect((await failureOf(media.poll(job('unknown')))).code).toBe('provider_not_found');
});

testFaults({ kind: 'runway', lab: () => lab, media: () => media, call: { model: 'veo3.1' }, made: () => vendor.jobs.all().length });
