import type { TaskChoice } from './store';

/** True for filters beyond a task's own columns: its tasks are found by what was recorded of them. */
export function isFoundByRecords(choice: TaskChoice): boolean {
  const { provider, credential, class: of, project, member, errorCode, fallback, metadata, q } = choice;
  return [provider, credential, of, project, member, errorCode, fallback, metadata, q].some((given) => given !== undefined);
}
