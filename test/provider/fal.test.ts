import type { MediaCall } from '../../domain/provider/provider';
import { createFalLab } from '../lab/fal';
import { failureOf, file, job, mediaCall } from './calls';
import { testFaults } from './fault-matrix';
import { useMediaLab } from './media-lab';

const vendor = createFalLab();
const fal = useMediaLab(vendor, {
  configured: (url) => ({ options: { webhook_keys_url: `${url}/.well-known/jwks.json` }, pollMs: 7 }),
  pending: (state) => expect(state).toEqual({ state: 'pending', progress: null, pollAfterMs: 7 }),
});
const { lab, media, at, run } = fal;

const PNG_URI = `data:image/png;base64,${Buffer.from('png').toString('base64')}`;
const png = (role: string) => file(role, Buffer.from('png'));
const FLUX = 'fal-ai/flux/dev';
const VEO = 'fal-ai/veo3.1/image-to-video';

const sent = () => fal.sent()[1];

test.each<[string, string, MediaCall, unknown]>([
  [
    'text-to-image',
    'an image',
    mediaCall('image', 'a boat', {
      model: FLUX,
      output: { size: '1280x720', n: 2, seed: 0, format: 'png', watermark: true },
      options: { enable_safety_checker: false, seed: 9 },
    }),
    {
      prompt: 'a boat',
      image_size: { width: 1280, height: 720 },
      num_images: 2,
      seed: 0,
      output_format: 'png',
      enable_safety_checker: false,
    },
  ],
  [
    'image-to-image',
    'one image to go by',
    mediaCall('image', '', { model: `${FLUX}/image-to-image`, images: [png('reference')] }),
    { prompt: '', image_url: PNG_URI },
  ],
  [
    'several references',
    'several images to go by',
    mediaCall('image', 'a', {
      model: 'fal-ai/nano-banana/edit',
      images: [png('reference'), png('subject')],
      output: { size: '1344x768' },
    }),
    { prompt: 'a', image_urls: [PNG_URI, PNG_URI], aspect_ratio: '16:9' },
  ],
  [
    'text-to-video',
    'a video',
    mediaCall('video', 'a', {
      model: 'fal-ai/veo3.1',
      negativePrompt: '',
      output: { size: '1920x1080', duration_s: 8, audio: false, seed: 0, format: 'mp4' },
    }),
    { prompt: 'a', negative_prompt: '', aspect_ratio: '16:9', resolution: '1080p', duration: '8s', generate_audio: false, seed: 0 },
  ],
  [
    'image-to-video',
    'a video from a first frame',
    mediaCall('video', 'a', {
      model: 'fal-ai/kling-video/v2.5-turbo/pro/image-to-video',
      images: [png('first_frame')],
      output: { duration_s: 5 },
    }),
    { prompt: 'a', image_url: PNG_URI, duration: '5' },
  ],
  [
    'last frame',
    'frames by the names of the route',
    mediaCall('video', 'a', {
      model: 'fal-ai/veo3.1/first-last-frame-to-video',
      map: { first_frame: 'first_frame_url', last_frame: 'last_frame_url' },
      images: [png('last_frame'), png('first_frame')],
      output: { audio: true },
    }),
    { prompt: 'a', first_frame_url: PNG_URI, last_frame_url: PNG_URI, generate_audio: true },
  ],
])('supports: fal: %s: %s is asked for in the words of the model and delivered by a link', async (_capability, _what, call, body) => {
  const state = await run(call);

  expect(sent()).toEqual(body);
  const outputs = Array.from({ length: call.output.n ?? 1 }, () => ({
    from: 'url',
    url: expect.stringContaining('/_files/'),
    revisedPrompt: null,
  }));
  expect(state).toMatchObject({
    state: 'completed',
    result: { outputs, usage: call.kind === 'image' ? { images: outputs.length } : null },
  });
});

