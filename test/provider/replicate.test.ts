import type { MediaCall } from '../../domain/provider/provider';
import { createReplicateLab } from '../lab/replicate';
import { failureOf, file, job, mediaCall } from './calls';
import { testFaults } from './fault-matrix';
import { useMediaLab } from './media-lab';

const vendor = createReplicateLab();
const { lab, media, at, run, sent } = useMediaLab(vendor, {
  configured: () => ({ secrets: { api_key: 'r8_0123456789abcdef' }, pollMs: 7 }),
  pending: (state) => expect(state).toEqual({ state: 'pending', progress: null, pollAfterMs: 7 }),
});

const URI = `data:image/png;base64,${Buffer.from('png').toString('base64')}`;
const png = (role: string) => file(role, Buffer.from('png'));
const FLUX = 'black-forest-labs/flux-dev';
const VEO = 'google/veo-3.1';

test.each<[string, string, MediaCall, unknown]>([
  [
    'text-to-image',
    'images',
    mediaCall('image', 'a boat', {
      model: FLUX,
      output: { size: '1344x768', n: 2, seed: 0, format: 'jpeg', compression: 80, watermark: true },
      options: { go_fast: false, seed: 3 },
    }),
    [
      `/v1/models/${FLUX}/predictions`,
      {
        input: {
          prompt: 'a boat',
          aspect_ratio: '16:9',
          num_outputs: 2,
          seed: 0,
          output_format: 'jpg',
          output_quality: 80,
          go_fast: false,
        },
      },
    ],
  ],
  [
    'image-to-image',
    'an image by another',
    mediaCall('image', '', { model: vendor.version, images: [png('reference')] }),
    ['/v1/predictions', { version: vendor.version, input: { prompt: '', image: URI } }],
  ],
  [
    'several references',
    'an image by several',
    mediaCall('image', 'a', { model: 'google/nano-banana', images: [png('reference'), png('subject')] }),
    ['/v1/models/google/nano-banana/predictions', { input: { prompt: 'a', image_input: [URI, URI] } }],
  ],
  [
    'text-to-video',
    'a video',
    mediaCall('video', 'a', { model: VEO, negativePrompt: '', output: { size: '1080x1920', duration_s: 8, audio: false, seed: 0 } }),
    [
      `/v1/models/${VEO}/predictions`,
      {
        input: { prompt: 'a', negative_prompt: '', aspect_ratio: '9:16', resolution: '1080p', duration: 8, generate_audio: false, seed: 0 },
      },
    ],
  ],
  [
    'image-to-video',
    'a video from a first frame',
    mediaCall('video', 'a', { model: VEO, images: [png('first_frame')] }),
    [`/v1/models/${VEO}/predictions`, { input: { prompt: 'a', image: URI } }],
  ],
  [
    'last frame',
    'a video between frames',
    mediaCall('video', 'a', { model: VEO, images: [png('first_frame'), png('last_frame')] }),
    [`/v1/models/${VEO}/predictions`, { input: { prompt: 'a', image: URI, last_frame: URI } }],
  ],
])(
  'supports: replicate: %s: %s is asked for in the words of the model and delivered by a link',
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
      result: { outputs, usage: call.kind === 'image' ? { images: outputs.length } : null },
    });
  },
);

test.each([
  ['seed', { seed: 0 }, { seed: 0 }],
  ['audio', { audio: true }, { generate_audio: true }],
])('supports: replicate: %s: it reaches the model', async (_capability, output, fields) => {
  await run(mediaCall('video', 'a', { model: VEO, output }));
  expect(sent()).toEqual([`/v1/models/${VEO}/predictions`, { input: { prompt: 'a', ...fields } }]);
});

test.each([
  ['owner/name:' + vendor.version, '/v1/predictions', { version: vendor.version }],
  ['deployments/acme/fast', '/v1/deployments/acme/fast/predictions', {}],
])('the model %s is asked for at %s', async (model, path, body) => {
  await media.submit(mediaCall('image', 'a', { model })).catch(() => null);
  expect(sent()).toEqual([path, { ...body, input: { prompt: 'a' } }]);
});

test('a route names the fields of its model', async () => {
  await media
    .submit(
      mediaCall('image', 'a', {
        model: 'acme/own',
        map: { images: 'input_image', size: 'size' },
        images: [png('reference'), png('reference')],
        output: { size: '1024x1024' },
      }),
    )
    .catch(() => null);
  expect(sent()).toEqual(['/v1/models/acme/own/predictions', { input: { prompt: 'a', input_image: URI, size: '1024x1024' } }]);
});

