import type { ConfigFault } from '../domain/config/document';
import type { OpenSource } from '../domain/migration/source';
import type { HistoryReplayer } from '../domain/task/history';
import type { BackupTools } from './backup/tools';
import type { Output } from './output';

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** How `atelier up` is to run. */
export interface UpRequest {
  readonly servicesOnly: boolean;
  /** Also start the lab. */
  readonly lab: boolean;
  /** A line of progress. */
  readonly say: (line: string) => void;
  /** The result for programs. */
  readonly print: (document: object) => void;
}

/** All that the commands need of the outside; wired in main.ts. */
export interface CliDeps {
  readonly environment: Environment;
  readonly output: Output;
  readonly fetch: typeof globalThis.fetch;
  /** Whether anything answers at an address. */
  readonly answers: (address: string) => Promise<boolean>;
  readonly version: string;
  /** Every fault of a configuration, found without a running installation. */
  readonly checkConfig: (yaml: string, environment: Environment) => Promise<readonly ConfigFault[]>;
  /** Starts an installation and stays until it is stopped. @throws CliFailure when it cannot be started */
  readonly up: (request: UpRequest) => Promise<void>;
  /** Executes histories against the workflow code of this version. */
  readonly replayHistories: HistoryReplayer;
  /** What works on an installation's servers directly; loaded when it is needed. */
  readonly backup: () => Promise<BackupTools>;
  /** Opens an installation of New API or One API to read it; its engines are loaded when it is needed. */
  readonly openLegacySource: OpenSource;
  /** Asks a person yes or no on the terminal; absent: there is none. */
  readonly confirm?: (question: string) => Promise<boolean>;
  /** Aborted by Ctrl-C. Only commands that wait for long look at it; `up` has its own way to stop. */
  readonly interruption: () => AbortSignal;
}
