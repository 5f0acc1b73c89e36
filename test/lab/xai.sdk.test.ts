import { createXai } from '@ai-sdk/xai';
import { startLab, type Lab } from './lab';
import { createXaiLab } from './xai';

let lab: Lab;
beforeAll(async () => {
  lab = await startLab([createXaiLab()]);
});
afterAll(() => lab.close());

const client = (apiKey = 'xai-lab') => createXai({ apiKey, baseURL: `${lab.url('xai')}/v1` });
const none = { size: undefined, aspectRatio: undefined, seed: undefined, files: undefined, mask: undefined, providerOptions: {} } as const;
const file = { type: 'file', mediaType: 'image/png', data: new Uint8Array([1, 2, 3]) } as const;

test('@ai-sdk/xai makes images, edits one and several, and reads what they cost', async () => {
  const model = client().image('grok-imagine-image');
  const made = await model.doGenerate({ ...none, prompt: 'a boat', n: 2, aspectRatio: '16:9' });
  expect(made.images).toHaveLength(2);
  expect(made.providerMetadata?.['xai']).toMatchObject({ costInUsdTicks: 2_500_000_000 });
  expect((await model.doGenerate({ ...none, prompt: 'a boat', n: 1, files: [file] })).images).toHaveLength(1);
  expect((await model.doGenerate({ ...none, prompt: 'a boat', n: 1, files: [file, file] })).images).toHaveLength(1);
});

test('@ai-sdk/xai makes a video, and reads failures and refusals of the lab', async () => {
  const video = (prompt: string, apiKey?: string) =>
    client(apiKey)
      .video('grok-imagine-video')
      .doGenerate({
        prompt,
        n: 1,
        aspectRatio: '16:9',
        resolution: '1280x720',
        duration: 5,
        fps: undefined,
        seed: undefined,
        image: file,
        frameImages: undefined,
        inputReferences: undefined,
        generateAudio: undefined,
        providerOptions: { xai: { pollIntervalMs: 5 } },
      });
  const made = await video('a boat');
  expect(made.videos[0]).toMatchObject({ type: 'url', url: expect.stringContaining('/_files/') });
  await expect(video('[lab:filtered]')).rejects.toThrow('content policy');
  await expect(video('[lab:failed]')).rejects.toThrow('failed');
  await expect(video('a boat', ' ')).rejects.toMatchObject({ statusCode: 400 });
  await expect(
    client()
      .image('another')
      .doGenerate({ ...none, prompt: 'a boat', n: 1 }),
  ).rejects.toMatchObject({ statusCode: 422 });
});
