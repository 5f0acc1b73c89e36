import { rateExceeded } from '../../domain/access/rate';
import { AppError } from '../../domain/errors';
import type { Admission, AdmitOutcome } from '../../domain/task/store';
import type { RequestOrigin } from '../http/request-origin';
import { keyReused } from './idempotency';
import type { Submitted } from './submission';

/** The admitted task, or the earlier one it repeats. @throws AppError `insufficient_quota`, `rate_limit_exceeded`, `idempotency_key_reuse`, `external_id_in_use` */
export function submittedOf({ task }: Admission, outcome: AdmitOutcome, origin: RequestOrigin): Submitted {
  switch (outcome.kind) {
    case 'admitted':
      origin.admitted();
      return { taskId: task.id, isRepeat: false, ...(outcome.rate === undefined ? {} : { rate: outcome.rate }) };
    case 'repeated':
      origin.admitted();
      return { taskId: task.id, isRepeat: false };
    case 'repeat':
      return { taskId: outcome.taskId, isRepeat: true };
    case 'key_reused':
      throw keyReused(outcome.taskId);
    case 'external_id_in_use':
      throw new AppError(
        'external_id_in_use',
        `The external_id ${JSON.stringify(task.externalId)} belongs to another task (${outcome.taskId}). Use a new one for a new task.`,
        { param: 'external_id', details: { task_id: outcome.taskId } },
      );
    case 'refused':
      throw new AppError('insufficient_quota', outcome.refusal.message, {
        taskId: task.id,
        details: outcome.refusal.details,
        ...(outcome.rate === undefined ? {} : { rate: outcome.rate }),
      });
    case 'rate_limited':
      throw rateExceeded(outcome.lack, outcome.rate);
  }
}
