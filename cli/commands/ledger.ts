import { Option, type Command } from 'commander';
import { usageFailure } from '../failure';
import { usd } from '../flag-values';
import { asList, asObject } from '../json-value';
import { addCredit } from './credit';
import { define, type CommandHost } from './define';

interface RefundFlags {
  readonly amount?: string;
  readonly all?: true;
  readonly reason: string;
}

/** `atelier ledger ...` */
export function addLedger(program: Command, host: CommandHost): void {
  const ledger = program.command('ledger').description('the ledger, refunds, grants and transfers (needs the admin key)');
  define<{ readonly full?: true }>(ledger, host, {
    usage: 'verify',
    summary: 'prove that every balance equals the sum of its ledger entries; exit code 1 if one does not',
    examples: ['ledger verify', 'ledger verify --full', 'ledger verify --json'],
    options: (command) => command.option('--full', 'read again what was proved earlier, too, and compare it with what it was then'),
    async run({ flags, connect, show }) {
      const query = flags.full === true ? { full: 'true' } : {};
      const report = asObject(await connect('admin').client.call({ path: '/admin/v1/ledger/verify', query })) ?? {};
      const isRight = report['ok'] === true;
      const count = (name: string) => Number(report[name] ?? 0);
      const earlier = count('sealed_entries') === 0 ? '' : ` (${count('sealed_entries')} proved earlier)`;
      const counts = `${count('accounts')} accounts, ${count('entries')} entries${earlier}, ${count('open_reservations')} open reservations`;
      const problems = asList(report['problems']).map((problem) => `  ${String(problem)}`);
      show(report, () =>
        isRight ? `✓ The ledger is consistent: ${counts}.` : [`✗ The ledger is inconsistent: ${counts}.`, ...problems].join('\n'),
      );
      return isRight ? 0 : 1;
    },
  });
  define<RefundFlags>(ledger, host, {
    usage: 'refund <task>',
    summary: 'give back what a task cost, to every budget in which it was counted',
    examples: ['ledger refund task_0192... --amount 0.5 --reason "blurred"', 'ledger refund task_0192... --all --reason "wrong model"'],
    options: (command) => {
      command
        .addOption(new Option('--amount <usd>', 'how much, such as 0.5').argParser(usd).conflicts('all'))
        .option('--all', 'all that is left of its cost')
        .requiredOption('--reason <text>', 'why; repeating a refund with the same reason changes nothing');
    },
    async run({ args, flags, connect, show }) {
      if (flags.amount === undefined && flags.all !== true) throw usageFailure('Say how much: --amount USD, or --all.');
      const path = `/admin/v1/tasks/${encodeURIComponent(args[0] ?? '')}/refund`;
      const body = { amount_usd: flags.amount ?? null, reason: flags.reason };
      const refund = asObject(await connect('admin').client.call({ method: 'POST', path, body })) ?? {};
      show(refund, () => `✓ ${String(refund['refunded_usd'])} USD given back for ${String(refund['task_id'])}.`);
      return 0;
    },
  });
  addCredit(ledger, host);
}
