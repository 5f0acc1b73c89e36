import { generateKeyPairSync } from 'node:crypto';
import { jwtVerify } from 'jose';
import type { ProviderAdapter } from '../../domain/provider/provider';
import { createProviderRegistry } from '../../adapters/providers/registry';
import { mp4, PNG } from '../lab/files';
import { startLab, type Lab } from '../lab/lab';
import { createVertexLab } from '../lab/vertex';
import { failureOf, file, job, mediaCall, provider, readAll } from './calls';
import { testFaults } from './fault-matrix';

const vendor = createVertexLab();
let lab: Lab;
beforeAll(async () => {
  lab = await startLab([vendor]);
});
afterEach(() => lab.reset());
afterAll(() => lab.close());

const IMAGEN = 'imagen-4.0-generate-001';
const VEO = 'veo-3.1-generate-001';
const HOME = 'projects/p/locations/us-central1/publishers/google/models';
const media = (changes: Parameters<typeof provider>[0] = {}) => {
  const options = { project: 'p', storage_url: lab.url('vertex'), ...changes.options };
  const secrets = { access_token: 'lab-token-0123456789' };
  const base = { kind: 'vertex', baseUrl: lab.url('vertex'), pollMs: 10, secrets };
  return (createProviderRegistry()(provider({ ...base, ...changes, options })) as Required<ProviderAdapter>).media;
};
const sent = () => lab.requests('vertex')[0]?.json();
const base64 = (text: string) => Buffer.from(text).toString('base64');
const image = (role: string) => file(role, Buffer.from(role));

async function videoOf(prompt: string, changes: Parameters<typeof mediaCall>[2] = {}, configured: Parameters<typeof media>[0] = {}) {
  const adapter = media(configured);
  const submission = await adapter.submit(mediaCall('video', prompt, { model: VEO, ...changes }));
  const upstreamId = submission.state === 'accepted' ? submission.upstreamId : '';
  for (let looks = 0; looks < 2; looks += 1) await adapter.poll(job(upstreamId, VEO));
  return { submission, upstreamId, ended: await adapter.poll(job(upstreamId, VEO)) };
}

test('supports: vertex: text-to-image: images come with their bytes', async () => {
  const submission = await media().submit(mediaCall('image', 'A boat', { model: IMAGEN, output: { n: 2 } }));

  const output = { from: 'bytes', bytes: PNG, contentType: 'image/png', revisedPrompt: null };
  expect(submission).toMatchObject({ state: 'completed', result: { outputs: [output, output], usage: { images: 2 } } });
  expect(lab.requests('vertex')[0]?.path).toBe(`/v1/${HOME}/${IMAGEN}:predict`);
});

test('supports: vertex: seed: the canonical parameters of an image are exactly this request', async () => {
  await media().submit(
    mediaCall('image', 'A boat', {
      model: IMAGEN,
      negativePrompt: '',
      output: { aspect_ratio: '16:9', resolution: '2k', seed: 0, n: 1, format: 'jpeg', compression: 0 },
      options: { labels: { team: 'x' }, personGeneration: 'dont_allow', parameters: { safetySetting: 'block_only_high' } },
    }),
  );

  expect(sent()).toEqual({
    labels: { team: 'x' },
    instances: [{ prompt: 'A boat' }],
    parameters: {
      ...{ includeRaiReason: true, personGeneration: 'dont_allow', safetySetting: 'block_only_high', sampleCount: 1 },
      ...{ aspectRatio: '16:9', sampleImageSize: '2K', negativePrompt: '', seed: 0, addWatermark: false },
      outputOptions: { mimeType: 'image/jpeg', compressionQuality: 0 },
    },
  });
});

test.each([
  [{}, {}],
  [{ size: '1024x1024' }, { aspectRatio: '1:1', sampleImageSize: '1K' }],
  [{ size: '2048x1152' }, { aspectRatio: '16:9', sampleImageSize: '2K' }],
  [{ watermark: false }, { addWatermark: false }],
  [{ watermark: 'ACME' }, {}],
])('the parameters of an image of %j are %j', async (output, parameters) => {
  await media().submit(mediaCall('image', 'A boat', { model: IMAGEN, output }));

  expect(sent()?.['parameters']).toEqual({ includeRaiReason: true, sampleCount: 1, ...parameters });
});

