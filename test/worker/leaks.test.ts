import OpenAI from 'openai';
import { type TestAtelier, startAtelier } from '../support/stack';

const PLANTED = {
  'the tables': { as: 'external_id', secret: 'sk-planted-in-a-table-0123456789' },
  'an object': { as: 'prompt', secret: 'sk-planted-in-an-object-0123456789' },
} as const;

let atelier: TestAtelier;
beforeAll(async () => {
  atelier = await startAtelier();
}, 120_000);

test('the end of an installation fails when a secret was written down, and says where', async () => {
  const client = new OpenAI({ baseURL: atelier.baseUrl, apiKey: atelier.keys.production, maxRetries: 0 });
  // Over 256 KiB, so that the input is an object.
  const long = `${PLANTED['an object'].secret} ${'x'.repeat(300_000)}`;
  await client.chat.completions.create({ model: 'sandbox-text', messages: [{ role: 'user', content: long }], max_completion_tokens: 5 });
  const task = { type: 'text', model: 'sandbox-text', input: { prompt: 'x' }, external_id: PLANTED['the tables'].secret };
  const { id } = (await client.post('/tasks', { body: task, headers: { prefer: 'wait=20' } })) as { id: string };
  // The id stands in for a secret in a history, where payloads are in base64.
  for (const secret of [...Object.values(PLANTED).map((plant) => plant.secret), id]) atelier.watchSecret(secret);

  const failure = await atelier.stop().then(
    () => '',
    (error: unknown) => String(error),
  );

  expect(failure).toMatch(/sk-pla… in the table (tasks|external_ids)/);
  expect(failure).toMatch(/sk-pla… in the object /);
  expect(failure).toMatch(/task_\w… in the history of textGroup /);
  // The plants are all there is.
  expect(
    failure
      .split('\n')
      .filter((line) => line.includes(' in '))
      .every((line) => /^(sk-pla|task_\w)…/.test(line)),
  ).toBe(true);
}, 60_000);
