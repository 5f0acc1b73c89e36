import type { MediaCall } from '../../domain/provider/provider';
import { createBflLab } from '../lab/bfl';
import { failureOf, file, job, mediaCall } from './calls';
import { testFaults } from './fault-matrix';
import { useMediaLab } from './media-lab';

const vendor = createBflLab();
const { lab, media, at, run, sent } = useMediaLab(vendor, {
  configured: () => ({ secrets: { api_key: 'bfl-0123456789' }, pollMs: 7 }),
  pending: (state) => {
    expect(state).toMatchObject({ pollAfterMs: 7 });
    expect(state).not.toHaveProperty('unknownStatus');
  },
});

const PNG = Buffer.from('png').toString('base64');
const png = (role: string) => file(role, Buffer.from('png'));

const image = (model: string, changes: Parameters<typeof mediaCall>[2] = {}) => mediaCall('image', 'a boat', { model, ...changes });

test.each<[string, string, MediaCall, unknown]>([
  [
    'text-to-image',
    'an image by pixels',
    image('flux-2-pro', {
      output: { aspect_ratio: '16:9', n: 1, format: 'jpeg', watermark: true },
      options: { safety_tolerance: 0, seed: 3 },
    }),
    ['/v1/flux-2-pro', { prompt: 'a boat', width: 1824, height: 1024, output_format: 'jpeg', safety_tolerance: 0, seed: 3 }],
  ],
  [
    'text-to-image',
    'an image by its ratio',
    image('flux-pro-1.1-ultra', { output: { size: '1536x1024' } }),
    ['/v1/flux-pro-1.1-ultra', { prompt: 'a boat', aspect_ratio: '3:2' }],
  ],
  [
    'seed',
    'an image of seed 0',
    image('flux-pro-1.1', { output: { seed: 0, size: '1024x768' } }),
    ['/v1/flux-pro-1.1', { prompt: 'a boat', width: 1024, height: 768, seed: 0 }],
  ],
  [
    'image-to-image',
    'an edit',
    image('flux-kontext-pro', { images: [png('reference')] }),
    ['/v1/flux-kontext-pro', { prompt: 'a boat', input_image: PNG }],
  ],
  [
    'several references',
    'an edit of several',
    image('flux-2-pro', { images: [png('reference'), png('style'), png('subject')] }),
    ['/v1/flux-2-pro', { prompt: 'a boat', input_image: PNG, input_image_2: PNG, input_image_3: PNG }],
  ],
  [
    'image-to-image',
    'an edit within a mask',
    image('flux-pro-1.0-fill', { images: [png('reference'), file('mask', Buffer.from('mask'))] }),
    ['/v1/flux-pro-1.0-fill', { prompt: 'a boat', image: PNG, mask: Buffer.from('mask').toString('base64') }],
  ],
])('supports: bfl: %s: %s is asked for in the words of the model and delivered by a link', async (_capability, _what, call, expected) => {
  const state = await run(call);
  expect(sent()).toEqual(expected);
  const outputs = [{ from: 'url', url: expect.stringContaining('/_files/'), revisedPrompt: null }];
  expect(state).toMatchObject({ state: 'completed', result: { outputs, usage: { images: 1 }, reportedMicroUsd: 45_000n } });
  expect(lab.requests('bfl').every(({ headers }) => headers['x-key'] === 'bfl-0123456789')).toBe(true);
});

test('a job is asked for where its region knows it, and never with our key at a stranger’s', async () => {
  expect(await run(image('flux-2-pro', { prompt: '[lab:region]' }))).toMatchObject({ state: 'completed' });
  expect(lab.requests('bfl').at(-1)?.path).toBe('/region/v1/get_result');
  const { upstreamId } = await media.submit(image('flux-2-pro', { prompt: '[lab:elsewhere]' }));
  expect(upstreamId).not.toContain('attacker');
  expect((await failureOf(media.poll(job('http://attacker.example/v1/get_result?id=1')))).code).toBe('provider_not_found');
});

test.each([
  ['failed', 'provider_unavailable', 'Error', undefined],
  ['request_moderated', 'content_policy_violation', 'Request Moderated', undefined],
  ['content_moderated', 'content_policy_violation', 'Content Moderated', '40000'],
  ['no_output', 'outcome_unknown', undefined, '45000'],
])('an image that is %s failed as %s, with what it cost', async (fault, code, providerCode, chargedMicroUsd) => {
  const state = await run(image('flux-2-pro', { prompt: `[lab:${fault}]` }));
  if (state.state !== 'failed') throw new Error(state.state);
  expect([state.error.code, state.error.facts.providerCode, state.error.facts.chargedMicroUsd]).toEqual([
    code,
    providerCode,
    chargedMicroUsd,
  ]);
});

test('a job that is unknown is not found, and a refusal says which field is wrong', async () => {
  expect((await failureOf(media.poll(job('unknown')))).code).toBe('provider_not_found');
  const refusal = await failureOf(media.submit(image('flux-2-pro', { output: { size: '100x100' } })));
  expect([refusal.code, refusal.facts.providerMessage]).toEqual([
    'provider_rejected',
    'body.width: Input is not valid; body.height: Input is not valid',
  ]);
  expect((await failureOf(media.submit(image('flux-9')))).code).toBe('provider_not_found');
});

test.each([
  ['two images at a time', image('flux-2-pro', { output: { n: 2 } })],
  ['eleven references', image('flux-2-pro', { images: Array.from({ length: 11 }, () => png('reference')) })],
  ['a mask alone', image('flux-2-pro', { images: [png('mask')] })],
  ['a last frame', image('flux-2-pro', { images: [png('last_frame')] })],
])('%s: refused before anything is sent', async (_what, call) => {
  expect((await failureOf(media.submit(call))).code).toBe('unsupported_parameter');
  expect(lab.requests('bfl')).toEqual([]);
});

test('supports: bfl: webhook: our address goes out with the secret, which is asked for when it comes back', async () => {
  const secured = at({ secrets: { api_key: 'k', webhook_secret: 's3cret-of-ours' }, pollMs: 7 });
  await secured.submit(image('flux-2-pro', { callbackUrl: 'https://atelier.example/hook' }));
  await secured.submit(image('flux-2-pro', { callbackUrl: null }));
  expect(lab.requests('bfl').map((request) => request.json())).toEqual([
    { prompt: 'a boat', webhook_url: 'https://atelier.example/hook', webhook_secret: 's3cret-of-ours' },
    { prompt: 'a boat' },
  ]);
  const callback = (headers: Record<string, string>) => ({ headers, body: Buffer.from('{}'), receivedAt: new Date() });
  expect(await secured.readCallback!(callback({ 'x-webhook-secret': 's3cret-of-ours' }))).toEqual({ kind: 'hint' });
  expect((await secured.readCallback!(callback({ 'x-webhook-secret': 'another' }))).kind).toBe('refused');
  expect((await secured.readCallback!(callback({}))).kind).toBe('refused');
  expect(await media.readCallback!(callback({}))).toEqual({ kind: 'hint' });
});

testFaults({
  kind: 'bfl',
  lab: () => lab,
  media: () => media,
  call: { kind: 'image', model: 'flux-2-pro' },
  made: () => vendor.jobs.all().length,
});
