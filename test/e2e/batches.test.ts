import OpenAI, { toFile } from 'openai';
import { eventually } from '../support/eventually';
import { startAtelier, type TestAtelier } from '../support/stack';

let atelier: TestAtelier;
let client: OpenAI;

beforeAll(async () => {
  atelier = await startAtelier();
  client = new OpenAI({ baseURL: atelier.baseUrl, apiKey: atelier.keys.production });
}, 150_000);

afterAll(async () => {
  await atelier.stop();
}, 60_000);

const TERMINAL = ['completed', 'failed', 'expired', 'cancelled'];

type Endpoint = OpenAI.BatchCreateParams['endpoint'];
type Line = {
  readonly custom_id: string;
  readonly response: { status_code: number; request_id: string; body: never } | null;
  readonly error: unknown;
};

async function upload(lines: readonly object[]): Promise<string> {
  const text = lines.map((line) => JSON.stringify(line)).join('\n');
  const file = await client.files.create({ file: await toFile(Buffer.from(text), 'lines.jsonl'), purpose: 'batch' });
  return file.id;
}

async function ended(id: string, withinMs = 90_000): Promise<OpenAI.Batch> {
  return eventually(
    async () => {
      const batch = await client.batches.retrieve(id);
      return TERMINAL.includes(batch.status) ? batch : null;
    },
    { withinMs, everyMs: 250 },
  );
}

async function run(endpoint: Endpoint, bodies: readonly object[]): Promise<OpenAI.Batch> {
  const lines = bodies.map((body, index) => ({ custom_id: `line-${index}`, method: 'POST', url: endpoint, body }));
  const batch = await client.batches.create({ input_file_id: await upload(lines), endpoint, completion_window: '24h' });
  return ended(batch.id);
}

async function linesOf(fileId: string | null | undefined): Promise<readonly Line[]> {
  const text = await (await client.files.content(fileId ?? '')).text();
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

test('a batch of 50 chats ends with a file that has the answer of every custom_id once', async () => {
  const bodies = Array.from({ length: 50 }, (_, index) => ({
    model: 'sandbox-text',
    messages: [{ role: 'user', content: `Say ${index}.` }],
  }));
  const batch = await run('/v1/chat/completions', bodies);

  expect(batch).toMatchObject({ status: 'completed', request_counts: { total: 50, completed: 50, failed: 0 }, error_file_id: null });
  expect(batch.output_file_id).toMatch(/^file-[0-9a-f]{32}$/);
  const lines = await linesOf(batch.output_file_id);
  expect(lines.map(({ custom_id: id }) => id).sort()).toEqual(bodies.map((_, index) => `line-${index}`).sort());
  expect(lines[0]).toMatchObject({
    id: expect.stringMatching(/^batch_req_/),
    response: { status_code: 200, body: { object: 'chat.completion', choices: [{ message: { role: 'assistant' } }] } },
    error: null,
  });
}, 120_000);
