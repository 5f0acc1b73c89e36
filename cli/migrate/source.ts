import { Option, type Command } from 'commander';
import type { LegacySource, Progress } from '../../domain/migration/source';
import type { Plan } from '../../importer/plan/read';
import type { CliDeps } from '../deps';
import { CliFailure } from '../failure';

/** Where the database of the old gateway is, for every command that reads it. */

export interface SourceFlags {
  readonly logSource?: string;
}

export interface PlanSourceFlags {
  readonly source?: string;
  readonly logSource?: string;
}

export function addSource(command: Command): Command {
  return addLogSource(command).addOption(
    new Option('--source <source>', 'where the source is now (else MIGRATE_SOURCE, else as the plan says)'),
  );
}

/** Where the source of a plan is: the plan holds no password. */
export function placeOf(plan: Plan, flags: PlanSourceFlags, { environment }: CliDeps): readonly [string, SourceFlags] {
  const { location, log_location: logLocation } = plan.head.source;
  const logSource = flags.logSource ?? logLocation;
  return [flags.source ?? environment['MIGRATE_SOURCE'] ?? location, logSource === undefined ? {} : { logSource }];
}

export function addLogSource(command: Command): Command {
  return command.addOption(new Option('--log-source <source>', 'where the log lies, when it is in another database (LOG_SQL_DSN)'));
}

export async function withSource<Result>(
  deps: CliDeps,
  location: string,
  { logSource }: SourceFlags,
  work: (source: LegacySource) => Promise<Result>,
): Promise<Result> {
  const password = deps.environment['MIGRATE_SOURCE_PASSWORD'];
  const source = await deps
    .openLegacySource({
      location,
      ...(logSource === undefined ? {} : { logLocation: logSource }),
      ...(password === undefined ? {} : { password }),
    })
    .catch((error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      throw new CliFailure(message, { code: 'source', advice: lacksPassword(location, password) ? PASSWORD_ADVICE : [] }, error);
    });
  try {
    return await work(source);
  } finally {
    await source.close();
  }
}

const PASSWORD_ADVICE = ['A plan holds no password: MIGRATE_SOURCE gives the source again, or MIGRATE_SOURCE_PASSWORD its password alone.'];

function lacksPassword(location: string, password: string | undefined): boolean {
  return password === undefined && URL.canParse(location) && new URL(location).username !== '' && new URL(location).password === '';
}

const EVERY_ROWS = 50_000;

export function progressOn(say: (line: string) => void): Progress {
  let said = 0;
  return (table, read, of) => {
    if (read - said < EVERY_ROWS) return;
    said = read;
    say(`${table}: ${String(read)} of ${String(of)} rows`);
  };
}
