import type { TaskStore } from '../../../domain/task/store';
import type { SqlPool } from '../connection/pool';
import { createAdmit } from './admit';
import { createTaskProgress } from './progress';
import { createTaskReads } from './read';
import { createSettle } from './settle';

/** Tasks and their attempts in Postgres. */
export function createTaskStore(sql: SqlPool): TaskStore {
  return { admit: createAdmit(sql), settle: createSettle(sql), ...createTaskReads(sql), ...createTaskProgress(sql) };
}
