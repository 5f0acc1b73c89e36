import { InvalidArgumentError, Option, type Command } from 'commander';
import { CREDENTIAL_CLASSES, IMAGES_DEFAULTS } from '../../domain/access/caller';
import { ENDPOINT_NAMES } from '../../domain/access/endpoints';
import { MODALITIES } from '../../domain/provider/catalogue';
import { usd, wholeNumber } from '../flag-values';

/** The word that takes a bound away. Flags keep it as it is: commander makes an empty text of a null. */
const NONE = 'none';
type OrNone<Value> = Value | typeof NONE;

/** Options that say what a key may do; the same for a new key and for a change. */
export interface SettingFlags {
  readonly class?: string;
  readonly project?: OrNone<string>;
  readonly owner?: OrNone<string>;
  readonly purpose?: OrNone<string>;
  readonly expires?: OrNone<string>;
  readonly ip?: OrNone<readonly string[]>;
  readonly endpoints?: OrNone<readonly string[]>;
  readonly models?: readonly string[];
  readonly tiers?: OrNone<readonly string[]>;
  readonly limit?: OrNone<string>;
  readonly monthly?: OrNone<string>;
  readonly daily?: OrNone<string>;
  readonly maxCost?: OrNone<string>;
  readonly rpm?: OrNone<number>;
  readonly tpm?: OrNone<number>;
  readonly concurrent?: OrNone<number>;
  readonly images?: string;
  readonly list?: OrNone<string>;
}

/** Adds the options of `SettingFlags` but the class. */
export function addSettings(command: Command): Command {
  return command
    .option('--project <name>', 'project of the team whose spending it is', orNone(text))
    .option('--owner <email>', 'person who answers for it', orNone(text))
    .option('--purpose <text>', 'what it is for', orNone(text))
    .option('--expires <time>', 'when it ends, such as 2027-01-31 or 2027-01-31T12:00:00Z', orNone(time))
    .option('--ip <networks>', 'comma-separated addresses and CIDRs it may be used from', orNone(names))
    .option('--endpoints <names>', `comma-separated parts of the API it may be used for: ${ENDPOINT_NAMES.join(', ')}`, orNone(names))
    .option('--models <names>', 'comma-separated models it may use; * for all', names)
    .option('--tiers <names>', 'comma-separated tiers of models it may use', orNone(names))
    .option('--limit <usd>', 'spending limit in all, such as 100', orNone(usd))
    .option('--monthly <usd>', 'spending limit per month', orNone(usd))
    .option('--daily <usd>', 'spending limit per day', orNone(usd))
    .option('--max-cost <usd>', 'what one request may cost at most', orNone(usd))
    .option('--rpm <n>', 'requests per minute', orNone(wholeNumber))
    .option('--tpm <n>', 'tokens per minute', orNone(wholeNumber))
    .option('--concurrent <n>', 'generations at once', orNone(wholeNumber))
    .addOption(
      new Option('--images <form>', 'image format when a client does not specify one (default: b64_json)').choices(IMAGES_DEFAULTS),
    )
    .addOption(
      new Option('--list <modality>', 'models a client is shown unless it asks for others (default: all)')
        .choices([...MODALITIES, 'none'])
        .argParser(modality),
    );
}

/** The option `--class`. */
export function classOption(): Option {
  return new Option('--class <class>', 'what the key is for; budgets are set per class').choices(CREDENTIAL_CLASSES);
}

/** The flags as fields of the API: what was not given is left out, `none` is null. */
export function settingsOf(flags: SettingFlags): Readonly<Record<string, unknown>> {
  return given({
    class: flags.class,
    project: flags.project,
    owner: flags.owner,
    purpose: flags.purpose,
    expires_at: flags.expires,
    ip_allow: flags.ip,
    endpoints: flags.endpoints,
    models: flags.models,
    model_tiers: flags.tiers,
    limits: given({ total_usd: flags.limit, monthly_usd: flags.monthly, daily_usd: flags.daily }),
    max_cost_per_request_usd: flags.maxCost,
    rate: given({ requests_per_minute: flags.rpm, tokens_per_minute: flags.tpm, concurrent: flags.concurrent }),
    images_default: flags.images,
    models_default: flags.list,
  });
}

function given(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const isEmpty = (value: unknown) => typeof value === 'object' && value !== null && Object.keys(value).length === 0;
  const known = Object.entries(fields).filter(([, value]) => value !== undefined && !isEmpty(value));
  return Object.fromEntries(known.map(([name, value]) => [name, value === NONE ? null : value]));
}

function orNone<Value>(parse: (value: string) => Value): (value: string) => OrNone<Value> {
  return (value) => (value === NONE ? NONE : parse(value));
}

function text(value: string): string {
  return value;
}

function names(value: string): readonly string[] {
  return value.split(',').map((name) => name.trim());
}

function modality(value: string): OrNone<string> {
  if (value === NONE || (MODALITIES as readonly string[]).includes(value)) return value;
  throw new InvalidArgumentError(`Allowed choices are ${[...MODALITIES, 'none'].join(', ')}.`);
}

function time(value: string): string {
  const date = new Date(value);
  if (!/^\d{4}-\d\d-\d\d(T.+)?$/.test(value) || Number.isNaN(date.getTime())) {
    throw new InvalidArgumentError('It must be a time such as 2027-01-31 or 2027-01-31T12:00:00Z.');
  }
  return date.toISOString();
}
