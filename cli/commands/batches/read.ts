import type { Command } from 'commander';
import { batchPath, type BatchObject } from '../../batches/batch-object';
import { batchText, stateText } from '../../batches/batch-text';
import { downloadFiles } from '../../batches/download';
import { CliFailure } from '../../failure';
import { wholeNumber } from '../../flag-values';
import { readPages } from '../../pages';
import { table } from '../../table';
import { define, type CommandHost } from '../define';

interface ListFlags {
  readonly limit: number;
  readonly after?: string;
}

/** `atelier batches list` */
export function addList(batches: Command, host: CommandHost): void {
  define<ListFlags>(batches, host, {
    usage: 'list',
    summary: "the team's batches, newest first",
    examples: ['batches list', 'batches list --limit 100 --json'],
    options(command) {
      command
        .option('--limit <count>', 'maximum number of results', wholeNumber, 20)
        .option('--after <batch>', 'continue after this batch (the last one of the previous page)');
    },
    async run({ flags, connect, showPage }) {
      const list = { path: '/v1/batches', query: { after: flags.after }, cursorOf: (batch: BatchObject) => batch.id };
      const page = await readPages<BatchObject>(connect('team').client, list, flags.limit);
      showPage(page, 'No batches.', tableOf);
      return 0;
    },
  });
}

function tableOf(batches: readonly BatchObject[]): string {
  return table(
    ['ID', 'ENDPOINT', 'STATUS', 'DONE', 'FAILED', 'COST', 'CREATED'],
    batches.map(({ id, endpoint, status, request_counts: counts, cost, created_at: createdAt }) => [
      id,
      endpoint,
      status,
      `${counts.completed + counts.failed}/${counts.total}`,
      String(counts.failed),
      `$${cost.actual}`,
      new Date(createdAt * 1_000).toISOString().slice(0, 19).replace('T', ' '),
    ]),
  );
}

/** `atelier batches show` */
export function addShow(batches: Command, host: CommandHost): void {
  define(batches, host, {
    usage: 'show <batch>',
    summary: 'show a batch: status, counts, cost, files, and the lines at fault if its file was refused',
    examples: ['batches show batch_0190…', 'batches show batch_0190… --json'],
    async run({ args, connect, show }) {
      const batch = (await connect('team').client.call({ path: batchPath(args[0] ?? '') })) as BatchObject;
      show(batch, () => batchText(batch));
      return 0;
    },
  });
}

/** `atelier batches cancel` */
export function addCancel(batches: Command, host: CommandHost): void {
  define(batches, host, {
    usage: 'cancel <batch>',
    summary: 'cancel a batch; what has ended by then is in its files',
    examples: ['batches cancel batch_0190…'],
    async run({ args, connect, show }) {
      const request = { method: 'POST', path: batchPath(args[0] ?? '', '/cancel'), repeats: 2 } as const;
      const batch = (await connect('team').client.call(request)) as BatchObject;
      show(batch, () => stateText(batch));
      return 0;
    },
  });
}

/** `atelier batches results` */
export function addResults(batches: Command, host: CommandHost): void {
  define<{ readonly out?: string }>(batches, host, {
    usage: 'results <batch>',
    summary: 'save output.jsonl and errors.jsonl of a batch that has ended; exit code 1 if a line failed',
    examples: ['batches results batch_0190… --out results', 'batches results batch_0190… --json'],
    options(command) {
      command.option('--out <dir>', 'folder to save to (default: one named after the batch)');
    },
    async run({ args, flags, deps, connect, show }) {
      const { client } = connect('team');
      const batch = (await client.call({ path: batchPath(args[0] ?? '') })) as BatchObject;
      if (batch.output_file_id === null && batch.error_file_id === null) {
        throw new CliFailure(`${batch.id} is ${batch.status} and has no files.`, {
          code: 'no_results',
          advice: [`Look at it: atelier batches show ${batch.id}`],
        });
      }
      const saved = await downloadFiles(batch, { client, folder: flags.out ?? batch.id, signal: deps.interruption() });
      show({ batch: batch.id, ...saved }, () => [saved.output, saved.errors].filter((path) => path !== null).join('\n'));
      return saved.errors === null ? 0 : 1;
    },
  });
}
