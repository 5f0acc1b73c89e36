import type { Command } from 'commander';
import { asList, asObject } from '../json-value';
import { define, type CommandHost } from './define';

/** `atelier ledger ...` */
export function addLedger(program: Command, host: CommandHost): void {
  const ledger = program.command('ledger').description('the ledger (needs the admin key)');
  define(ledger, host, {
    usage: 'verify',
    summary: 'prove that every balance equals the sum of its ledger entries; exit code 1 if one does not',
    examples: ['ledger verify', 'ledger verify --json'],
    async run({ connect, show }) {
      const report = asObject(await connect('admin').client.call({ path: '/admin/v1/ledger/verify' })) ?? {};
      const isRight = report['ok'] === true;
      const count = (name: string) => Number(report[name] ?? 0);
      const counts = `${count('accounts')} accounts, ${count('entries')} entries, ${count('open_reservations')} open reservations`;
      const problems = asList(report['problems']).map((problem) => `  ${String(problem)}`);
      show(report, () =>
        isRight ? `✓ The ledger is consistent: ${counts}.` : [`✗ The ledger is inconsistent: ${counts}.`, ...problems].join('\n'),
      );
      return isRight ? 0 : 1;
    },
  });
}
