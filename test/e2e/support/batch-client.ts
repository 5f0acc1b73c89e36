import type OpenAI from 'openai';
import { toFile } from 'openai';
import { eventually } from '../../support/eventually';

type Endpoint = OpenAI.BatchCreateParams['endpoint'];

/** A line of an output or error file. */
export interface BatchLine {
  readonly id: string;
  readonly custom_id: string;
  readonly response: { readonly status_code: number; readonly request_id: string; readonly body: unknown } | null;
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** Batches by the stock SDK. */
export interface BatchClient {
  /** Uploads the bodies as lines `line-0` ... and makes a batch of them. */
  create(endpoint: Endpoint, bodies: readonly object[], more?: object): Promise<OpenAI.Batch>;
  ended(id: string, withinMs?: number): Promise<OpenAI.Batch>;
  /** `create` and `ended`. */
  run(endpoint: Endpoint, bodies: readonly object[]): Promise<OpenAI.Batch>;
  /** The lines of a file of it. */
  lines(fileId: string | null | undefined): Promise<readonly BatchLine[]>;
}

const TERMINAL: readonly string[] = ['completed', 'failed', 'expired', 'cancelled'];

export function createBatchClient(client: OpenAI): BatchClient {
  const batches: BatchClient = {
    async create(endpoint, bodies, more = {}) {
      const lines = bodies.map((body, index) => JSON.stringify({ custom_id: `line-${index}`, method: 'POST', url: endpoint, body }));
      const file = await client.files.create({ file: await toFile(Buffer.from(lines.join('\n')), 'lines.jsonl'), purpose: 'batch' });
      return client.batches.create({ input_file_id: file.id, endpoint, completion_window: '24h', ...more });
    },
    ended: (id, withinMs = 90_000) =>
      eventually(
        async () => {
          const batch = await client.batches.retrieve(id);
          return TERMINAL.includes(batch.status) ? batch : null;
        },
        { withinMs, everyMs: 250 },
      ),
    run: async (endpoint, bodies) => batches.ended((await batches.create(endpoint, bodies)).id),
    async lines(fileId) {
      const text = await (await client.files.content(fileId ?? '')).text();
      return text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as BatchLine);
    },
  };
  return batches;
}
