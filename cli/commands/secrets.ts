import type { Command } from 'commander';
import { table } from '../table';
import { define, type CommandHost } from './define';

/** Texts of one transaction: a process that reads one of them waits for an instant. */
const PART = 100;

interface RotatedColumn {
  readonly table: string;
  readonly column: string;
  readonly rotated: number;
  readonly current: number;
  readonly other: number;
}

/** `atelier secrets ...` */
export function addSecrets(program: Command, host: CommandHost): void {
  const secrets = program.command('secrets').description('what the master key encrypts (docs/production.md)');

  define<{ readonly check?: true }>(secrets, host, {
    usage: 'rotate',
    summary:
      'encrypt all secrets again with ATELIER_MASTER_KEY; those of ATELIER_MASTER_KEY_PREVIOUS are read. Can be interrupted and repeated',
    examples: ['secrets rotate --check', 'secrets rotate --json'],
    options: (command) => command.option('--check', 'change nothing; exit code 1 while something hangs on another key'),
    isRemote: false,
    async run({ flags, output, deps, show }) {
      const source = await (await deps.backup()).source(output.note);
      try {
        const { secretRows, keys } = source;
        const columns: RotatedColumn[] = [];
        for (const column of await secretRows.columns()) {
          let rotated = 0;
          if (flags.check !== true) {
            const seal = (sealed: string): string => keys.seal(keys.open(sealed));
            for (let after: string | null = null; ;) {
              const { count, last } = await secretRows.sealAgain(column, keys.id, { after, limit: PART }, seal);
              rotated += count;
              if (last === null) break;
              after = last;
            }
          }
          const byKey = await secretRows.count(column);
          const current = byKey.get(keys.id) ?? 0;
          const total = [...byKey.values()].reduce((sum, count) => sum + count, 0);
          columns.push({ table: column.table, column: column.column, rotated, current, other: total - current });
        }
        const other = columns.reduce((sum, column) => sum + column.other, 0);
        const report = { ok: other === 0, master_key: keys.id, checked_only: flags.check === true, columns };
        show(report, () =>
          [
            table(
              ['TABLE', 'COLUMN', 'ROTATED', 'WITH THIS KEY', 'WITH ANOTHER'],
              columns.map((column) => [column.table, column.column, String(column.rotated), String(column.current), String(column.other)]),
            ),
            other === 0
              ? `✓ All secrets are encrypted with the master key ${keys.id}; another one is needed no more.`
              : `✗ ${String(other)} secrets are encrypted with another key than ${keys.id}.`,
          ].join('\n'),
        );
        return other === 0 ? 0 : 1;
      } finally {
        await source.close();
      }
    },
  });
}
