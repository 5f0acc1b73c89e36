import type { z } from 'zod';
import type { ConfigFault, ConfigModel } from '../../domain/config/document';
import { AppError } from '../../domain/errors';
import type { Provider } from '../../domain/provider/catalogue';
import type { Definitions } from '../../domain/provider/definitions';
import { crossCheck } from './cross-checks';
import { toModel, toProvider, type Kinds } from './document';
import { modelEntry, providerEntry } from './entries';
import { describeIssues } from './issues';
import { modelEntry as modelSchema, providerEntry as providerSchema } from './schema';

export type Body = Readonly<Record<string, unknown>>;

/** All providers and models in the spelling of the file, secrets in clear. */
interface Whole {
  readonly providers: readonly Body[];
  readonly models: readonly Body[];
}

/** @throws AppError `invalid_type` unless it is a mapping */
export function expectBody(given: unknown): Body {
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) return given as Body;
  throw new AppError('invalid_type', 'The body must be a JSON object.');
}

/** A provider as it is given by API, with all that is there. @throws AppError `invalid_value` with all faults */
export function toCheckedProvider({ enabled, ...body }: Body, now: Definitions): Provider {
  const given = withoutNulls(body);
  const isFlag = enabled === undefined || enabled === null || typeof enabled === 'boolean';
  const faults = [...(isFlag ? [] : [{ path: 'enabled', message: 'must be true or false' }]), ...referenceFaults(given, [])];
  const before = wholeOf(now);
  const after = { ...before, providers: replaced(before.providers, given) };
  const entry = checked(providerSchema, given, faults, newFaults(before, after), 'provider');
  const provider = toProvider(entry, undefined);
  return enabled === false ? { ...provider, disabled: true } : provider;
}

/** A model as it is given by API, with all that is there. @throws AppError `invalid_value` with all faults */
export function toCheckedModel(body: Body, now: Definitions): ConfigModel {
  const given = withoutNulls(body);
  const before = wholeOf(now);
  const after = { ...before, models: replaced(before.models, given) };
  return toModel(checked(modelSchema, given, referenceFaults(given, []), newFaults(before, after), 'model'), kindsOf(now));
}

/** What would lead nowhere, in words: "model a: routes[0].provider names a provider that is not in this installation". */
export function faultsOfRemoval(before: Definitions, after: Definitions): readonly string[] {
  return newFaults(wholeOf(before), wholeOf(after)).map(({ owner, path, message }) => `${owner}: ${path} ${message}`);
}

export function kindsOf({ providers }: Definitions): Kinds {
  return new Map(providers.map(({ provider }) => [provider.name, provider.kind]));
}

function checked<Schema extends z.ZodType>(
  schema: Schema,
  given: Body,
  own: readonly ConfigFault[],
  fitting: readonly NamedFault[],
  kind: 'provider' | 'model',
): z.output<Schema> {
  const parsed = schema.safeParse(given);
  const self = `${kind} ${String(given['name'])}`;
  const faults = [
    ...own,
    ...(parsed.success ? [] : describeIssues(parsed.error.issues)),
    ...fitting.map(({ owner, path, message }) => (owner === self ? { path, message } : { path: owner, message: `${path} ${message}` })),
  ];
  const [first] = faults;
  if (parsed.success && first === undefined) return parsed.data;
  const list = faults.map(({ path, message }) => `${path}: ${message}`).join('; ');
  throw new AppError('invalid_value', `The ${kind} is invalid: ${list}.`, {
    ...(first === undefined ? {} : { param: first.path }),
    details: faults,
  });
}

function wholeOf(now: Definitions): Whole {
  const kinds = kindsOf(now);
  return {
    providers: now.providers.map(({ provider }) => providerEntry(provider)),
    models: now.models.map(({ model }) => modelEntry(model, kinds)),
  };
}

function replaced(entries: readonly Body[], entry: Body): readonly Body[] {
  return [...entries.filter(({ name }) => name !== entry['name']), entry];
}

interface NamedFault extends ConfigFault {
  /** `model a` */
  readonly owner: string;
}

/** What does not fit together that did before: what was wrong already must not keep anybody from changing something else. */
function newFaults(before: Whole, after: Whole): readonly NamedFault[] {
  const textOf = ({ owner, path, message }: NamedFault) => JSON.stringify([owner, path, message]);
  const known = new Set(faultsOf(before).map(textOf));
  return faultsOf(after).filter((fault) => !known.has(textOf(fault)));
}

function faultsOf(whole: Whole): readonly NamedFault[] {
  return crossCheck(whole, undefined, 'this installation').map(({ path, message }) => {
    const [, room = '', index = '', rest = ''] = /^(providers|models)\[(\d+)\]\.?(.*)$/.exec(path) ?? [];
    const name = whole[room as keyof Whole][Number(index)]?.['name'];
    return { owner: `${room.slice(0, -1)} ${String(name)}`, path: rest, message };
  });
}

/** A file's `${NAME}` would be taken for the secret itself. */
function referenceFaults(node: unknown, path: readonly string[]): readonly ConfigFault[] {
  if (typeof node === 'object' && node !== null) {
    return Object.entries(node).flatMap(([name, item]: [string, unknown]) =>
      referenceFaults(item, [...path, Array.isArray(node) ? `[${name}]` : path.length === 0 ? name : `.${name}`]),
    );
  }
  if (typeof node !== 'string' || !/\$\{[A-Za-z_]\w*\}/.test(node)) return [];
  return [{ path: path.join(''), message: 'is a reference, which only the configuration file may have; give the value itself' }];
}

/** Null is as if it had not been given. */
export function withoutNulls(body: Body): Body {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
}
