import { readFileSync } from 'node:fs';
import OpenAI from 'openai';
import { type FakeProvider, startFakeProvider } from '../support/fake-provider';
import { eventually } from '../support/eventually';
import { startAtelier, type TestAtelier } from '../support/stack';
import { createBatchClient, type BatchClient } from './support/batch-client';

let fake: FakeProvider;
let atelier: TestAtelier;
let client: OpenAI;
let batches: BatchClient;
const undo: (() => Promise<void>)[] = [];

beforeAll(async () => {
  fake = await startFakeProvider();
  undo.push(() => fake.close());
  atelier = await startAtelier({
    config: `providers:
  - { name: fake, kind: openai, base_url: "${fake.baseUrl}", api_key: "\${FAKE_API_KEY}", max_concurrency: 64 }
models:
  - { name: text, modality: text, price: { per_call_usd: "0.001" }, routes: [{ provider: fake, model: fake-text }] }
`,
    env: { FAKE_API_KEY: 'sk-fake' },
  });
  undo.push(() => atelier.stop());
  client = new OpenAI({ baseURL: atelier.baseUrl, apiKey: atelier.keys.production, maxRetries: 8 });
  batches = createBatchClient(client);
}, 300_000);

afterAll(async () => {
  for (const close of undo.reverse()) await close();
}, 90_000);

/**
 * `ATELIER_BATCH_LINES=50000` runs the whole proof (docs/batches.md), the suite a small one; with `ATELIER_BATCH_LINE_BYTES=4000` its file has
 * 200 MB.
 */
const LINES = Number(process.env['ATELIER_BATCH_LINES'] ?? 300);
const PADDING = 'x'.repeat(Number(process.env['ATELIER_BATCH_LINE_BYTES'] ?? 0));
const PATIENCE_MS = 120_000 + LINES * 60;

test(
  'every custom_id is in the files once, though the worker is killed under way and the api while it writes them',
  async () => {
    const bodies = Array.from({ length: LINES }, (_, index) => ({
      model: 'text',
      messages: [{ role: 'user', content: `Say ${index}. ${PADDING}` }],
    }));
    const begunMs = performance.now();
    const { id } = await batches.create('/v1/chat/completions', bodies, { concurrency: 200 });
    const until = (isSo: (batch: OpenAI.Batch) => boolean) =>
      eventually(
        async () => {
          const batch = await client.batches.retrieve(id);
          return isSo(batch) ? batch : null;
        },
        { withinMs: PATIENCE_MS, everyMs: 20 },
      );
    await until(({ status }) => status !== 'validating');
    tell(begunMs, 'validated');
    await until(({ request_counts: counts }) => (counts?.completed ?? 0) >= LINES / 3);
    await atelier.kill('worker');
    await atelier.restart('worker');
    await until(({ status }) => status !== 'in_progress');
    tell(begunMs, 'run');
    await atelier.kill('api');
    await atelier.restart('api');
    const done = await batches.ended(id, PATIENCE_MS);
    tell(begunMs, 'written');
    const lines = [
      ...(typeof done.output_file_id === 'string' ? await batches.lines(done.output_file_id) : []),
      ...(typeof done.error_file_id === 'string' ? await batches.lines(done.error_file_id) : []),
    ];

    expect(done.status).toBe('completed');
    expect(lines).toHaveLength(LINES);
    expect(new Set(lines.map(({ custom_id: key }) => key)).size).toBe(LINES);
    expect(done.request_counts).toEqual({ total: LINES, completed: LINES, failed: 0 });
  },
  PATIENCE_MS + 60_000,
);

/** The figures of a long run: time, and the most memory that the processes had since they began. */
function tell(begunMs: number, what: string): void {
  if (LINES <= 1_000) return;
  const seconds = ((performance.now() - begunMs) / 1_000).toFixed(0);
  const peaks = (['api', 'worker'] as const).map((role) => `${role} ${peakMiB(atelier.pids(role)[0]).toFixed(0)} MiB`);
  process.stderr.write(`${LINES} lines ${what} after ${seconds} s; ${peaks.join(', ')}\n`);
}

function peakMiB(pid: number | undefined): number {
  const [, kibibytes] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kibibytes) / 1_024;
}