test('supports: vertex: image-to-image: an image and its mask', async () => {
  await media().submit(
    mediaCall('image', 'A hat', { model: 'imagen-3.0-capability-001', images: [image('reference'), image('mask'), image('style')] }),
  );

  const reference = (type: string, id: number, role: string) => ({
    referenceType: `REFERENCE_TYPE_${type}`,
    referenceId: id,
    referenceImage: { bytesBase64Encoded: base64(role) },
  });
  expect(sent()).toEqual({
    instances: [
      {
        prompt: 'A hat',
        referenceImages: [
          reference('RAW', 1, 'reference'),
          { ...reference('MASK', 2, 'mask'), maskImageConfig: { maskMode: 'MASK_MODE_USER_PROVIDED' } },
          reference('STYLE', 3, 'style'),
        ],
      },
    ],
    parameters: { includeRaiReason: true, editMode: 'EDIT_MODE_INPAINT_INSERTION', sampleCount: 1 },
  });
});

test('images that the filter kept back are missing with their reason; when none is left, that is the verdict', async () => {
  const submit = (fault: string) => media().submit(mediaCall('image', `[lab:${fault}]`, { model: IMAGEN, output: { n: 2 } }));
  const reason = 'Unable to show generated images: they were filtered out (56562880).';

  expect(await submit('one_filtered')).toMatchObject({
    state: 'completed',
    result: {
      outputs: [
        { from: 'bytes' },
        { from: 'missing', code: 'content_policy_violation', message: expect.stringContaining(reason) as string },
      ],
      usage: { images: 1 },
    },
  });
  expect([await submit('all_filtered'), await submit('all_filtered_silently')]).toMatchObject([
    { state: 'failed', error: { code: 'content_policy_violation' } },
    { state: 'failed', error: { code: 'content_policy_violation' } },
  ]);
});

test('supports: vertex: text-to-video: an operation is polled where it is, and its video comes with it', async () => {
  const { submission, upstreamId, ended } = await videoOf('A boat', { output: { n: 2 } });

  expect(submission).toEqual({ state: 'accepted', upstreamId, pollAfterMs: 10 });
  expect(upstreamId).toMatch(new RegExp(`^${HOME}/${VEO}/operations/`));
  expect(await media().poll(job(upstreamId, 'renamed'))).toEqual(ended);
  expect(ended).toMatchObject({
    state: 'completed',
    result: { outputs: [{ from: 'bytes', bytes: mp4(), contentType: 'video/mp4' }, { from: 'bytes' }] },
  });
});

test('supports: vertex: audio: the canonical parameters of a video are exactly this request', async () => {
  await videoOf('A boat', {
    negativePrompt: 'rain',
    output: { aspect_ratio: '9:16', resolution: '4K', duration_s: 8, audio: false, seed: 0 },
    options: { personGeneration: 'allow_adult' },
  });

  expect(lab.requests('vertex')[0]?.path).toBe(`/v1/${HOME}/${VEO}:predictLongRunning`);
  expect(sent()).toEqual({
    instances: [{ prompt: 'A boat' }],
    parameters: {
      ...{ personGeneration: 'allow_adult', sampleCount: 1, aspectRatio: '9:16', resolution: '4k', durationSeconds: 8 },
      ...{ generateAudio: false, negativePrompt: 'rain', seed: 0 },
    },
  });
});

const held = (role: string) => ({ bytesBase64Encoded: base64(role), mimeType: 'image/png' });
test.each([
  ['supports: vertex: image-to-video', [image('first_frame')], { image: held('first_frame') }],
  [
    'supports: vertex: last frame',
    [image('last_frame'), image('first_frame')],
    { image: held('first_frame'), lastFrame: held('last_frame') },
  ],
  [
    'supports: vertex: several references',
    [image('reference'), image('subject'), image('style')],
    {
      referenceImages: [
        { image: held('reference'), referenceType: 'asset' },
        { image: held('subject'), referenceType: 'asset' },
        { image: held('style'), referenceType: 'style' },
      ],
    },
  ],
])('%s: images go along by their role', async (_title, images, expected) => {
  await videoOf('A boat', { images });

  expect(sent()?.['instances']).toEqual([{ prompt: 'A boat', ...expected }]);
});

