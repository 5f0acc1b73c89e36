/** What is wrong at a place of a configuration file; never the value of a secret. */
export interface ConfigFault {
  /** `models[0].routes[1].provider` */
  readonly path: string;
  readonly message: string;
}

/** What applying a configuration changed, by name. */
export interface ConfigReport {
  readonly version: number;
  readonly models: number;
  readonly providers: number;
  readonly teams: number;
  /** Names that the file no longer holds: switched off, never deleted. */
  readonly disabled: readonly string[];
}

/** Checks and applies configuration files at a running installation. `env` gives the values of `${NAME}` references. */
export interface ConfigAdmin {
  /** All faults; none: the file could be applied. Changes nothing. */
  check(yaml: string, env: Readonly<Record<string, string>>): Promise<readonly ConfigFault[]>;
  /** Makes the catalogue equal to the file. @throws AppError `invalid_value` with `details`: the faults */
  apply(yaml: string, env: Readonly<Record<string, string>>): Promise<ConfigReport>;
}
