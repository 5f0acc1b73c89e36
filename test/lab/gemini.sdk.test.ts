// The SDK looks for undici's dispatcher in the global scope, which jest keeps apart from Node's.
import 'undici';
import type * as GenAi from '@google/genai' with { 'resolution-mode': 'import' };
import { createGeminiLab } from './gemini';
import { startLab, type Lab } from './lab';

let lab: Lab;
let genai: typeof GenAi;
beforeAll(async () => {
  genai = await import('@google/genai');
  lab = await startLab([createGeminiLab()]);
});
afterAll(() => lab.close());

const sdk = (apiVersion: string, apiKey = 'lab-key') =>
  new genai.GoogleGenAI({ apiKey, httpOptions: { baseUrl: lab.url('gemini'), apiVersion } });

test.each(['v1', 'v1beta'])('@google/genai gets an answer whole and streamed from the lab at /%s', async (version) => {
  const request = { model: 'gemini-3-flash', contents: 'Hello there', config: { thinkingConfig: { includeThoughts: true } } };
  const whole = await sdk(version).models.generateContent(request);
  const pieces: string[] = [];
  for await (const piece of await sdk(version).models.generateContentStream(request)) pieces.push(piece.text ?? '');

  expect(whole.text).toBe('You said: Hello there');
  expect(whole.usageMetadata?.thoughtsTokenCount).toBe(3);
  expect(pieces.join('')).toBe('You said: Hello there');
});

test('@google/genai calls a function of the lab and gives its result back', async () => {
  const { models } = sdk('v1beta');
  const config = { tools: [{ functionDeclarations: [{ name: 'weather', parametersJsonSchema: { type: 'object' } }] }] };
  const asked = { role: 'user', parts: [{ text: 'Weather?' }] };
  const first = await models.generateContent({ model: 'gemini-3-flash', contents: [asked], config });
  const call = first.functionCalls?.[0];
  const made = first.candidates?.[0]?.content ?? { role: 'model', parts: [] };
  const result = { role: 'user', parts: [{ functionResponse: { id: call?.id ?? '', name: 'weather', response: { sky: 'clear' } } }] };
  const second = await models.generateContent({ model: 'gemini-3-flash', contents: [asked, made, result], config });

  expect(call).toMatchObject({ name: 'weather', args: { city: 'Riga' } });
  expect(second.text).toContain('clear');
});

test('@google/genai embeds texts at the lab', async () => {
  const answer = await sdk('v1beta').models.embedContent({
    model: 'gemini-embedding-001',
    contents: ['one', 'two'],
    config: { outputDimensionality: 3 },
  });

  expect(answer.embeddings?.map(({ values }) => values?.length)).toEqual([3, 3]);
});

test('@google/genai reads the refusals of the lab', async () => {
  const ask = (contents: string, key?: string) =>
    sdk('v1beta', key)
      .models.generateContent({ model: 'gemini-3-flash', contents })
      .then(
        () => 'answered',
        (error: unknown) => (error as { status: number; message: string }).status,
      );

  expect([await ask('Hi', 'wrong-key'), await ask('[lab:not_found]'), await ask('[lab:retry_info]')]).toEqual([400, 404, 429]);
});

test('@google/genai makes an image at the lab', async () => {
  const answer = await sdk('v1beta').models.generateContent({
    model: 'gemini-3.1-flash-image',
    contents: 'A boat',
    config: { responseModalities: ['IMAGE'], imageConfig: { aspectRatio: '16:9', imageSize: '2K' } },
  });

  expect(answer.candidates?.[0]?.content?.parts?.map(({ thought, inlineData }) => [thought, inlineData?.mimeType])).toEqual([
    [true, 'image/png'],
    [undefined, 'image/png'],
  ]);
});

test('@google/genai makes a video at the lab, cancels one, and reads the failure of another', async () => {
  const { interactions } = sdk('v1beta');
  const create = (text: string) =>
    interactions.create({
      model: 'gemini-omni-1.1-flash',
      background: true,
      input: [{ type: 'text', text }],
      response_format: { type: 'video', aspect_ratio: '16:9', duration: '8s', delivery: 'uri' },
    });
  const [made, stopped, broken] = [await create('A boat'), await create('A boat'), await create('[lab:moderated]')];
  await interactions.cancel(stopped.id);
  const look = async (id: string) => {
    for (let looks = 0; looks < 2; looks += 1) await interactions.get(id);
    return interactions.get(id);
  };

  expect((await look(made.id)).output_video?.uri).toContain('/files/');
  expect((await look(stopped.id)).status).toBe('cancelled');
  expect((await look(broken.id)).errors?.[0]?.code).toContain('content-policy-violation');
});
