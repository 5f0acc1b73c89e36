import { createProviderRegistry } from '../../adapters/providers/registry';
import { createBearer } from '../../adapters/providers/kling/token';
import type { Provider } from '../../domain/provider/catalogue';
import type { MediaCall, MediaProvider } from '../../domain/provider/provider';
import { createKlingLab, KLING_KEYS } from '../lab/kling';
import { startLab, type Lab } from '../lab/lab';
import { failureOf, file, job, mediaCall, provider } from './calls';
import { testFaults } from './fault-matrix';

const vendor = createKlingLab();
let lab: Lab;
beforeAll(async () => {
  lab = await startLab([vendor]);
});
afterEach(() => lab.reset());
afterAll(() => lab.close());

const { access_key, secret_key, api_key } = KLING_KEYS;
let operations = 0;

function klingAt(changes: Partial<Provider> = {}): Required<MediaProvider> {
  const at = provider({ kind: 'kling', name: 'kling-main', baseUrl: lab.url('kling'), secrets: { access_key, secret_key }, ...changes });
  return createProviderRegistry()(at).media as Required<MediaProvider>;
}

function call(kind: 'image' | 'video', changes: Parameters<typeof mediaCall>[2] = {}, prompt = 'A boat'): MediaCall {
  operations += 1;
  return mediaCall(kind, prompt, { model: 'kling-v3', operationKey: `task_k${operations}:1`, ...changes });
}

/** Submits, and polls to the end. */
async function ended(media: MediaProvider, request: MediaCall) {
  const submission = await media.submit(request);
  if (submission.state !== 'accepted') throw new Error(submission.state);
  const at = job(submission.upstreamId, request.model);
  const states = [];
  for (let looks = 0; looks < 3; looks += 1) states.push(await media.poll(at));
  return { submission, states, last: states[2] };
}

const sent = () => {
  const create = lab.requests('kling').find(({ method }) => method === 'POST');
  return { path: create?.path, body: create?.json() };
};

const BOAT = Buffer.from('boat');
const [base64] = [BOAT.toString('base64')];
const common = { model_name: 'kling-v3', prompt: 'A boat', external_task_id: expect.stringMatching(/^task_k\d+:1$/) as unknown };

test.each<[string, 'image' | 'video', Parameters<typeof mediaCall>[2], string, object]>([
  [
    'supports: kling: text-to-video: every canonical parameter',
    'video',
    {
      output: { aspect_ratio: '9:16', resolution: '1080p', duration_s: 10, audio: false, watermark: false, n: 1 },
      negativePrompt: '',
      params: { cfg_scale: 0, unheard_of: 1 },
    },
    'videos/text2video',
    {
      negative_prompt: '',
      mode: 'pro',
      aspect_ratio: '9:16',
      duration: '10',
      sound: 'off',
      watermark_info: { enabled: false },
      cfg_scale: 0,
    },
  ],
  ['a prompt alone', 'video', {}, 'videos/text2video', {}],
  ['a size', 'video', { output: { size: '1280x720' } }, 'videos/text2video', { mode: 'std', aspect_ratio: '16:9' }],
  ['4k', 'video', { output: { resolution: '4K' } }, 'videos/text2video', { mode: '4k' }],
  [
    'options of the route under the canonical parameters',
    'video',
    { options: { mode: 'pro', duration: '5', cfg_scale: 0.5 }, output: { duration_s: 3, audio: true } },
    'videos/text2video',
    { mode: 'pro', duration: '3', cfg_scale: 0.5, sound: 'on' },
  ],
  [
    'an address for callbacks',
    'video',
    { callbackUrl: 'https://atelier.example/c/1' },
    'videos/text2video',
    { callback_url: 'https://atelier.example/c/1' },
  ],
  [
    'supports: kling: image-to-video: a first frame',
    'video',
    { images: [file('first_frame', BOAT)] },
    'videos/image2video',
    { image: base64 },
  ],
  [
    'supports: kling: last frame: both frames',
    'video',
    { images: [file('last_frame', Buffer.from('end!')), file('first_frame', BOAT)] },
    'videos/image2video',
    { image: base64, image_tail: Buffer.from('end!').toString('base64') },
  ],
  [
    'supports: kling: several references: two of a video',
    'video',
    { images: [file('reference', BOAT), file('subject', BOAT)] },
    'videos/multi-image2video',
    { image_list: [{ image: base64 }, { image: base64 }] },
  ],
  [
    'supports: kling: audio: a model that takes everything in one list',
    'video',
    { model: 'kling-v3-omni', images: [file('first_frame', BOAT), file('reference', BOAT)], output: { audio: true } },
    'videos/omni-video',
    { model_name: 'kling-v3-omni', image_list: [{ image_url: base64, type: 'first_frame' }, { image_url: base64 }], sound: 'on' },
  ],
  [
    'supports: kling: text-to-image: every canonical parameter',
    'image',
    { output: { aspect_ratio: '3:2', resolution: '2K', n: 3, watermark: true, format: 'png' }, negativePrompt: 'fog' },
    'images/generations',
    { aspect_ratio: '3:2', resolution: '2k', n: 3, watermark_info: { enabled: true }, negative_prompt: 'fog' },
  ],
  ['a size of an image', 'image', { output: { size: '1024x1024' } }, 'images/generations', { aspect_ratio: '1:1', resolution: '1k' }],
  [
    'supports: kling: image-to-image: a subject',
    'image',
    { images: [file('subject', BOAT)] },
    'images/generations',
    { image: base64, image_reference: 'subject' },
  ],
  [
    'several references and a style',
    'image',
    { images: [file('reference', BOAT), file('reference', BOAT), file('style', BOAT)] },
    'images/multi-image2image',
    { subject_image_list: [{ subject_image: base64 }, { subject_image: base64 }], style_image: base64 },
  ],
])('%s reaches the vendor in its own words', async (_what, kind, changes, path, expected) => {
  const submission = await klingAt().submit(call(kind, changes));

  expect(submission).toMatchObject({ state: 'accepted', upstreamId: expect.stringMatching(`^${path}/8\\d+$`) as unknown });
  expect(sent()).toEqual({ path: `/v1/${path}`, body: { ...common, ...expected } });
});

