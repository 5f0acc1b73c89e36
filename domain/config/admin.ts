import type { ApplyReport } from './document';

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
}
