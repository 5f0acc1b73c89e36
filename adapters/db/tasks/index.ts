import type { TaskStore } from '../../../domain/stores';
import type { SqlPool } from '../pool';
import { createAdmit } from './admit';
import { createTaskProgress } from './progress';
import { createTaskReads } from './read';
import { createSettle } from './settle';

/** Tasks and their attempts in Postgres. */
export function createTaskStore(sql: SqlPool): TaskStore {
  return { admit: createAdmit(sql), settle: createSettle(sql), ...createTaskReads(sql), ...createTaskProgress(sql) };
}
