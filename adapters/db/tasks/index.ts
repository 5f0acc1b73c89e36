import type { TaskStore } from '../../../domain/task/store';
import type { SqlPool } from '../connection/pool';
import { createAdmit } from './admit';
import type { TaskContents } from './contents';
import { createTaskList } from './list';
import { createTaskProgress } from './progress';
import { createTaskReads } from './read';
import { createSettle } from './settle';

/** Tasks and their attempts in Postgres; contents too large for a row wherever `contents` puts them. */
export function createTaskStore(sql: SqlPool, contents: TaskContents): TaskStore {
  return {
    async keepInput(admission) {
      if (admission.inputJson !== undefined) return admission;
      return { ...admission, inputJson: await contents.input(admission.task.id, admission.task.input) };
    },
    async keepResult(settlement) {
      if (settlement.resultJson !== undefined) return settlement;
      return { ...settlement, resultJson: await contents.result(settlement.taskId, settlement.textResult) };
    },
    admit: createAdmit(sql, contents),
    settle: createSettle(sql, contents),
    ...createTaskReads(sql, contents),
    ...createTaskList(sql),
    ...createTaskProgress(sql),
  };
}
