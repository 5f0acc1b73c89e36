import { createBlackForestLabs } from '@ai-sdk/black-forest-labs';
import { createBflLab } from './bfl';
import { startLab, type Lab } from './lab';

let lab: Lab;
beforeAll(async () => {
  lab = await startLab([createBflLab()]);
});
afterAll(() => lab.close());

const image = (model: string, prompt: string, changes: object = {}) =>
  createBlackForestLabs({ apiKey: 'bfl-lab', baseURL: `${lab.url('bfl')}/v1`, pollIntervalMillis: 5 })
    .image(model)
    .doGenerate({
      prompt,
      n: 1,
      size: undefined,
      aspectRatio: undefined,
      seed: undefined,
      files: undefined,
      mask: undefined,
      providerOptions: {},
      ...changes,
    });

test('@ai-sdk/black-forest-labs makes an image and edits several', async () => {
  const made = await image('flux-pro-1.1-ultra', 'a boat', { aspectRatio: '16:9', seed: 0 });
  expect(made.images).toHaveLength(1);
  expect(made.providerMetadata?.['blackForestLabs']).toMatchObject({ images: [{ cost: 4 }] });
  const file = { type: 'file', mediaType: 'image/png', data: new Uint8Array([1, 2, 3]) };
  expect((await image('flux-2-pro', 'a boat', { files: [file, file] })).images).toHaveLength(1);
});

test('@ai-sdk/black-forest-labs reads failures and refusals of the lab', async () => {
  await expect(image('flux-2-pro', '[lab:failed]')).rejects.toThrow('failed');
  await expect(image('flux-2-pro', 'a boat', { providerOptions: { blackForestLabs: { width: 300, height: 300 } } })).rejects.toMatchObject({
    statusCode: 422,
  });
  await expect(image('flux-9', 'a boat')).rejects.toMatchObject({ statusCode: 404 });
});
