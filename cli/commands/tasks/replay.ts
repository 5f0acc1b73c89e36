import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import type { JsonObject } from '../../json-value';
import { collect } from '../../tasks/flag-values';
import { textPairs, valuePairs } from '../../tasks/pairs';
import { createProgress, SILENT } from '../../tasks/progress';
import type { TaskObject } from '../../tasks/task-object';
import { costText } from '../../tasks/task-text';
import { reportWatched, watchTasks } from '../../tasks/watch';
import { define, type CommandHost } from '../define';
import { addDownloadOptions, downloadOf, type DownloadFlags } from './watch-options';

interface ReplayFlags extends DownloadFlags {
  readonly model?: string;
  readonly input?: readonly string[];
  readonly output?: readonly string[];
  readonly param?: readonly string[];
  readonly callbackUrl?: string;
  readonly idempotencyKey?: string;
  readonly wait?: boolean;
  readonly watch?: boolean;
}

/** `atelier tasks replay` */
export function addReplay(tasks: Command, host: CommandHost): void {
  define<ReplayFlags>(tasks, host, {
    usage: 'replay <task>',
    summary:
      'run a task that has ended again; what its provider had delivered is taken up without paying again, unless something is changed',
    examples: [
      'tasks replay task_0190… --watch',
      'tasks replay task_0190… --model sandbox-image --output seed=7',
      'tasks replay task_0190… --input prompt="A loaf of rye bread" --wait --json',
    ],
    options(command) {
      command
        .option('--model <name>', 'another model of the same type')
        .option('--input <name=value>', 'changes the input, such as prompt=… (repeatable; JSON values; null takes a value away)', collect)
        .option('--output <name=value>', 'changes a creative parameter, such as seed=7 (repeatable; JSON values)', collect)
        .option('--param <name=value>', 'changes a parameter of a chat, such as temperature=0.2 (repeatable; JSON values)', collect)
        .option('--callback-url <url>', 'is told when the new task ends')
        .option('--idempotency-key <key>', 'a repeat with the same key finds the same task (default: a new one)')
        .option('--wait', 'wait for the end, quietly; nothing is saved unless --download is given')
        .option('--watch', 'wait for the end, show progress and save the outputs');
      addDownloadOptions(command);
    },
    async run({ args, flags, isJson, output, deps, connect, show }) {
      const { client } = connect('team');
      const task = (await client.call({
        method: 'POST',
        path: `/v1/tasks/${encodeURIComponent(args[0] ?? '')}/replay`,
        body: { overrides: overridesOf(flags), ...(flags.callbackUrl === undefined ? {} : { callback_url: flags.callbackUrl }) },
        headers: { 'idempotency-key': flags.idempotencyKey ?? `cli-${randomUUID()}` },
      })) as TaskObject;
      const isWatching = flags.watch === true;
      if (!isWatching && flags.wait !== true && flags.download === undefined) {
        show(task, () => `${task.id} ${task.status}: ${costText(task)}`);
        if (!isJson) output.note(`Follow it: atelier tasks watch ${task.id}`);
        return 0;
      }
      output.note(`Submitted ${task.id}`);
      const watched = await watchTasks([task.id], {
        client,
        signal: deps.interruption(),
        progress: isWatching ? createProgress(output.screen) : SILENT,
        download: isWatching || flags.download !== undefined ? downloadOf(flags) : null,
      });
      return reportWatched(watched, output, isJson);
    },
  });
}

/** Prompts are text whatever they look like; everything else may be JSON. */
function overridesOf(flags: ReplayFlags): JsonObject {
  const isText = (pair: string) => /^(prompt|negative_prompt)=(?!null$)/.test(pair);
  const input = {
    ...valuePairs(
      '--input',
      flags.input?.filter((pair) => !isText(pair)),
    ),
    ...textPairs('--input', flags.input?.filter(isText)),
  };
  const objects = { input, output: valuePairs('--output', flags.output), params: valuePairs('--param', flags.param) };
  return {
    ...(flags.model === undefined ? {} : { model: flags.model }),
    ...Object.fromEntries(Object.entries(objects).filter(([, object]) => Object.keys(object).length > 0)),
  };
}
