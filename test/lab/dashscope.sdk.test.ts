import { createAlibaba } from '@ai-sdk/alibaba';
import { createDashScopeLab, DASHSCOPE_KEY } from './dashscope';
import { startLab, type Lab } from './lab';

let lab: Lab;
beforeAll(async () => {
  lab = await startLab([createDashScopeLab()]);
});
afterAll(() => lab.close());

const sdk = (apiKey = DASHSCOPE_KEY) => createAlibaba({ videoBaseURL: lab.url('dashscope'), apiKey });
const nothing = { fps: undefined, image: undefined, frameImages: undefined, inputReferences: undefined, generateAudio: undefined };
const asked = { ...nothing, n: 1, aspectRatio: undefined, resolution: '1280x720', duration: 5, seed: 0 } as const;
const providerOptions = { alibaba: { pollIntervalMs: 5, watermark: false, negativePrompt: 'fog' } };
const image = { type: 'file', mediaType: 'image/png', data: new Uint8Array([1, 2, 3]) } as const;

test.each([
  ['wan2.6-t2v', {}],
  ['wan2.6-i2v', { image }],
  ['wan2.7-t2v', { aspectRatio: '16:9' as const }],
  ['wan2.7-i2v', { image }],
  ['wan2.7-r2v', { inputReferences: [image] }],
  ['wan3.0-video', { generateAudio: false, frameImages: [{ frameType: 'first_frame' as const, image }] }],
])('@ai-sdk/alibaba makes a video with %s', async (model, changes) => {
  const { videos } = await sdk()
    .video(model)
    .doGenerate({ ...asked, ...changes, prompt: 'a boat', providerOptions });

  const [video] = videos;
  if (video?.type !== 'url') throw new Error('no link');
  expect((await fetch(video.url)).headers.get('content-type')).toBe('video/mp4');
});

test('@ai-sdk/alibaba reads the errors of the lab', async () => {
  const wrongKey = sdk('wrong')
    .video('wan2.7-t2v')
    .doGenerate({ ...asked, prompt: 'a boat', providerOptions });
  await expect(wrongKey).rejects.toMatchObject({ statusCode: 401, message: 'Invalid API-key provided.' });
  const failed = sdk()
    .video('wan2.7-t2v')
    .doGenerate({ ...asked, prompt: '[lab:moderated]', providerOptions });
  await expect(failed).rejects.toThrow('The lab was asked for this.');
});
