import { AppError } from '../../../domain/errors';
import type { LedgerStore } from '../../../domain/money/ledger';
import { formatUsd, type MicroUsd } from '../../../domain/money/money';
import type { SqlPool } from '../connection/pool';
import { bindingBudgets } from './budgets';
import { verifyLedger } from './verify';

type RefundOutcome = 'refunded' | 'repeated' | 'missing' | 'open' | 'too_much';

/** The books in Postgres. */
export function createLedgerStore(sql: SqlPool): LedgerStore {
  return {
    verify: (options = { isFull: false }) => verifyLedger(sql, options),
    async allowanceOf({ teamId, credentialId }) {
      const [own] = await sql.query<{ spent: MicroUsd }>(
        `select spent from accounts where kind = 'credential' and team_id = $1 and key = $2 and period = ''`,
        [teamId, String(credentialId)],
      );
      const spentMicroUsd = own?.spent ?? 0n;
      const limits = (await bindingBudgets(sql, credentialId)).map(
        ({ granted, spent }) => spentMicroUsd + (granted > spent ? granted - spent : 0n),
      );
      return { spentMicroUsd, limitMicroUsd: limits.length === 0 ? null : limits.reduce((least, one) => (one < least ? one : least)) };
    },
    async refund(taskId, amountMicroUsd, reason) {
      if (amountMicroUsd !== null && amountMicroUsd <= 0n) {
        throw new AppError('invalid_value', 'A refund must be more than 0 USD.', { param: 'amount_usd' });
      }
      const [row] = await sql.query<{ outcome: RefundOutcome; refunded: MicroUsd | null }>('select * from refund_task($1, $2, $3)', [
        taskId,
        amountMicroUsd,
        reason,
      ]);
      switch (row?.outcome ?? 'missing') {
        case 'refunded':
        case 'repeated':
          return row?.refunded ?? 0n;
        case 'missing':
          throw new AppError('not_found', `There is no task ${taskId}.`);
        case 'open':
          throw new AppError('task_not_finished', `Task ${taskId} has not been settled: cancel it instead of refunding it.`);
        case 'too_much':
          throw new AppError(
            'invalid_value',
            amountMicroUsd === null
              ? `Nothing is left to refund of the cost of task ${taskId}.`
              : `${formatUsd(amountMicroUsd)} USD is more than the remaining cost of task ${taskId}.`,
            { param: 'amount_usd' },
          );
      }
    },
  };
}
