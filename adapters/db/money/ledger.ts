import { AppError } from '../../../domain/errors';
import type { LedgerStore } from '../../../domain/money/ledger';
import { formatUsd } from '../../../domain/money/money';
import type { SqlPool } from '../connection/pool';
import { verifyLedger } from './verify';

type RefundOutcome = 'refunded' | 'repeated' | 'missing' | 'open' | 'too_much';

/** The books in Postgres. */
export function createLedgerStore(sql: SqlPool): LedgerStore {
  return {
    verify: () => verifyLedger(sql),
    async refund(taskId, amountMicroUsd, reasonKey) {
      if (amountMicroUsd <= 0n) throw new AppError('invalid_value', 'A refund must be more than 0 USD.', { param: 'amount' });
      const rows = await sql.query<{ outcome: RefundOutcome }>('select refund_task($1, $2, $3) as outcome', [
        taskId,
        amountMicroUsd,
        reasonKey,
      ]);
      switch (rows[0]?.outcome ?? 'missing') {
        case 'refunded':
        case 'repeated':
          return;
        case 'missing':
          throw new AppError('not_found', `There is no task ${taskId}.`);
        case 'open':
          throw new AppError('task_not_finished', `Task ${taskId} has not been settled: cancel it instead of refunding it.`);
        case 'too_much':
          throw new AppError('invalid_value', `${formatUsd(amountMicroUsd)} USD is more than what is left of the cost of task ${taskId}.`);
      }
    },
  };
}
