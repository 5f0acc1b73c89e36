import LumaAI from 'lumaai';
import { startLab, type Lab } from './lab';
import { createLumaLab } from './luma';

let lab: Lab;
beforeAll(async () => {
  lab = await startLab([createLumaLab()]);
});
afterAll(() => lab.close());

const client = (authToken = 'luma-lab') => new LumaAI({ authToken, baseURL: `${lab.url('luma')}/dream-machine/v1`, maxRetries: 0 });

async function follow(id: string) {
  for (;;) {
    const generation = await client().generations.get(id);
    if (generation.state === 'completed' || generation.state === 'failed') return generation;
  }
}

test('lumaai creates an image and a video, follows them and reads their results', async () => {
  const luma = client();
  const image = await luma.generations.image.create({
    model: 'photon-1',
    prompt: 'a boat',
    aspect_ratio: '16:9',
    style_ref: [{ url: 'https://example.com/a.png' }],
  });
  const video = await luma.generations.video.create({
    model: 'ray-2',
    prompt: 'a boat',
    duration: '5s',
    resolution: '720p',
    keyframes: { frame0: { type: 'image', url: 'https://example.com/a.png' } },
  });
  expect((await fetch((await follow(image.id ?? '')).assets?.image ?? '')).headers.get('content-type')).toBe('image/png');
  expect((await fetch((await follow(video.id ?? '')).assets?.video ?? '')).headers.get('content-type')).toBe('video/mp4');
});

test('lumaai deletes, and reads failures and refusals of the lab', async () => {
  const luma = client();
  const failed = await luma.generations.video.create({ model: 'ray-2', prompt: '[lab:moderated]' });
  expect(await follow(failed.id ?? '')).toMatchObject({ state: 'failed', failure_reason: expect.stringContaining('moderation') });
  const { id = '' } = await luma.generations.video.create({ model: 'ray-2', prompt: 'a boat' });
  await luma.generations.delete(id);
  await expect(luma.generations.get(id)).rejects.toMatchObject({ status: 404 });
  await expect(luma.generations.video.create({ model: 'ray-2', prompt: 'a boat', duration: '7s' })).rejects.toMatchObject({ status: 422 });
  await expect(client(' ').generations.get(id)).rejects.toMatchObject({ status: 401 });
});
