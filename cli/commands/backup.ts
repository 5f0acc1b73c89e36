import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { bytesOf, rowsOf } from '../../domain/backup/manifest';
import { mib } from '../../domain/backup/words';
import { sayProgress } from '../backup/progress';
import type { BackupTools } from '../backup/tools';
import { define, type Call, type CommandHost } from './define';

interface FromFlags {
  readonly from: string;
}

/** `atelier backup ...` */
export function addBackup(program: Command, host: CommandHost): void {
  const backup = program.command('backup').description('copies of a whole installation: rows, objects and keys (docs/backup.md)');

  define<{ readonly to: string }>(backup, host, {
    usage: 'create',
    summary: 'copy the installation while it runs: all rows of one moment, and every object that they name',
    examples: ['backup create --to /mnt/backups/2026-12-01', 'backup create --to s3://backups/atelier/2026-12-01 --json'],
    options: (command) =>
      command.requiredOption('--to <place>', 'a new folder, or s3://BUCKET/PREFIX (ATELIER_BACKUP_S3_... says how it is reached)'),
    isRemote: false,
    async run({ flags, output, deps, show }) {
      const tools = await deps.backup();
      const source = await tools.source(output.note);
      try {
        const begun = Date.now();
        const manifest = await withPlace(tools, flags.to, (place) =>
          tools.create(source, place, {
            id: `backup_${randomUUID().replaceAll('-', '')}`,
            version: deps.version,
            tell: sayProgress(output.note),
            now: () => new Date(),
            signal: deps.interruption(),
          }),
        );
        const { objects, ...rest } = manifest;
        const report = {
          id: manifest.id,
          snapshot_at: rest.snapshot_at,
          finished_at: rest.finished_at,
          tables: rest.tables.length,
          rows: rowsOf(manifest),
          objects: objects.count,
          bytes: bytesOf(manifest),
          master_key: rest.master_key,
          missing_objects: objects.missing,
          missing_keys: objects.missing_keys,
        };
        show(report, () =>
          [
            `✓ ${report.id}: ${String(report.rows)} rows, ${String(report.objects)} objects, ${mib(report.bytes)} in ${String(Math.ceil((Date.now() - begun) / 1_000))} s.`,
            `  The master key ${report.master_key} is not in it: keep it apart. Without it a restore is refused.`,
            ...missingText(objects.missing, objects.missing_keys),
          ].join('\n'),
        );
        return 0;
      } finally {
        await source.close();
      }
    },
  });

  define<FromFlags>(backup, host, {
    usage: 'verify',
    summary: 'read every byte of a backup: checksums, counts, the signature, and whether its books add up; exit code 1 if not',
    examples: ['backup verify --from /mnt/backups/2026-12-01', 'backup verify --from s3://backups/atelier/2026-12-01 --json'],
    options: addFrom,
    isRemote: false,
    async run({ flags, deps, show }) {
      const tools = await deps.backup();
      const report = await withPlace(tools, flags.from, (place) => tools.verify(place, tools.keys()));
      const found = `${String(report.rows)} rows of ${String(report.tables)} tables, ${String(report.objects)} objects, ${mib(report.bytes)}`;
      const signature =
        report.signature === 'valid' ? 'its signature is right' : 'its signature was not checked, as no master key is given';
      show(report, () =>
        report.ok
          ? [`✓ ${report.id} of ${report.snapshot_at} is whole: ${found}; ${signature}.`, ...missingText(report.missing_objects, [])].join(
              '\n',
            )
          : [`✗ ${report.id} of ${report.snapshot_at} is damaged: ${found}.`, ...report.problems.map((problem) => `  ${problem}`)].join(
              '\n',
            ),
      );
      return report.ok ? 0 : 1;
    },
  });

  define<FromFlags & { readonly boughtNothingSince?: true }>(backup, host, {
    usage: 'restore',
    summary: 'make an installation of a backup, on empty servers; the old one must be off',
    examples: [
      'backup restore --from /mnt/backups/2026-12-01',
      'backup restore --from s3://backups/atelier/2026-12-01 --bought-nothing-since',
    ],
    options: (command) => {
      addFrom(command);
      command.option(
        '--bought-nothing-since',
        'the old installation surely called no provider after the backup: buy what was waiting without looking it up first',
      );
    },
    isRemote: false,
    run: restore,
  });
}

async function restore({ flags, output, deps, show }: Call<FromFlags & { readonly boughtNothingSince?: true }>): Promise<0> {
  const tools = await deps.backup();
  const target = await tools.target(output.note);
  try {
    const options = { say: output.note, boughtNothingSince: flags.boughtNothingSince === true };
    const report = await withPlace(tools, flags.from, (place) => tools.restore(target, place, options));
    const { media, texts, campaigns, callbacks, schedules } = report.taken_up;
    show(report, () =>
      [
        `✓ ${report.id} of ${report.snapshot_at} is restored: ${String(report.rows)} rows, ${String(report.objects)} objects.`,
        `  When it is started it takes up ${String(media)} images and videos, ${String(texts)} texts, ${String(campaigns)} campaigns, ${String(callbacks)} callbacks and ${String(schedules)} schedules.`,
        ...(report.may_have_bought_since
          ? [
              '  Images and videos that had not ended may have been bought after the backup: they are looked up first, and end as outcome_unknown where their provider cannot say.',
            ]
          : []),
        '  Start it: atelier up (or your api and worker). The old installation must stay off.',
      ].join('\n'),
    );
    return 0;
  } finally {
    await target.close();
  }
}

function addFrom(command: Command): void {
  command.requiredOption('--from <place>', 'the folder, or s3://BUCKET/PREFIX');
}

async function withPlace<T>(tools: BackupTools, name: string, work: (place: ReturnType<BackupTools['place']>) => Promise<T>): Promise<T> {
  const place = tools.place(name);
  try {
    return await work(place);
  } finally {
    place.close();
  }
}

function missingText(count: number, keys: readonly string[]): readonly string[] {
  if (count === 0) return [];
  return [`  ${String(count)} objects that rows name were not in the bucket:`, ...keys.map((key) => `    ${key}`)];
}
