import type { MediaCall } from '../../domain/provider/provider';
import { createLumaLab } from '../lab/luma';
import { failureOf, file, job, mediaCall } from './calls';
import { testFaults } from './fault-matrix';
import { useMediaLab } from './media-lab';

const vendor = createLumaLab();
const luma = useMediaLab(vendor, {
  path: '/dream-machine/v1',
  configured: () => ({ pollMs: 7 }),
  pending: (state) => expect(state).toEqual({ state: 'pending', progress: null, pollAfterMs: 7 }),
});
const { lab, media, run } = luma;

const url = `data:image/png;base64,${Buffer.from('png').toString('base64')}`;
const png = (role: string) => file(role, Buffer.from('png'));

const sent = () => {
  const [path, body] = luma.sent();
  return [path.split('/').at(-1), body] as unknown;
};

test.each<[string, string, MediaCall, unknown]>([
  [
    'text-to-image',
    'an image',
    mediaCall('image', 'a boat', { model: 'photon-1', output: { size: '1920x1088', n: 1, format: 'jpeg', watermark: true } }),
    ['image', { model: 'photon-1', prompt: 'a boat', aspect_ratio: '16:9', format: 'jpg' }],
  ],
  [
    'image-to-image',
    'an image by another',
    mediaCall('image', 'a boat', { model: 'photon-flash-1', images: [png('reference')] }),
    ['image', { model: 'photon-flash-1', prompt: 'a boat', image_ref: [{ url }] }],
  ],
  [
    'several references',
    'an image by several, a style and a subject',
    mediaCall('image', 'a boat', {
      model: 'photon-1',
      images: [png('style'), png('reference'), png('subject'), png('reference'), png('subject')],
    }),
    [
      'image',
      {
        model: 'photon-1',
        prompt: 'a boat',
        image_ref: [{ url }, { url }],
        style_ref: [{ url }],
        character_ref: { identity0: { images: [url, url] } },
      },
    ],
  ],
  [
    'text-to-video',
    'a video',
    mediaCall('video', 'a boat', {
      model: 'ray-2',
      output: { size: '3840x2160', duration_s: 9 },
      options: { loop: true, duration: '5s' },
      params: { loop: false, other: 1 },
    }),
    ['video', { model: 'ray-2', prompt: 'a boat', aspect_ratio: '16:9', resolution: '4k', duration: '9s', loop: false }],
  ],
  [
    'image-to-video',
    'a video from a first frame',
    mediaCall('video', 'a boat', { model: 'ray-2', images: [png('first_frame')], output: { aspect_ratio: '21:9', resolution: '1080P' } }),
    [
      'video',
      { model: 'ray-2', prompt: 'a boat', aspect_ratio: '21:9', resolution: '1080p', keyframes: { frame0: { type: 'image', url } } },
    ],
  ],
  [
    'last frame',
    'a video between frames',
    mediaCall('video', 'a boat', {
      model: 'ray-flash-2',
      images: [png('last_frame'), png('first_frame')],
      output: { size: 'auto', aspect_ratio: 'auto', resolution: 'auto' },
    }),
    ['video', { model: 'ray-flash-2', prompt: 'a boat', keyframes: { frame0: { type: 'image', url }, frame1: { type: 'image', url } } }],
  ],
])('supports: luma: %s: %s is asked for in its words and delivered by a link', async (_capability, _what, call, expected) => {
  const state = await run(call);
  expect(sent()).toEqual(expected);
  const outputs = [{ from: 'url', url: expect.stringContaining('/_files/'), revisedPrompt: null }];
  expect(state).toMatchObject({ state: 'completed', result: { outputs, usage: call.kind === 'image' ? { images: 1 } : null } });
});

test.each<[string, MediaCall]>([
  ['a mask', mediaCall('image', 'a boat', { images: [png('mask')] })],
  ['five references', mediaCall('image', 'a boat', { images: Array.from({ length: 5 }, () => png('reference')) })],
  ['two images', mediaCall('image', 'a boat', { output: { n: 2 } })],
  ['a reference for a video', mediaCall('video', 'a boat', { images: [png('reference')] })],
  ['two first frames', mediaCall('video', 'a boat', { images: [png('first_frame'), png('first_frame')] })],
  ['a video', mediaCall('video', 'a boat', { video: file('video', Buffer.from('x'), 'video/mp4') })],
])('%s is refused before anything is sent', async (_what, call) => {
  expect((await failureOf(media.submit(call))).code).toBe('unsupported_parameter');
  expect(lab.requests('luma')).toEqual([]);
});

test.each([
  ['failed', 'provider_unavailable'],
  ['moderated', 'content_policy_violation'],
  ['no_output', 'outcome_unknown'],
])('a generation that is %s failed as %s', async (fault, code) => {
  expect(await run(mediaCall('video', `[lab:${fault}]`, { model: 'ray-2' }))).toMatchObject({ state: 'failed', error: { code } });
});

test('a refusal says which field is wrong, and one of moderation is told apart', async () => {
  const refusal = await failureOf(media.submit(mediaCall('video', 'a boat', { model: 'ray-2', output: { duration_s: 7 } })));
  expect([refusal.code, refusal.facts.providerMessage]).toEqual(['provider_rejected', 'body.duration: Input is not valid']);
  expect((await failureOf(media.submit(mediaCall('image', '[lab:moderated_at_once]', { model: 'photon-1' })))).code).toBe(
    'content_policy_violation',
  );
  expect((await failureOf(media.poll(job('unknown')))).code).toBe('provider_not_found');
});

test('supports: luma: cancel: a generation is deleted while it goes on, and left as it is when it has ended', async () => {
  const call = mediaCall('video', 'a boat', { model: 'ray-2' });
  expect(await media.cancel!(job((await media.submit(call)).upstreamId!))).toBe(true);
  const done = job((await media.submit(call)).upstreamId!);
  while ((await media.poll(done)).state === 'pending');
  lab.reset();
  expect([await media.cancel!(done), await media.cancel!(job('unknown'))]).toEqual([false, false]);
  expect(lab.requests('luma').map(({ method }) => method)).toEqual(['GET', 'GET']);
});

test('supports: luma: webhook: our address is handed over when there is one, and a call to it is a hint', async () => {
  await media.submit(mediaCall('image', 'a boat', { model: 'photon-1', callbackUrl: 'https://atelier.example/hook' }));
  await media.submit(mediaCall('image', 'a boat', { model: 'photon-1', callbackUrl: null }));
  expect(lab.requests('luma').map((request) => request.json()['callback_url'])).toEqual(['https://atelier.example/hook', undefined]);
  expect(await media.readCallback!({ headers: {}, body: Buffer.from('{}'), receivedAt: new Date() })).toEqual({ kind: 'hint' });
});

testFaults({ kind: 'luma', lab: () => lab, media: () => media, call: { model: 'ray-2' }, made: () => vendor.jobs.all().length });
