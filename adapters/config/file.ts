import { readFile } from 'node:fs/promises';
import type { ConfigDocument, ConfigFault } from '../../domain/config/document';
import { AppError } from '../../domain/errors';
import { alertFaults } from './alert-schema';
import { crossCheck } from './cross-checks';
import { toDocument } from './document';
import { describeIssues } from './issues';
import { resolveReferences } from './references';
import { fileSchema } from './schema';
import { readYaml } from './yaml';

type Environment = Readonly<Record<string, string | undefined>>;

/** All faults of a configuration, or the document that may be applied. */
export type ConfigOutcome =
  | { readonly document: ConfigDocument; readonly faults: readonly [] }
  | { readonly document: null; readonly faults: readonly ConfigFault[] };

/** Checks a configuration and reports every fault at once; `env` gives the values of `${NAME}` references. */
export function checkConfig(yaml: string, env: Environment): ConfigOutcome {
  const read = readYaml(yaml);
  if ('faults' in read) {
    return { document: null, faults: read.faults };
  }
  const resolved = resolveReferences(read.value, env);
  const parsed = fileSchema.safeParse(resolved.value);
  const own = parsed.success ? [] : describeIssues(parsed.error.issues);
  const known = new Set(resolved.faults.map(({ path }) => path));
  // A value that could not be resolved is missing below: that is no second fault.
  const alerts = parsed.success ? alertFaults(parsed.data.alerts) : [];
  const faults = [...resolved.faults, ...own.filter(({ path }) => !known.has(path)), ...crossCheck(resolved.value), ...alerts];
  return parsed.success && faults.length === 0 ? { document: toDocument(parsed.data), faults: [] } : { document: null, faults };
}

/**
 * The document of a configuration.
 * @param place - what the message calls it: a path, or "the configuration"
 * @throws AppError `invalid_value` that lists all faults, also in `details`; secrets are never part of it
 */
export function parseConfig(yaml: string, env: Environment, place = 'The configuration'): ConfigDocument {
  const { document, faults } = checkConfig(yaml, env);
  if (document === null) {
    const list = faults.map(({ path, message }) => `  ${path}: ${message}`).join('\n');
    throw new AppError('invalid_value', `${place} is invalid:\n${list}`, { details: faults });
  }
  return document;
}

/** @throws AppError `not_found` when the file cannot be read, `invalid_value` when it is wrong */
export async function readConfigFile(path: string, env: Environment): Promise<ConfigDocument> {
  const yaml = await readFile(path, 'utf8').catch((error: unknown) => {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new AppError(
      'not_found',
      `The configuration file ${path} cannot be read (${code}). Set ATELIER_CONFIG to a YAML file.`,
      {},
      error,
    );
  });
  return parseConfig(yaml, env, path);
}