test('a size, ratio and resolution of auto are left to the model', async () => {
  await run(mediaCall('image', 'a', { model: FLUX, output: { size: 'auto', aspect_ratio: 'auto', resolution: 'auto' } }));
  expect(sent()).toEqual({ prompt: 'a' });
});

test('supports: fal: seed: seed 0 is sent', async () => {
  await run(mediaCall('image', 'a', { model: FLUX, output: { seed: 0 } }));
  expect(sent()).toEqual({ prompt: 'a', seed: 0 });
});

test('supports: fal: audio: sound is asked for', async () => {
  await run(mediaCall('video', 'a', { model: 'fal-ai/veo3.1', output: { audio: true } }));
  expect(sent()).toEqual({ prompt: 'a', generate_audio: true });
});

test.each([
  [{ images: 'image_urls' }, ['one'], { image_urls: ['one'] }],
  [{ images: 'image_url' }, ['one', 'two'], { image_url: 'one' }],
  [{ images: 'references[]' }, ['one', 'two'], { references: ['one', 'two'] }],
  [{ reference: 'subject_url' }, ['one'], { subject_url: 'one' }],
])('a route that maps %j sends the images %j so', async (map, contents, expected) => {
  const images = contents.map((content) => file('reference', Buffer.from(content)));
  await failureOf(media.submit(mediaCall('image', 'a', { model: FLUX, map, images })));
  const uri = (content: string) => `data:image/png;base64,${Buffer.from(content).toString('base64')}`;
  const asUris = Object.fromEntries(
    Object.entries(expected).map(([name, value]) => [name, typeof value === 'string' ? uri(value) : value.map(uri)]),
  );
  expect(sent()).toEqual({ prompt: 'a', ...asUris });
});

test.each([
  [{ duration: 5 }, 8],
  [{ duration: '5s' }, '8s'],
  [{ duration: '5' }, '8'],
])('seconds are written as the options %j of the route show', async (options, expected) => {
  await failureOf(media.submit(mediaCall('video', 'a', { model: 'fal-ai/sora', options, output: { duration_s: 8 } })));
  expect(sent()).toEqual({ prompt: 'a', duration: expected });
});

test('every call carries the key, and a create says how long its result is to be kept', async () => {
  await run(mediaCall('image', 'a', { model: FLUX }));
  const requests = lab.requests('fal');
  expect(requests.map(({ method, path }) => `${method} ${path.replace(/[\w-]{36}/, 'ID')}`)).toEqual([
    'POST /fal-ai/flux/dev',
    ...Array<string>(3).fill('GET /fal-ai/flux/requests/ID/status'),
    'GET /fal-ai/flux/requests/ID',
  ]);
  expect(requests.every(({ headers }) => headers.authorization === 'Key sk-test-0123456789abcdef')).toBe(true);
  expect(requests[0]?.headers['x-fal-object-lifecycle-preference']).toBe('{"expiration_duration_seconds":86400}');
});

test.each([
  ['failed', 'provider_unavailable', 'runner_server_error'],
  ['downstream', 'provider_unavailable', 'downstream_service_error'],
  ['rejected', 'provider_rejected', 'image_load_error'],
  ['moderated', 'content_policy_violation', 'content_policy_violation'],
  ['nsfw', 'content_policy_violation', undefined],
  ['no_output', 'outcome_unknown', undefined],
])('a completed job whose result is %s failed as %s', async (fault, code, providerCode) => {
  const state = await run(mediaCall('image', `[lab:${fault}]`, { model: FLUX }));
  expect(state).toMatchObject({ state: 'failed', error: { code } });
  expect((state as { error: { facts: { providerCode?: string } } }).error.facts.providerCode).toBe(providerCode);
});

test('of several images the one that is kept back is missing with its reason', async () => {
  const state = await run(mediaCall('image', '[lab:nsfw]', { model: FLUX, output: { n: 2 } }));
  expect(state).toMatchObject({
    state: 'completed',
    result: { outputs: [{ from: 'missing', code: 'content_policy_violation' }, { from: 'url' }], usage: { images: 1 } },
  });
});