test.each<[string, Parameters<typeof mediaCall>[2], string]>([
  ['frames with references', { images: [file('first_frame', BOAT), file('reference', BOAT)] }, 'input.images'],
  ['two first frames', { images: [file('first_frame', BOAT), file('first_frame', BOAT)] }, 'input.images'],
  ['a mask', { images: [file('mask', BOAT)] }, 'input.images'],
  ['an input video', { video: file('video', BOAT, 'video/mp4') }, 'input.video'],
  ['a resolution that no mode makes', { output: { resolution: '480p' } }, 'output.resolution'],
])('%s is refused by name before anything is sent', async (_what, changes, param) => {
  const failure = await failureOf(klingAt().submit(call('video', changes)));

  expect(failure).toMatchObject({ code: 'unsupported_parameter', facts: { param } });
  expect(lab.requests('kling')).toHaveLength(0);
});

test('a video is submitted, processed and delivered by a link, with its seconds and the units that it took', async () => {
  const media = klingAt({ options: { usd_per_unit: 0.14 }, pollMs: 40 });
  const { submission, states, last } = await ended(media, call('video', { output: { duration_s: 10 } }));

  expect(submission).toMatchObject({ pollAfterMs: 40 });
  expect(states.slice(0, 2)).toEqual([
    { state: 'pending', progress: null, pollAfterMs: 40 },
    { state: 'pending', progress: null, pollAfterMs: 40 },
  ]);
  expect(last).toMatchObject({
    state: 'completed',
    result: { outputs: [{ from: 'url' }], usage: { seconds: 10 }, reportedMicroUsd: 280_000n },
  });
});

test('several images are each an output, the marked ones when a mark was asked for', async () => {
  const { last } = await ended(klingAt(), call('image', { output: { n: 3, watermark: true } }));

  expect(last).toMatchObject({ state: 'completed', result: { usage: { images: 3, seconds: 0 }, reportedMicroUsd: null } });
  expect(last?.state === 'completed' ? last.result.outputs.map(({ from }) => from) : []).toEqual(['url', 'url', 'url']);
});

test.each(['failed', 'moderated'])('a job that ends as %s is a verdict with the words of the vendor', async (fault) => {
  const { last } = await ended(klingAt(), call('video', {}, `A boat [lab:${fault}]`));

  expect(last).toMatchObject({
    state: 'failed',
    error: { code: 'provider_unavailable', facts: { providerMessage: expect.any(String) as unknown } },
  });
});