test('videos in a bucket are fetched with the token', async () => {
  const { ended } = await videoOf('A boat', {}, { options: { storage_uri: 'gs://bucket/out/' } });
  const ref = 'gs://bucket/out/0/sample 0.mp4';
  expect(ended).toMatchObject({ state: 'completed', result: { outputs: [{ from: 'provider', ref }] } });
  const { body, contentType } = await media().open(job('x'), ref);

  expect([contentType, await readAll(body)]).toEqual(['video/mp4', mp4()]);
  const request = lab.requests('vertex').at(-1);
  expect([request?.path, request?.headers.authorization]).toEqual([
    '/storage/v1/b/bucket/o/out%2F0%2Fsample%200.mp4',
    'Bearer lab-token-0123456789',
  ]);
});

test.each([
  ['[lab:failed]', 'failed', 'provider_unavailable', 'Video generation failed'],
  ['[lab:all_filtered]', 'failed', 'content_policy_violation', 'violates our usage guidelines'],
  ['[lab:no_video]', 'failed', 'outcome_unknown', 'delivered nothing'],
])('an operation that ends as %s is %s with %s', async (prompt, state, code, words) => {
  const { ended } = await videoOf(prompt);

  expect(ended).toMatchObject({ state, error: { code, message: expect.stringContaining(words) as string } });
});

test('a video of two that the filter kept back is missing', async () => {
  const { ended } = await videoOf('[lab:one_filtered]', { output: { n: 2 } });

  expect(ended).toMatchObject({
    state: 'completed',
    result: { outputs: [{ from: 'bytes' }, { from: 'missing', code: 'content_policy_violation' }] },
  });
});

test('an operation that Google does not know, and a token that it refuses', async () => {
  const unknown = await failureOf(media().poll(job(`${HOME}/${VEO}/operations/none`, VEO)));
  const refused = await failureOf(media({ secrets: { access_token: 'wrong-token' } }).poll(job('x', VEO)));

  expect([unknown.code, refused.code]).toEqual(['provider_not_found', 'provider_auth']);
  expect(refused.message).not.toContain('wrong-token');
});

test('a service account signs its own tokens, and names the project', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const account = {
    type: 'service_account',
    project_id: 'from-file',
    private_key_id: 'key-1',
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    client_email: 'lab@from-file.iam.gserviceaccount.com',
  };
  const adapter = media({ secrets: { credentials_json: JSON.stringify(account) }, options: { project: undefined } });
  await adapter.submit(mediaCall('image', 'A boat', { model: IMAGEN }));

  const request = lab.requests('vertex')[0];
  const token = request?.headers.authorization?.replace('Bearer ', '') ?? '';
  const { payload, protectedHeader } = await jwtVerify(token, publicKey);
  expect(request?.path).toContain('/projects/from-file/locations/us-central1/');
  expect(payload).toMatchObject({ iss: account.client_email, scope: 'https://www.googleapis.com/auth/cloud-platform' });
  expect(protectedHeader.kid).toBe('key-1');
});

test.each(['not json', '{"type":5}', '{"type":"service_account","client_email":"a@b","private_key":"nonsense"}'])(
  "credentials that are none are the operator's to mend: %s",
  async (json) => {
    const failure = await failureOf(media({ secrets: { credentials_json: json } }).submit(mediaCall('image', 'A boat', { model: IMAGEN })));

    expect(failure.code).toBe('provider_auth');
    expect(failure.message).not.toContain('nonsense');
    expect(lab.requests('vertex')).toHaveLength(0);
  },
);

testFaults({ kind: 'vertex', lab: () => lab, media, call: { kind: 'video', model: VEO }, made: vendor.made });
describe('images', () => testFaults({ kind: 'vertex', lab: () => lab, media, call: { kind: 'image', model: IMAGEN }, made: vendor.made }));
