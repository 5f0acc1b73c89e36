import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMap, isSeq, parseDocument } from 'yaml';
import { StartFailure, messageOf } from '../failure';
import type { Home } from '../home';
import { writePrivate } from '../json-file';
import { SAMPLE_TEAM_CONFIG, SANDBOX_CONFIG } from '../sample-config';

/** The configuration file that is applied. */
export interface EffectiveConfig {
  readonly file: string;
  readonly withSampleTeam: boolean;
  /** The first text model, for an example that works; null when there is none. */
  readonly textModel: string | null;
}

/**
 * The operator's file when it names teams; else a copy in the home with the sample team added; without a file the sandbox models
 * and the sample team. References to variables stay references.
 *
 * @throws StartFailure when the file cannot be read
 */
export function effectiveConfig(configFile: string | null, home: Home): EffectiveConfig {
  const text = configFile === null ? SANDBOX_CONFIG : read(configFile);
  const document = parseDocument(text);
  const teams: unknown = isMap(document.contents) ? document.get('teams') : undefined;
  const hasTeams = teams !== undefined && teams !== null && !(isSeq(teams) && teams.items.length === 0);
  // What is not even a YAML map is left to the one place that reports faults.
  if (configFile !== null && (hasTeams || document.errors.length > 0 || !isMap(document.contents))) {
    return { file: configFile, withSampleTeam: false, textModel: null };
  }
  document.set('teams', parseDocument(SAMPLE_TEAM_CONFIG).get('teams'));
  const file = join(home.root, 'config-with-sample-team.yaml');
  writePrivate(file, document.toString());
  return { file, withSampleTeam: true, textModel: firstTextModel(document.toJS()) };
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