test.each([
  ['concurrency_in_200', 'rate_limited', '1303'],
  ['policy_in_200', 'content_policy_violation', '1301'],
  ['arrears_in_200', 'provider_auth', '1101'],
  ['unknown_in_200', 'provider_unavailable', '9999'],
])('a successful status with the error %s inside is %s', async (fault, code, providerCode) => {
  const failure = await failureOf(klingAt().submit(call('video', {}, `[lab:${fault}]`)));

  expect(failure).toMatchObject({ code, facts: { providerCode } });
});

test('a key that is wrong is told as such', async () => {
  const failure = await failureOf(klingAt({ secrets: { access_key, secret_key: 'another-secret' } }).submit(call('video')));

  expect(failure).toMatchObject({ code: 'provider_auth', facts: { providerCode: '1002' } });
  expect(lab.requests('kling')).toHaveLength(1);
});

test('a static API key is sent as it is', async () => {
  await klingAt({ secrets: { api_key } }).submit(call('video'));

  expect(lab.requests('kling')[0]?.headers.authorization).toBe(`Bearer ${api_key}`);
});

test('one token serves until the vendor takes it for expired; the call is then made with a new one, and makes one job', async () => {
  const media = klingAt();
  await media.submit(call('video'));
  const before = vendor.made();
  lab.arm('kling', 'expired_token');
  await media.submit(call('video'));
  lab.arm('kling', 'expired_token', 2);
  const failure = await failureOf(media.submit(call('video')));

  expect(failure).toMatchObject({ code: 'provider_auth', facts: { providerCode: '1004' } });
  expect(vendor.made() - before).toBe(1);
  expect(lab.requests('kling')).toHaveLength(5);
});

test('a token is kept for most of its life and signed anew before it ends', async () => {
  let now = Date.parse('2026-11-28T00:00:00Z');
  const bearer = createBearer(provider({ secrets: { access_key, secret_key } }), () => now);
  const first = await bearer.headers();
  now += 20 * 60_000;
  const same = await bearer.headers();
  now += 6 * 60_000;
  const next = await bearer.headers();

  expect(same).toBe(first);
  expect(next).not.toEqual(first);
  const claims = JSON.parse(Buffer.from(first['authorization']?.split('.')[1] ?? '', 'base64url').toString()) as object;
  const signedAt = Date.parse('2026-11-28T00:00:00Z') / 1000;
  expect(claims).toEqual({ iss: access_key, exp: signedAt + 1_800, nbf: signedAt - 5 });
});

test('supports: kling: reconcile: a job is found by our operation key, of whatever kind it is', async () => {
  const media = klingAt();
  const calls = [call('video'), call('image'), call('video', { images: [file('first_frame', BOAT)] })];
  const submissions = await Promise.all(calls.map((one) => media.submit(one)));

  const found = await Promise.all(calls.map(({ operationKey, signal }) => media.find(operationKey, signal)));

  expect(found).toEqual(submissions.map(({ upstreamId }) => upstreamId));
  expect(await media.find('task_none:1', new AbortController().signal)).toBeNull();
});

test('a create that was carried out before is not bought again: the job of the first is taken up', async () => {
  const media = klingAt();
  const once = call('video');
  const first = await media.submit(once);
  const before = vendor.made();

  const second = await media.submit(once);

  expect(second).toEqual(first);
  expect(vendor.made()).toBe(before);
});

test('a look with an unknown id, or at no kind of the vendor, finds no job', async () => {
  const media = klingAt();
  const failures = [await failureOf(media.poll(job('videos/text2video/1'))), await failureOf(media.poll(job('elsewhere/1')))];

  expect(failures.map(({ code }) => code)).toEqual(['provider_not_found', 'provider_not_found']);
});

test('supports: kling: webhook: a callback is unsigned and only a reason to look', async () => {
  const body = Buffer.from(JSON.stringify({ task_id: '1', task_status: 'succeed' }));

  expect(await klingAt().readCallback({ headers: {}, body, receivedAt: new Date() })).toEqual({ kind: 'hint' });
});

testFaults({
  kind: 'kling',
  lab: () => lab,
  media: klingAt,
  call: { model: 'kling-v3' },
  made: vendor.made,
  // A job whose answer was lost is found by our operation key.
  found: true,
});
