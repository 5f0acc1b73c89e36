import type { Command } from 'commander';
import { collect, textPairs, valuePairs } from '../../flag-values';
import type { JsonObject } from '../../json-value';
import type { TaskObject } from '../../tasks/task-object';
import { define, type CommandHost } from '../define';
import { addFollowOptions, idempotencyKeyOf, showOrFollow, type FollowFlags } from './follow';

interface ReplayFlags extends FollowFlags {
  readonly model?: string;
  readonly input?: readonly string[];
  readonly output?: readonly string[];
  readonly param?: readonly string[];
  readonly callbackUrl?: string;
}

/** `atelier tasks replay` */
export function addReplay(tasks: Command, host: CommandHost): void {
  define<ReplayFlags>(tasks, host, {
    usage: 'replay <task>',
    summary: 'run an ended task again; without changes it reuses what the provider already delivered, free of charge',
    examples: [
      'tasks replay task_0190… --watch',
      'tasks replay task_0190… --model sandbox-image --output seed=7',
      'tasks replay task_0190… --input prompt="A loaf of rye bread" --wait --json',
    ],
    options(command) {
      command
        .option('--model <name>', 'another model of the same type')
        .option('--input <name=value>', 'change the input, such as prompt=… (repeatable; JSON values; null removes a value)', collect)
        .option('--output <name=value>', 'change a creative parameter, such as seed=7 (repeatable; JSON values)', collect)
        .option('--param <name=value>', 'change a chat parameter, such as temperature=0.2 (repeatable; JSON values)', collect)
        .option('--callback-url <url>', 'called when the new task ends');
      addFollowOptions(command);
    },
    async run(call) {
      const { args, flags, connect } = call;
      const task = (await connect('team').client.call({
        method: 'POST',
        path: `/v1/tasks/${encodeURIComponent(args[0] ?? '')}/replay`,
        body: { overrides: overridesOf(flags), ...(flags.callbackUrl === undefined ? {} : { callback_url: flags.callbackUrl }) },
        headers: { 'idempotency-key': idempotencyKeyOf(flags) },
      })) as TaskObject;
      return showOrFollow(task, call);
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
