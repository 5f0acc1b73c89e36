import type { ApplyReport, ConfigAdmin, ConfigDocument } from '../../domain/config/document';
import { DEFAULT_CONFIG } from './default-config';
import { exportConfig } from './export';
import { checkConfig, parseConfig, readConfigFile } from './file';
import { withSampleTeam } from './sample-team';

export { createCatalogueAdmin } from './catalogue-admin';
export { createTemplateText } from './template-text';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The document that a process starts with: the file, or the sandbox without one; the sample team when no team is defined.
 * @throws AppError `not_found` for an unreadable file, `invalid_value` with all faults of a wrong one
 */
export async function loadConfiguration(configFile: string | null, env: Environment): Promise<ConfigDocument> {
  const document = configFile === null ? parseConfig(DEFAULT_CONFIG, env) : await readConfigFile(configFile, env);
  return withSampleTeam(document, env);
}

/** What a file is applied to. */
export interface ConfiguredCatalogue {
  apply(document: ConfigDocument): Promise<ApplyReport>;
  readDocument(): Promise<ConfigDocument>;
}

/**
 * The administration's way to check and apply configurations.
 * @param own - the environment of this process: only the sample team's keys are taken from it, references are resolved by the caller's
 */
export function createConfigAdmin(catalogue: ConfiguredCatalogue, own: Environment): ConfigAdmin {
  return {
    check: async (yaml, env) => checkConfig(yaml, env).faults,
    apply: async (yaml, env) => catalogue.apply(withSampleTeam(parseConfig(yaml, env), own)),
    export: async () => exportConfig(await catalogue.readDocument()),
  };
}
