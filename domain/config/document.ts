import type { AnswerDefaults, CredentialClass, KeyBounds } from '../access/caller';
import type { AlertEntry } from '../alert/entry';
import { AppError } from '../errors';
import type { Model, Provider } from '../provider/catalogue';
import type { BodyPolicy } from '../records/bodies';
import type { BudgetLimits } from '../money/budget';
import type { RetentionRule } from '../retention/retention';

/** The configuration file as it is applied: validated, references resolved, defaults filled in. Holds secrets in clear. */
export interface ConfigDocument {
  readonly providers: readonly Provider[];
  readonly models: readonly ConfigModel[];
  readonly teams: readonly ConfigTeam[];
  /** null: not named, so it stays as the administration set it. */
  readonly organisation: ConfigBudget | null;
  readonly alerts: readonly AlertEntry[];
  /** How long records are kept; teams need not be in the file. */
  readonly retention: readonly RetentionRule[];
}

/** What may be spent, and the shares of each limit, in per cent, that are told once they are spent. */
export interface ConfigBudget {
  readonly limits: BudgetLimits;
  readonly warnPercent: readonly number[];
}

/** A model with the notes of its price. */
export type ConfigModel = Omit<Model, 'createdAt' | 'shutdownDate'> & { readonly notes: ModelNotes };

/** Where a price was read, when, and when the vendor ends the model. Shown, never decided upon. */
export interface ModelNotes {
  readonly source: string | null;
  /** ISO date, `2026-11-24`. */
  readonly asOf: string | null;
  /** ISO date. */
  readonly shutdownDate: string | null;
}

export interface ConfigTeam {
  readonly name: string;
  readonly budget: ConfigBudget;
  /** A class that is missing is unlimited. */
  readonly classBudgets: Readonly<Partial<Record<CredentialClass, ConfigBudget>>>;
  /** IANA name: when its months and days begin. */
  readonly timeZone: string;
  readonly projects: readonly ConfigProject[];
  /** `whsec_...`; null: made when the team has none, else kept. */
  readonly callbackSecret: string | null;
  /** null: kept for good. */
  readonly retentionDays: number | null;
  /** null: the bodies of its calls are not kept. */
  readonly logBodies: BodyPolicy | null;
  /** Tiers of models by class; a class that is missing may use all. */
  readonly modelTiers: Readonly<Partial<Record<CredentialClass, readonly string[]>>>;
  readonly credentials: readonly ConfigCredential[];
}

export interface ConfigProject {
  readonly name: string;
  readonly budget: ConfigBudget;
}

export interface ConfigCredential {
  readonly name: string;
  readonly class: CredentialClass;
  /** The key in clear; stored hashed. null: it keeps the key that it has. */
  readonly key: string | null;
  readonly limits: BudgetLimits;
  /** `["*"]` or names of models. */
  readonly models: readonly string[];
  readonly defaults: AnswerDefaults;
  /** Name of a project of the team; null: none. */
  readonly project: string | null;
  /** E-mail; of nobody yet: the credential has no owner until the file is applied again. */
  readonly owner: string | null;
  readonly purpose: string | null;
  readonly bounds: KeyBounds;
}

/** What applying a document did; entries such as `model gpt-5-mini` or `credential studio/site`. */
export interface ApplyReport {
  /** The catalogue's version afterwards. */
  readonly version: number;
  readonly created: readonly string[];
  readonly updated: readonly string[];
  readonly disabled: readonly string[];
  readonly unchanged: readonly string[];
}

/** What is wrong at a place of a configuration file; never the value of a secret. */
export interface ConfigFault {
  /** `models[0].routes[1].provider` */
  readonly path: string;
  readonly message: string;
}

/** Checks and applies configuration files at a running installation. `env` gives the values of `${NAME}` references. */
export interface ConfigAdmin {
  /** All faults at once; none: the file could be applied. Changes nothing. */
  check(yaml: string, env: Readonly<Record<string, string>>): Promise<readonly ConfigFault[]>;
  /** Makes the catalogue equal to the file. @throws AppError `invalid_value` with the faults as `details` */
  apply(yaml: string, env: Readonly<Record<string, string>>): Promise<ApplyReport>;
  /** What is there as a file that `check` accepts, with the environment variables that it names in place of secrets. */
  export(): Promise<{ readonly yaml: string; readonly variables: readonly string[] }>;
}

/** The error of a change to what the configuration file names. @param what - begins the message: "The key studio/site" */
export function managedByFile(what: string, configFile: string | null): AppError {
  const where =
    configFile === null ? 'the built-in configuration, as there is no configuration file' : `the configuration file ${configFile}`;
  return new AppError('managed_by_file', `${what} belongs to ${where}. Change it there and apply the file.`, {
    details: { config_file: configFile },
  });
}
