import { randomUUID } from 'node:crypto';
import { openAsBlob } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Command } from 'commander';
import type { BatchObject } from '../../batches/batch-object';
import { batchText, stateText } from '../../batches/batch-text';
import { waitForBatch } from '../../batches/wait';
import { usageFailure } from '../../failure';
import { collect, textPairs, usd, wholeNumber } from '../../flag-values';
import { define, type CommandHost } from '../define';

interface CreateFlags {
  readonly endpoint: string;
  readonly budget?: string;
  readonly concurrency?: number;
  readonly metadata?: readonly string[];
  readonly idempotencyKey?: string;
  readonly wait?: boolean;
}

/** `atelier batches create` */
export function addCreate(batches: Command, host: CommandHost): void {
  define<CreateFlags>(batches, host, {
    usage: 'create <file>',
    summary: 'upload a .jsonl file of requests and run it; the file is validated first, as a whole',
    examples: [
      'batches create chats.jsonl --endpoint /v1/chat/completions --wait',
      'batches create images.jsonl --endpoint /v1/images/generations --budget 25 --json',
    ],
    options(command) {
      command
        .requiredOption('--endpoint <path>', 'what every line asks for, such as /v1/chat/completions')
        .option('--budget <usd>', 'maximum total cost, such as 25.00', usd)
        .option('--concurrency <count>', 'maximum lines under way at once, 1 to 500 (default: 50)', wholeNumber)
        .option('--metadata <name=value>', 'stored with the batch (repeatable)', collect)
        .option('--idempotency-key <key>', 'running again with the same key and file id returns the same batch (default: a new key)')
        .option('--wait', 'wait until it has ended; exit code 1 unless every line succeeds');
    },
    async run({ args, flags, isJson, output, deps, connect, show }) {
      const { client } = connect('team');
      const path = args[0] ?? '';
      const form = new FormData();
      form.append('purpose', 'batch');
      form.append('file', await blobOf(path), basename(path));
      const file = (await client.call({ method: 'POST', path: '/v1/files', form })) as { readonly id: string };
      const metadata = textPairs('--metadata', flags.metadata);
      const created = (await client.call({
        method: 'POST',
        path: '/v1/batches',
        headers: { 'idempotency-key': flags.idempotencyKey ?? `cli-${randomUUID()}` },
        body: {
          ...{ input_file_id: file.id, endpoint: flags.endpoint, completion_window: '24h' },
          ...(flags.budget === undefined ? {} : { budget: { max_cost_usd: flags.budget } }),
          ...(flags.concurrency === undefined ? {} : { concurrency: flags.concurrency }),
          ...(Object.keys(metadata).length === 0 ? {} : { metadata }),
        },
      })) as BatchObject;
      if (flags.wait !== true) {
        show(created, () => stateText(created));
        if (!isJson) output.note(`Follow it: atelier batches show ${created.id}`);
        return 0;
      }
      output.note(`Created ${created.id}`);
      const batch = await waitForBatch(created.id, { client, note: (text) => output.note(text), signal: deps.interruption() });
      show(batch, () => batchText(batch));
      const { total, completed } = batch.request_counts;
      if (!isJson && total > 0) output.note(`Save the results: atelier batches results ${batch.id} --out DIR`);
      return batch.status === 'completed' && completed === total ? 0 : 1;
    },
  });
}

const KIND = 'A batch is a .jsonl file: one {"custom_id", "method", "url", "body"} per line.';

/** The file, read from the disk while it is sent. @throws CliFailure `usage` */
async function blobOf(path: string): Promise<Blob> {
  const found = await stat(path).catch((error: unknown) => {
    throw usageFailure(`${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unreadable'}).`, KIND);
  });
  if (!found.isFile()) throw usageFailure(`${path} is not a file.`, KIND);
  return openAsBlob(path, { type: 'application/x-ndjson' });
}
