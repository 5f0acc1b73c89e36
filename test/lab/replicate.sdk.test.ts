import Replicate, { validateWebhook } from 'replicate';
import { startLab, type Lab } from './lab';
import { createReplicateLab } from './replicate';

const vendor = createReplicateLab();
let lab: Lab;
beforeAll(async () => {
  lab = await startLab([vendor]);
});
afterAll(() => lab.close());

const client = (auth = 'r8_lab') => new Replicate({ auth, baseUrl: `${lab.url('replicate')}/v1`, useFileOutput: false });

test('replicate runs a model, waits for it and reads its result', async () => {
  const output = (await client().run('black-forest-labs/flux-dev', {
    input: { prompt: 'a boat', num_outputs: 2 },
    wait: { mode: 'poll', interval: 5 },
  })) as string[];
  expect(output).toHaveLength(2);
  expect((await fetch(output[0] ?? '')).headers.get('content-type')).toBe('image/png');
});

test('replicate creates by version, uploads, cancels, and reads failures, refusals and webhooks of the lab', async () => {
  const replicate = client();
  const created = await replicate.predictions.create({
    version: vendor.version,
    input: { prompt: 'a', image: Buffer.from('png') },
    webhook: 'https://example.com/hook',
    webhook_events_filter: ['completed'],
  });
  expect(created.status).toBe('starting');
  expect((created.input as { image: string }).image).toContain('/v1/files/');
  expect((await replicate.predictions.cancel(created.id)).status).toBe('canceled');

  const moderated = await replicate.predictions.create({ model: 'google/veo-3.1', input: { prompt: '[lab:moderated]' } });
  await expect(replicate.wait(moderated, { interval: 5 })).rejects.toThrow('E005');
  await expect(replicate.predictions.create({ model: 'google/veo-3.1', input: { prompt: 'a', duration: 5 } })).rejects.toMatchObject({
    response: { status: 422 },
  });
  await expect(client(' ').predictions.get(created.id)).rejects.toMatchObject({ response: { status: 401 } });

  const { key } = await replicate.webhooks.default.secret.get();
  const { headers, body } = vendor.webhook({ id: created.id });
  expect(
    await validateWebhook({
      id: headers['webhook-id']!,
      timestamp: headers['webhook-timestamp']!,
      signature: headers['webhook-signature']!,
      body: body.toString(),
      secret: key,
    }),
  ).toBe(true);
});
