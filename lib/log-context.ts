import { AsyncLocalStorage } from 'node:async_hooks';

/** Ids of what is being done: `request_id`, `task_id`, `workflow_id`. No secrets, nothing large. */
export type LogFields = Readonly<Record<string, string | number>>;

const current = new AsyncLocalStorage<{ fields: LogFields }>();

/** Does work whose log lines all have these fields, beside those of the work that it is part of. */
export function withLogFields<T>(fields: LogFields, work: () => T): T {
  return current.run({ fields: { ...currentLogFields(), ...fields } }, work);
}

/** Adds a field to the lines that follow in the work that is being done; outside `withLogFields` it does nothing. */
export function addLogFields(fields: LogFields): void {
  const scope = current.getStore();
  if (scope !== undefined) scope.fields = { ...scope.fields, ...fields };
}

/** The fields of the work that is being done. */
export function currentLogFields(): LogFields {
  return current.getStore()?.fields ?? {};
}
