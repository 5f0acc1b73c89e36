import RunwayML from '@runwayml/sdk';
import { startLab, type Lab } from './lab';
import { createRunwayLab } from './runway';

let lab: Lab;
beforeAll(async () => {
  lab = await startLab([createRunwayLab()]);
});
afterAll(() => lab.close());

const client = (runwayVersion = '2024-11-06') =>
  new RunwayML({ apiKey: 'key_lab', baseURL: lab.url('runway'), maxRetries: 0, runwayVersion });

/** The SDK's own waiting sleeps for six seconds at a time. */
async function follow(id: string) {
  for (;;) {
    const task = await client().tasks.retrieve(id);
    if (!['PENDING', 'THROTTLED', 'RUNNING'].includes(task.status)) return task;
  }
}

test('@runwayml/sdk creates an image, follows its task and reads its result', async () => {
  const { id, estimatedCost } = await client().textToImage.create({
    model: 'gen4_image',
    promptText: 'a boat',
    ratio: '1920:1080',
    seed: 0,
  });
  expect(estimatedCost.credits).toBe(25);
  const task = await follow(id);
  if (task.status !== 'SUCCEEDED') throw new Error(task.status);
  expect((await fetch(task.output[0] ?? '')).headers.get('content-type')).toBe('image/png');
});

test('@runwayml/sdk uploads, cancels, and reads failures and refusals of the lab', async () => {
  const runway = client();
  const { uri } = await runway.uploads.createEphemeral({ file: new File(['bytes'], 'a.png', { type: 'image/png' }) });
  const promptImage = [{ uri, position: 'first' as const }];
  const { id } = await runway.imageToVideo.create({ model: 'veo3.1', promptImage, ratio: '1280:720', duration: 4 });
  await runway.tasks.delete(id);
  expect((await follow(id)).status).toBe('CANCELLED');

  const moderated = await follow(
    (await runway.textToVideo.create({ model: 'veo3.1', promptText: '[lab:moderated]', ratio: '1280:720' })).id,
  );
  expect(moderated).toMatchObject({ status: 'FAILED', failureCode: 'SAFETY.INPUT.TEXT', cost: { credits: 25 } });
  await expect(
    runway.textToVideo.create({ model: 'gen4.5', promptText: 'a', ratio: '960:960' as '1280:720', duration: 5 }),
  ).rejects.toMatchObject({ status: 400 });
  await expect(runway.tasks.retrieve('unknown')).rejects.toMatchObject({ status: 404 });
  await expect(
    client('2020-01-01').textToVideo.create({ model: 'gen4.5', promptText: 'a', ratio: '1280:720', duration: 5 }),
  ).rejects.toMatchObject({ status: 400 });
});
