import { Option, type Command } from 'commander';
import { collect, seconds, usd, wholeNumber } from '../flag-values';

/** The options from which a task's body is made. */
export interface BodyFlags {
  readonly model?: string;
  readonly type?: string;
  readonly prompt?: string;
  readonly negativePrompt?: string;
  readonly size?: string;
  readonly aspectRatio?: string;
  readonly n?: number;
  readonly seed?: number;
  readonly duration?: number;
  readonly image?: readonly string[];
  readonly param?: readonly string[];
  readonly output?: readonly string[];
  readonly metadata?: readonly string[];
  readonly callbackUrl?: string;
  readonly externalId?: string;
  readonly priority?: string;
  readonly budget?: string;
  readonly file?: string;
}

/** Adds them to a command. */
export function addBodyOptions(command: Command): void {
  command
    .option('--model <name>', 'the model; `atelier models list` shows them')
    .addOption(new Option('--type <type>', "default: the model's").choices(['text', 'image', 'video']))
    .option('--prompt <text>', 'what to generate')
    .option('--negative-prompt <text>', 'what to avoid')
    .option('--size <WxH>', 'size in pixels, such as 1024x1024')
    .option('--aspect-ratio <W:H>', 'such as 16:9')
    .option('--n <count>', 'number of outputs', wholeNumber)
    .option('--seed <number>', 'the same seed gives the same result if the model supports it', wholeNumber)
    .option('--duration <seconds>', 'length of a video', seconds)
    .option('--image <[role=]file|url|asset>', 'an input image (repeatable); roles: reference, mask, first_frame, last_frame', collect)
    .option('--param <name=value>', 'a chat parameter, such as temperature=0.2 (repeatable; JSON values)', collect)
    .option('--output <name=value>', 'a further creative parameter, such as quality=high (repeatable; JSON values)', collect)
    .option('--callback-url <url>', 'called when the task ends')
    .option('--external-id <id>', 'your own id for the task')
    .option('--metadata <name=value>', 'stored with the task (repeatable)', collect)
    .addOption(new Option('--priority <priority>', 'default: normal').choices(['low', 'normal', 'high']))
    .option('--budget <usd>', 'refuse the task if it may cost more, such as 0.50', usd)
    .option('--file <body.json>', 'base body for POST /v1/tasks; - reads stdin');
}