test('supports: fal: cancel: a job is cancelled once, and then reported as such', async () => {
  const submission = await media.submit(mediaCall('video', 'a', { model: VEO, images: [png('first_frame')] }));
  const ref = job(submission.upstreamId!, VEO);
  expect([await media.cancel!(ref), await media.cancel!(ref), await media.cancel!(job('unknown', VEO))]).toEqual([true, false, false]);
  expect(await media.poll(ref)).toMatchObject({ state: 'cancelled', error: { code: 'cancelled' } });
});

test('a job that runs is asked to stop, and counts as stopped only when it has', async () => {
  const { upstreamId } = await media.submit(mediaCall('video', 'a', { model: VEO, images: [png('first_frame')] }));
  const ref = { ...job(upstreamId!, VEO), kind: 'video' as const };
  for (let looks = 0; looks < 2; looks += 1) expect(await media.poll(ref)).toMatchObject({ state: 'pending' });

  expect(await media.cancel!(ref)).toBe(false);

  expect(lab.requests('fal').filter(({ method }) => method === 'PUT')).toHaveLength(1);
  expect(await media.poll(ref)).toMatchObject({ state: 'completed' });
});

test('a job that fal does not know is not found, and a wrong key is no verdict about it', async () => {
  expect((await failureOf(media.poll(job('unknown', VEO)))).code).toBe('provider_not_found');
  const { upstreamId } = await media.submit(mediaCall('image', 'a', { model: FLUX }));
  const keyless = at({ secrets: {} });
  expect((await failureOf(keyless.poll(job(upstreamId!, FLUX)))).code).toBe('provider_auth');
});

describe('webhooks', () => {
  const call = (over: object = {}) => mediaCall('image', 'a', { model: FLUX, ...over });
  const receivedAt = new Date();
  const signed = vendor.webhook({ request_id: 'r', status: 'OK', payload: {} });

  test('our address is handed over when there is one', async () => {
    await media.submit(call({ callbackUrl: 'https://atelier.example/hooks/a?b=1&c' }));
    await media.submit(call({ callbackUrl: null }));
    expect(lab.requests('fal').map(({ query }) => [...query.entries()])).toEqual([
      [['fal_webhook', 'https://atelier.example/hooks/a?b=1&c']],
      [],
    ]);
  });

  test('supports: fal: webhook: one that fal signed is a hint, and its keys are fetched once', async () => {
    expect(await media.readCallback!({ ...signed, receivedAt })).toEqual({ kind: 'hint' });
    expect(await media.readCallback!({ ...signed, receivedAt })).toEqual({ kind: 'hint' });
    expect(lab.requests('fal').length).toBeLessThanOrEqual(1);
  });

  test.each<[string, object]>([
    ['another body', { body: Buffer.from('{"request_id":"other"}') }],
    ['no signature', { headers: {} }],
    ['a broken signature', { headers: { ...signed.headers, 'x-fal-webhook-signature': 'zz' } }],
    ['another signature', { headers: { ...signed.headers, 'x-fal-webhook-signature': '0'.repeat(128) } }],
    ['an old time', { receivedAt: new Date(receivedAt.getTime() + 301_000) }],
    ['no time', { headers: { ...signed.headers, 'x-fal-webhook-timestamp': 'soon' } }],
  ])('one with %s is refused', async (_what, change) => {
    expect(await media.readCallback!({ ...signed, receivedAt, ...change })).toMatchObject({ kind: 'refused' });
  });

  test('while the keys cannot be fetched it is a hint all the same', async () => {
    const options = { webhook_keys_url: `${lab.url('fal')}/nowhere` };
    const blind = at({ options });
    expect(await blind.readCallback!({ ...signed, receivedAt })).toEqual({ kind: 'hint' });
  });
});

testFaults({
  kind: 'fal',
  lab: () => lab,
  media: () => media,
  call: { kind: 'image', model: FLUX },
  made: () => vendor.jobs.all().length,
});
