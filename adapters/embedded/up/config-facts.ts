import { readFileSync } from 'node:fs';
import { isMap, isSeq, parseDocument } from 'yaml';
import { StartFailure, messageOf } from '../failure';

/** What the start must know of the configuration that the processes will apply. */
export interface ConfigFacts {
  /** True when the file names no team (or there is no file): the sample team is added when it is applied. */
  readonly withSampleTeam: boolean;
  /** The first text model, for an example that works; null when there is none. */
  readonly textModel: string | null;
}

/**
 * Looks into the operator's file, or into what is applied without one. Faults are left to the one place that reports them.
 *
 * @throws StartFailure when the file cannot be read
 */
export function configFacts(configFile: string | null, defaultConfig: string): ConfigFacts {
  const document = parseDocument(configFile === null ? defaultConfig : read(configFile));
  const teams: unknown = isMap(document.contents) ? document.get('teams') : undefined;
  const hasTeams = teams !== undefined && teams !== null && !(isSeq(teams) && teams.items.length === 0);
  const isReadable = document.errors.length === 0 && isMap(document.contents);
  return { withSampleTeam: isReadable && !hasTeams, textModel: isReadable ? firstTextModel(document.toJS()) : null };
}

function firstTextModel(config: unknown): string | null {
  const { models } = config as { models?: unknown };
  if (!Array.isArray(models)) return null;
  const texts = models.filter((model) => (model as { modality?: unknown } | null)?.modality === 'text') as { name?: unknown }[];
  const name = texts[0]?.name;
  return typeof name === 'string' ? name : null;
}

function read(configFile: string): string {
  try {
    return readFileSync(configFile, 'utf8');
  } catch (error) {
    throw new StartFailure(`The configuration file cannot be read (${messageOf(error)}). Set ATELIER_CONFIG to a YAML file.`, error);
  }
}
