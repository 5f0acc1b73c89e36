import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { asList, asObject, asText } from '../json-value';
import { failedRuns, historiesOf, type RunRef } from '../runs/histories';
import { replayRuns, replayText } from '../runs/replay';
import { usageFailure } from '../failure';
import { table } from '../table';
import { define, type CommandHost } from './define';

interface BundleFlags {
  readonly out?: string;
}

interface ReplayFlags {
  readonly allFailed?: boolean;
}

/** `atelier runs ...` */
export function addRuns(program: Command, host: CommandHost): void {
  const runs = program.command('runs').description('the workflow histories of tasks');

  define(runs, host, {
    usage: 'history <task>',
    summary: 'show the timeline of a task: steps, attempts, waits and decisions; the admin key sees tasks of every team',
    examples: ['runs history task_0190…', 'runs history task_0190… --json'],
    async run({ args, connect, show }) {
      const { client } = connect('admin');
      const history = asObject(await client.call({ path: `/v1/tasks/${encodeURIComponent(args[0] ?? '')}/history` })) ?? {};
      show(history, () => {
        const head = `${asText(history['workflow_type']) ?? ''} ${asText(history['workflow_id']) ?? ''}, run ${asText(history['run_id']) ?? ''}`;
        const events = asList(history['events']).map(asObject);
        const lines = events.map((event) => [asText(event?.['at']) ?? '', asText(event?.['type']) ?? '', asText(event?.['summary']) ?? '']);
        return `${head} (from ${asText(history['source']) ?? ''})\n${table(['AT', 'WHAT', ''], lines)}`;
      });
      return 0;
    },
  });

  define<BundleFlags>(runs, host, {
    usage: 'bundle <task>',
    summary: 'save all that is known of a task, without prompts, results and keys, as one JSON file to hand on; needs the admin key',
    examples: ['runs bundle task_0190…', 'runs bundle task_0190… --out -'],
    options(command) {
      command.option('--out <file>', 'where to save it; -: print it (default: <task>-bundle.json)');
    },
    async run({ args, flags, isJson, output, connect }) {
      const id = args[0] ?? '';
      const bundle = await connect('admin').client.call({ path: `/admin/v1/tasks/${encodeURIComponent(id)}/bundle` });
      if (isJson || flags.out === '-') {
        output.json(bundle);
        return 0;
      }
      const path = resolve(flags.out ?? `${id}-bundle.json`);
      await writeFile(path, `${JSON.stringify(bundle, null, 2)}\n`);
      output.line(path);
      return 0;
    },
  });

  define<ReplayFlags>(runs, host, {
    usage: 'replay-history [task...]',
    summary: "replay histories against this version's workflow code, without side effects; exit code 1 if one decides differently",
    examples: ['runs replay-history task_0190…', 'runs replay-history --all-failed --json'],
    options(command) {
      command.option('--all-failed', 'replay all failed and expired tasks that have a history');
    },
    async run({ args, flags, deps, connect, show }) {
      const isAll = flags.allFailed === true;
      if (isAll === args.length > 0) {
        throw usageFailure(
          'Give task ids, or --all-failed.',
          'atelier runs replay-history TASK',
          'atelier runs replay-history --all-failed',
        );
      }
      const { client } = connect('admin');
      const refs = isAll ? await failedRuns(client) : named(args);
      const report = await replayRuns(deps.replayHistories, historiesOf(client, refs, isAll ? 'skip' : 'fail'));
      show(report, () => replayText(report));
      return report.ok ? 0 : 1;
    },
  });
}

/** Each by itself: which of them share a workflow is only known from their histories. */
function named(taskIds: readonly string[]): readonly RunRef[] {
  return [...new Set(taskIds)].map((taskId) => ({ taskId, workflowId: null }));
}
