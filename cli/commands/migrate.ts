import { Option, type Command } from 'commander';
import { applyPlan } from '../../importer/apply/apply';
import { buildPlan } from '../../importer/plan/build';
import { createPlanWriter } from '../../importer/plan/file';
import { readPlan, type Plan } from '../../importer/plan/read';
import { inspectSource } from '../../importer/inspect';
import { verifyPlan } from '../../importer/verify';
import type { LegacySource, Progress } from '../../domain/migration/source';
import type { CliDeps } from '../deps';
import { CliFailure } from '../failure';
import { createTarget } from '../migrate/target';
import { addFromEnv, addNotice } from '../migrate/people';
import { addStanding } from '../migrate/standing';
import { applyText, inspectionText, planText, verifyText } from '../migrate/text';
import { define, type CommandHost } from './define';

interface SourceFlags {
  readonly logSource?: string;
}

/** `atelier migrate ...` */
export function addMigrate(program: Command, host: CommandHost): void {
  const migrate = program.command('migrate').description('move in from New API or One API (docs/moving-in.md)');

  define<SourceFlags>(migrate, host, {
    usage: 'inspect <source>',
    summary: 'say what a source is and holds, and what will not come along',
    examples: ['migrate inspect one-api.db', 'migrate inspect postgres://reader@db/new-api --json'],
    options: addLogSource,
    isRemote: false,
    async run({ args, flags, deps, show }) {
      const report = await withSource(deps, args[0] ?? '', flags, (source) => inspectSource(source));
      show(report, () => inspectionText(report));
      return 0;
    },
  });

  define<SourceFlags & { readonly out: string }>(migrate, host, {
    usage: 'plan <source>',
    summary: 'write the plan of the move: every row of the source is in it, or listed with a reason',
    examples: [
      'migrate plan one-api.db --out plan.yaml',
      'migrate plan mysql://reader@db/oneapi --log-source mysql://reader@logs/oneapi --out plan.yaml',
    ],
    options: (command) => addLogSource(command).requiredOption('--out <file>', 'the file to write'),
    isRemote: false,
    async run({ args, flags, deps, output, show }) {
      const head = await withSource(deps, args[0] ?? '', flags, async (source) => {
        const writer = createPlanWriter(flags.out);
        try {
          const made = await buildPlan(source, writer.sink, progressOn(output.note));
          await writer.finish(made);
          return made;
        } catch (error) {
          writer.discard();
          throw error;
        }
      });
      show({ plan: flags.out, ...head }, () => planText(head, flags.out));
      return 0;
    },
  });

  define<ApplyFlags>(migrate, host, {
    usage: 'apply <plan>',
    summary: 'bring the plan into the installation; what came in before stays as it is, so it may be repeated',
    examples: ['migrate apply plan.yaml --dry-run', 'migrate apply plan.yaml --json'],
    options: (command) => addSource(command).option('--dry-run', 'say what would be brought in, and change nothing'),
    async run({ args, flags, deps, output, connect, show }) {
      const plan = await readPlan(args[0] ?? '');
      const { client, installation } = connect('admin');
      const target = createTarget(client, installation, deps.fetch);
      const report = await withSource(deps, ...placeOf(plan, flags, deps), (source) =>
        applyPlan(plan, source, target, { dryRun: flags.dryRun === true, progress: progressOn(output.note) }),
      );
      show(report, () => applyText(report));
      return report.ok ? 0 : 1;
    },
  });

  define<PlanSourceFlags>(migrate, host, {
    usage: 'verify <plan>',
    summary: 'compare the installation with the plan: counts, balances, ten keys, every model; exit code 1 on any difference',
    examples: ['migrate verify plan.yaml', 'migrate verify plan.yaml --json'],
    options: addSource,
    async run({ args, flags, deps, connect, show }) {
      const plan = await readPlan(args[0] ?? '');
      const { client, installation } = connect('admin');
      const target = createTarget(client, installation, deps.fetch);
      const report = await withSource(deps, ...placeOf(plan, flags, deps), (source) => verifyPlan(plan, source, target));
      show(report, () => verifyText(report));
      return report.ok ? 0 : 1;
    },
  });

  addStanding(migrate, host);
  addNotice(migrate, host);
  addFromEnv(migrate, host);
}

interface PlanSourceFlags {
  readonly source?: string;
  readonly logSource?: string;
}

interface ApplyFlags extends PlanSourceFlags {
  readonly dryRun?: boolean;
}

function addSource(command: Command): Command {
  return addLogSource(command).addOption(
    new Option('--source <source>', 'where the source is now (else MIGRATE_SOURCE, else as the plan says)'),
  );
}

/** Where the source of a plan is: the plan holds no password. */
function placeOf(plan: Plan, flags: PlanSourceFlags, { environment }: CliDeps): readonly [string, SourceFlags] {
  const { location, log_location: logLocation } = plan.head.source;
  const logSource = flags.logSource ?? logLocation;
  return [flags.source ?? environment['MIGRATE_SOURCE'] ?? location, logSource === undefined ? {} : { logSource }];
}

function addLogSource(command: Command): Command {
  return command.addOption(new Option('--log-source <source>', 'where the log lies, when it is in another database (LOG_SQL_DSN)'));
}

async function withSource<Result>(
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

function progressOn(say: (line: string) => void): Progress {
  let said = 0;
  return (table, read, of) => {
    if (read - said < EVERY_ROWS) return;
    said = read;
    say(`${table}: ${String(read)} of ${String(of)} rows`);
  };
}
