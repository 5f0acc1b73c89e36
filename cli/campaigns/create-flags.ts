import { Option, type Command } from 'commander';
import { usageFailure } from '../failure';
import { collect, textPairs, usd, valuePairs, wholeNumber } from '../flag-values';
import { asObject, type JsonObject } from '../json-value';

/** Options of `atelier campaigns create`. */
export interface CreateFlags {
  readonly model?: string;
  readonly type?: string;
  readonly template?: string;
  readonly output?: readonly string[];
  readonly map?: readonly string[];
  readonly sheet?: string;
  readonly name?: string;
  readonly concurrency?: number;
  readonly budget?: string;
  readonly callbackUrl?: string;
  readonly metadata?: readonly string[];
  readonly trial?: number;
  readonly startAt?: string;
  readonly cron?: string;
  readonly timeZone?: string;
  readonly draft?: boolean;
  readonly idempotencyKey?: string;
  readonly watch?: boolean;
  readonly yes?: boolean;
}

export function addCreateOptions(command: Command): void {
  command
    .option('--model <name>', 'for items that do not set one')
    .addOption(new Option('--type <type>', 'for items that do not set one').choices(['text', 'image', 'video']))
    .option('--template <name>', 'the template of items that do not set one, such as product-shot or product-shot@2')
    .option(
      '--output <name=value>',
      'a creative parameter of items that do not give it, such as size=1024x1024 (repeatable; JSON values)',
      collect,
    )
    .option(
      '--map <title=place>',
      'what a column of a spreadsheet gives, such as "Title=inputs.product"; "Notes=" leaves it out (repeatable)',
      collect,
    )
    .option('--sheet <name>', 'the sheet of a workbook (default: the first one)')
    .option('--name <name>', 'display name')
    .option('--concurrency <count>', 'maximum items running at once, 1 to 500 (default: 8)', wholeNumber)
    .option('--budget <usd>', 'maximum total cost, such as 25.00', usd)
    .option('--callback-url <url>', 'called when it ends or its budget is exhausted')
    .option('--metadata <name=value>', 'stored with the campaign (repeatable)', collect)
    .option('--trial <count>', 'run so many items first, then pause', wholeNumber)
    .option('--start-at <time>', 'start it then, such as 2026-12-01T22:00:00+08:00')
    .option('--cron <fields>', 'make such a campaign at these times, such as "0 9 * * 1"')
    .option('--time-zone <name>', 'of --cron, such as Asia/Shanghai (default: UTC)')
    .option('--draft', 'do not start it yet')
    .option('--idempotency-key <key>', 'running again with the same key returns the same campaign (default: a new key)')
    .option('--watch', 'follow it to its end')
    .option('--yes', 'create it without asking');
}

/** The file's campaign with the options over it. */
export function campaignOf(file: JsonObject, flags: CreateFlags): JsonObject {
  const before = asObject(file['defaults']) ?? {};
  const output = valuePairs('--output', flags.output);
  const defaults = {
    ...before,
    ...(flags.type === undefined ? {} : { type: flags.type }),
    ...(flags.template === undefined ? {} : { template: flags.template }),
    ...(flags.model === undefined ? {} : { model: flags.model }),
    ...(Object.keys(output).length === 0 ? {} : { output: { ...asObject(before['output']), ...output } }),
  };
  const metadata = textPairs('--metadata', flags.metadata);
  return {
    ...file,
    ...(Object.keys(defaults).length === 0 ? {} : { defaults }),
    ...(flags.map === undefined ? {} : { mapping: mappingOf(flags.map) }),
    ...(flags.sheet === undefined ? {} : { sheet: flags.sheet }),
    ...(flags.name === undefined ? {} : { name: flags.name }),
    ...(flags.concurrency === undefined ? {} : { concurrency: flags.concurrency }),
    ...(flags.budget === undefined ? {} : { budget: { max_cost_usd: flags.budget } }),
    ...(flags.callbackUrl === undefined ? {} : { callback_url: flags.callbackUrl }),
    ...(Object.keys(metadata).length === 0 ? {} : { metadata: { ...asObject(file['metadata']), ...metadata } }),
    ...(flags.trial === undefined ? {} : { trial: flags.trial }),
    ...scheduleOf(flags),
    ...(flags.draft === true ? { start: false } : {}),
  };
}

/** A title may hold `=`, a place does not. */
function mappingOf(pairs: readonly string[]): JsonObject {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.lastIndexOf('=');
      if (at < 1) throw usageFailure(`--map ${pair} is no pair.`, 'Write --map "Title=inputs.product".');
      return [pair.slice(0, at), at === pair.length - 1 ? null : pair.slice(at + 1)];
    }),
  );
}

function scheduleOf({ startAt, cron, timeZone }: CreateFlags): JsonObject {
  const schedule = {
    ...(startAt === undefined ? {} : { start_at: startAt }),
    ...(cron === undefined ? {} : { cron }),
    ...(timeZone === undefined ? {} : { time_zone: timeZone }),
  };
  return Object.keys(schedule).length === 0 ? {} : { schedule };
}
