import OpenAI, { toFile } from 'openai';
import sharp from 'sharp';
import { SANDBOX_CONFIG } from '../support/sample-config';
import { eventually } from '../support/eventually';
import { startAtelier, type TestAtelier } from '../support/stack';
import { anImage } from './support/media';

const CONFIG = `${SANDBOX_CONFIG}
  - { name: moderated, modality: image, price: { per_image_usd: "0.01" }, routes: [{ provider: sandbox, model: sandbox-image-moderated }] }
  - { name: priced, modality: image, price: { per_image_usd: "0.01" }, routes: [{ provider: sandbox, model: sandbox-image }] }
`;

let atelier: TestAtelier;
let stop = (): Promise<void> => Promise.resolve();
let client: OpenAI;

beforeAll(async () => {
  atelier = await startAtelier({ config: CONFIG });
  stop = () => atelier.stop();
  client = new OpenAI({ baseURL: atelier.baseUrl, apiKey: atelier.keys.production });
}, 120_000);

afterAll(() => stop(), 60_000);

async function sizeOf(base64: string): Promise<{ width: number; height: number; format: string }> {
  const { width, height, format } = await sharp(Buffer.from(base64, 'base64')).metadata();
  return { width, height, format };
}

async function ledger(): Promise<any> {
  const answer = await fetch(`${atelier.origin}/admin/v1/ledger/verify`, { headers: { authorization: `Bearer ${atelier.adminKey}` } });
  return answer.json();
}

test('the official client makes images and edits two at once; the images open', async () => {
  const made = await client.images.generate({
    model: 'sandbox-image',
    prompt: 'a lighthouse',
    size: '512x512',
    n: 2,
    output_format: 'webp',
  });
  const { data: edited, response } = await client.images
    .edit({
      model: 'sandbox-image',
      prompt: 'both in one',
      image: [
        await toFile(await anImage(10), 'a.png', { type: 'image/png' }),
        await toFile(await anImage(20), 'b.png', { type: 'image/png' }),
      ],
    })
    .withResponse();

  expect(made.data).toHaveLength(2);
  for (const { b64_json: text } of made.data!) expect(await sizeOf(text!)).toEqual({ width: 512, height: 512, format: 'webp' });
  expect((await sizeOf(edited.data![0]!.b64_json!)).width).toBeGreaterThan(0);
  expect(response.headers.get('x-atelier-provider')).toBe('sandbox');
  const task = await (
    await fetch(`${atelier.baseUrl}/tasks/${response.headers.get('x-atelier-run-id')!}`, {
      headers: { authorization: `Bearer ${atelier.keys.production}` },
    })
  ).json();
  expect(task).toMatchObject({ status: 'succeeded', type: 'image', input: { images: [{ role: 'reference' }, { role: 'reference' }] } });
});

test('a streamed image arrives as events', async () => {
  const types: string[] = [];
  for await (const event of await client.images.generate({ model: 'sandbox-image', prompt: 'x', stream: true, partial_images: 1 })) {
    types.push(event.type);
    expect((await sharp(Buffer.from(event.b64_json, 'base64')).metadata()).width).toBeGreaterThan(0);
  }

  expect(types.at(-1)).toBe('image_generation.completed');
});

test('the official client starts a video of an image, polls and downloads it', async () => {
  const created = await client.videos.create({
    model: 'sandbox-video',
    prompt: 'a wave',
    seconds: '4',
    input_reference: await toFile(await anImage(30, 256), 'first.png', { type: 'image/png' }),
  });
  const done = await eventually(
    async () => {
      const video = await client.videos.retrieve(created.id);
      return video.status === 'queued' || video.status === 'in_progress' ? undefined : video;
    },
    { withinMs: 50_000, everyMs: 500 },
  );
  const content = Buffer.from(await (await client.videos.downloadContent(created.id)).arrayBuffer());

  expect(done).toMatchObject({ status: 'completed', progress: 100, seconds: '4', error: null });
  expect(content.subarray(4, 8).toString()).toBe('ftyp');
  expect((await client.videos.list()).data.map(({ id }) => id)).toContain(created.id);
});

test('a moderated image is a 400 of its own kind, costs nothing, and the books hold', async () => {
  const paid = await client.images.generate({ model: 'priced', prompt: 'x' });
  await expect(client.images.generate({ model: 'moderated', prompt: 'x' })).rejects.toMatchObject({
    status: 400,
    code: 'content_policy_violation',
  });
  const tasks = await fetch(`${atelier.baseUrl}/tasks?model=moderated`, {
    headers: { authorization: `Bearer ${atelier.keys.production}` },
  });
  const { data } = (await tasks.json()) as { data: any[] };
  const keys = await fetch(`${atelier.origin}/admin/v1/keys?team=sample`, { headers: { authorization: `Bearer ${atelier.adminKey}` } });
  const key = ((await keys.json()) as { data: any[] }).data.find(({ name }) => name === 'production');

  expect(paid.data).toHaveLength(1);
  expect(data[0]).toMatchObject({ status: 'failed', cost: { actual: '0', reserved: '0' } });
  expect(key).toMatchObject({ spent_usd: '0.01', held_usd: '0' });
  expect(await ledger()).toMatchObject({ ok: true, open_reservations: 0 });
});