test('a large image is uploaded and called by its address', async () => {
  await run(mediaCall('image', 'a', { model: FLUX, images: [file('reference', Buffer.alloc(256 * 1024 + 1, 1))] }));
  const [uploaded, created] = lab.requests('replicate');
  expect(uploaded?.path).toBe('/v1/files');
  expect((created?.json()['input'] as { image: string }).image).toMatch(/\/v1\/files\/[\w-]+$/);
});

test('no create waits for its result, and every call carries the key', async () => {
  await run(mediaCall('image', 'a', { model: FLUX }));
  expect(new Set(lab.requests('replicate').map(({ headers }) => `${headers.authorization} ${String(headers['prefer'])}`))).toEqual(
    new Set(['Bearer r8_0123456789abcdef undefined']),
  );
});

test('an object of links is a result, and logs never are', async () => {
  const state = await run(mediaCall('image', 'a', { model: 'acme/views' }));
  expect(state).toMatchObject({ result: { outputs: [{ from: 'url' }, { from: 'url' }] } });
  expect(JSON.stringify(state, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value))).not.toContain('Using seed');
});

test.each([
  ['failed', FLUX, 'provider_unavailable', undefined],
  ['moderated', FLUX, 'content_policy_violation', 'E005'],
  ['rejected', FLUX, 'provider_rejected', 'E006'],
  ['no_output', FLUX, 'outcome_unknown', undefined],
  ['none', 'acme/captions', 'outcome_unknown', undefined],
])('a prediction that is %s (%s) failed as %s', async (fault, model, code, providerCode) => {
  const state = await run(mediaCall('image', fault === 'none' ? 'a' : `[lab:${fault}]`, { model }));
  if (state.state !== 'failed') throw new Error(state.state);
  expect([state.error.code, state.error.facts.providerCode]).toEqual([code, providerCode]);
});

test('supports: replicate: cancel: a prediction is stopped, and one that has ended is not', async () => {
  const call = mediaCall('video', 'a', { model: VEO });
  const running = job((await media.submit(call)).upstreamId!);
  expect([await media.cancel!(running), await media.cancel!(job('unknown'))]).toEqual([true, false]);
  expect(await media.poll(running)).toMatchObject({ state: 'cancelled', error: { code: 'cancelled' } });
  const done = job((await media.submit(call)).upstreamId!);
  while ((await media.poll(done)).state === 'pending');
  expect(await media.cancel!(done)).toBe(false);
});

test('a prediction that Replicate does not know is not found, and a refusal says what is wrong', async () => {
  expect((await failureOf(media.poll(job('unknown')))).code).toBe('provider_not_found');
  const refusal = await failureOf(media.submit(mediaCall('video', 'a', { model: VEO, output: { duration_s: 5 } })));
  expect([refusal.code, refusal.facts.providerMessage]).toEqual(['provider_rejected', 'Input validation failed: duration is not valid']);
});

test('our address is handed over when there is one', async () => {
  await media.submit(mediaCall('image', 'a', { model: FLUX, callbackUrl: 'https://atelier.example/hook' }));
  await media.submit(mediaCall('image', 'a', { model: FLUX, callbackUrl: null }));
  const [first, second] = lab.requests('replicate').map((request) => request.json());
  expect(first).toEqual({ input: { prompt: 'a' }, webhook: 'https://atelier.example/hook', webhook_events_filter: ['completed'] });
  expect(second).toEqual({ input: { prompt: 'a' } });
});

test('supports: replicate: webhook: it is verified where the secret is known, and a hint elsewhere', async () => {
  const receivedAt = new Date();
  const callback = { ...vendor.webhook({ id: 'p', status: 'succeeded' }), receivedAt };
  const forged = { ...callback, body: Buffer.from('{}') };
  const signed = at({ secrets: { api_key: 'k', webhook_secret: vendor.secret }, pollMs: 7 });
  expect(await signed.readCallback!(callback)).toEqual({ kind: 'hint' });
  expect((await signed.readCallback!(forged)).kind).toBe('refused');
  expect((await signed.readCallback!({ ...callback, headers: {} })).kind).toBe('refused');
  expect((await signed.readCallback!({ ...vendor.webhook({}, new Date(0)), receivedAt })).kind).toBe('refused');
  expect(await media.readCallback!(forged)).toEqual({ kind: 'hint' });
});

testFaults({
  kind: 'replicate',
  lab: () => lab,
  media: () => media,
  call: { kind: 'image', model: FLUX },
  made: () => vendor.jobs.all().length,
});
