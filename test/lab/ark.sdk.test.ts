import { createByteDance } from '@ai-sdk/bytedance';
import { ARK_KEY, createArkLab } from './ark';
import { startLab, type Lab } from './lab';

const vendor = createArkLab();
let lab: Lab;
beforeAll(async () => {
  lab = await startLab([vendor]);
});
afterAll(() => lab.close());

const sdk = (apiKey = ARK_KEY) => createByteDance({ baseURL: `${lab.url('ark')}/api/v3`, apiKey });
const nothing = { fps: undefined, image: undefined, frameImages: undefined, inputReferences: undefined, generateAudio: undefined };
const asked = { ...nothing, n: 1, aspectRatio: '16:9', resolution: '1280x720', duration: 5, seed: 7 } as const;
const image = { type: 'file', mediaType: 'image/png', data: new Uint8Array([1, 2, 3]) } as const;

test('@ai-sdk/bytedance makes a video from a prompt and from two frames', async () => {
  const providerOptions = {
    bytedance: { pollIntervalMs: 5, watermark: false, generateAudio: true, lastFrameImage: 'data:image/png;base64,AQID' },
  };
  const model = sdk().video('seedance-2-0');
  const fromPrompt = await model.doGenerate({ ...asked, prompt: 'a boat', providerOptions: { bytedance: { pollIntervalMs: 5 } } });
  const fromFrames = await model.doGenerate({ ...asked, prompt: 'a boat', image, providerOptions });

  for (const { videos } of [fromPrompt, fromFrames]) {
    const [video] = videos;
    if (video?.type !== 'url') throw new Error('no link');
    expect((await fetch(video.url)).headers.get('content-type')).toBe('video/mp4');
  }
});

test('@ai-sdk/bytedance makes images, and edits one', async () => {
  const model = sdk().image('seedream-5-0');
  const call = { n: 1, size: '2048x2048', aspectRatio: undefined, seed: undefined, mask: undefined, providerOptions: {} } as const;
  const made = await model.doGenerate({ ...call, prompt: 'a boat', files: undefined });
  const edited = await model.doGenerate({ ...call, prompt: 'a red boat', files: [image] });

  expect([made.images.length, edited.images.length]).toEqual([1, 1]);
});

test('@ai-sdk/bytedance reads the errors of the lab', async () => {
  const wrongKey = sdk('wrong')
    .video('seedance-2-0')
    .doGenerate({ ...asked, prompt: 'a boat', providerOptions: {} });
  await expect(wrongKey).rejects.toMatchObject({
    statusCode: 401,
    message: expect.stringContaining('The API key is not valid.') as unknown,
  });
  const failed = sdk()
    .video('seedance-2-0')
    .doGenerate({ ...asked, prompt: '[lab:moderated]', providerOptions: { bytedance: { pollIntervalMs: 5 } } });
  await expect(failed).rejects.toThrow('"status":"failed"');
});
