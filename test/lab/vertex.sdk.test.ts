// The SDK looks for undici's dispatcher in the global scope, which jest keeps apart from Node's.
import 'undici';
import { createVertex } from '@ai-sdk/google-vertex';
import type * as GenAi from '@google/genai' with { 'resolution-mode': 'import' };
import { OAuth2Client } from 'google-auth-library';
import { startLab, type Lab } from './lab';
import { createVertexLab } from './vertex';

let lab: Lab;
let genai: typeof GenAi;
beforeAll(async () => {
  genai = await import('@google/genai');
  lab = await startLab([createVertexLab()]);
});
afterAll(() => lab.close());

const authClient = new OAuth2Client({ credentials: { access_token: 'lab-token', expiry_date: Date.now() + 3_600_000 } });
const sdk = () =>
  new genai.GoogleGenAI({
    vertexai: true,
    project: 'lab-project',
    location: 'us-central1',
    httpOptions: { baseUrl: lab.url('vertex'), apiVersion: 'v1' },
    googleAuthOptions: { authClient: authClient },
  });

afterEach(() => jest.restoreAllMocks());

test('@google/genai makes images at the lab, and reads which ones were filtered', async () => {
  // It advises other models.
  jest.spyOn(console, 'warn').mockReturnValue();
  const answer = await sdk().models.generateImages({
    model: 'imagen-4.0-generate-001',
    prompt: '[lab:one_filtered] A boat',
    config: { numberOfImages: 2, aspectRatio: '16:9', includeRaiReason: true },
  });

  expect(answer.generatedImages?.map(({ image, raiFilteredReason }) => [typeof image?.imageBytes, typeof raiFilteredReason])).toEqual([
    ['string', 'undefined'],
    ['undefined', 'string'],
  ]);
});

test('@google/genai makes a video at the lab, and reads the failure of another', async () => {
  const { models, operations } = sdk();
  const run = async (prompt: string) => {
    let operation = await models.generateVideos({
      model: 'veo-3.1-generate-001',
      source: { prompt },
      config: { durationSeconds: 8, seed: 1 },
    });
    for (let looks = 0; looks < 3; looks += 1) operation = await operations.getVideosOperation({ operation });
    return operation;
  };
  const [made, failed] = [await run('A boat'), await run('[lab:failed]')];

  expect([made.done, typeof made.response?.generatedVideos?.[0]?.video?.videoBytes]).toEqual([true, 'string']);
  expect([failed.done, failed.error?.['code']]).toEqual([true, 13]);
});

test('@ai-sdk/google-vertex makes images at the lab', async () => {
  const vertex = createVertex({
    project: 'lab-project',
    location: 'us-central1',
    baseURL: `${lab.url('vertex')}/v1/projects/lab-project/locations/us-central1/publishers/google`,
    googleAuthOptions: { authClient: authClient },
  });
  const made = await vertex.image('imagen-4.0-generate-001').doGenerate({
    ...{ prompt: 'A boat', n: 2, size: undefined, aspectRatio: '16:9', seed: undefined, files: undefined, mask: undefined },
    providerOptions: { vertex: { sampleImageSize: '2K' } },
  });

  expect(made.images).toHaveLength(2);
});
