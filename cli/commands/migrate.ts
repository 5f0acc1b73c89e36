import type { Command } from 'commander';
import { applyPlan } from '../../importer/apply/apply';
import { buildPlan } from '../../importer/plan/build';
import { createPlanWriter } from '../../importer/plan/file';
import { readPlan } from '../../importer/plan/read';
import { inspectSource } from '../../importer/inspect';
import { verifyPlan } from '../../importer/verify';
import { createTarget } from '../migrate/target';
import { addFromEnv, addNotice } from '../migrate/people';
import { addLogSource, addSource, placeOf, progressOn, withSource, type PlanSourceFlags, type SourceFlags } from '../migrate/source';
import { addStanding } from '../migrate/standing';
import { applyText, inspectionText, planText, verifyText } from '../migrate/text';
import { addTraffic } from '../migrate/traffic';
import { define, type CommandHost } from './define';

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

  addTraffic(migrate, host);
  addStanding(migrate, host);
  addNotice(migrate, host);
  addFromEnv(migrate, host);
}

interface ApplyFlags extends PlanSourceFlags {
  readonly dryRun?: boolean;
}
