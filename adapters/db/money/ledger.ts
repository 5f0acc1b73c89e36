import { AppError } from '../../../domain/errors';
import type { AccountKind, LedgerStore } from '../../../domain/money/ledger';
import { formatUsd } from '../../../domain/money/money';
import type { SqlPool } from '../connection/pool';
import { verifyLedger } from './verify';

interface AccountRow {
  readonly kind: AccountKind;
  /** null: unlimited. */
  readonly granted: bigint | null;
  readonly spent: bigint;
}

type RefundOutcome = 'refunded' | 'repeated' | 'missing' | 'open' | 'too_much';

/** The books in Postgres. */
export function createLedgerStore(sql: SqlPool): LedgerStore {
  return {
    verify: () => verifyLedger(sql),
    async allowanceOf({ teamId, credentialId, credentialClass }) {
      const rows = await sql.query<AccountRow>(
        `select kind, case when limited then granted end as granted, spent from accounts
         where team_id = $1 and ((kind = 'credential' and key = $2) or (kind = 'class' and key = $3) or (kind = 'team' and key = '')
           or (kind = 'month' and key = current_month()))
         union all
         -- The account of a month is made by its first task.
         select 'month', monthly_limit_micro_usd, 0 from teams
         where id = $1 and not exists (select from accounts where team_id = $1 and kind = 'month' and key = current_month())`,
        [teamId, String(credentialId), credentialClass],
      );
      const spentMicroUsd = rows.find(({ kind }) => kind === 'credential')?.spent ?? 0n;
      const limits = rows.flatMap(({ granted, spent }) =>
        granted === null ? [] : [spentMicroUsd + (granted > spent ? granted - spent : 0n)],
      );
      return { spentMicroUsd, limitMicroUsd: limits.length === 0 ? null : limits.reduce((least, one) => (one < least ? one : least)) };
    },
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
          throw new AppError('invalid_value', `${formatUsd(amountMicroUsd)} USD is more than the remaining cost of task ${taskId}.`);
      }
    },
  };
}
