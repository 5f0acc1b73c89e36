import type { Admission, AdmitOutcome, Settlement, SettleOutcome, TaskStore } from '../domain/task/store';
import { createBatcher, createGate } from './batcher';

/** Admissions and settlements of one process, in groups. */
export interface AccountWrites {
  readonly admit: (admission: Admission) => Promise<AdmitOutcome>;
  readonly settle: (settlement: Settlement) => Promise<SettleOutcome>;
}

/** Admissions and settlements of a team lock the same accounts. Larger groups cost less than more of them at once. */
const ACCOUNTS = { patienceMs: 25, most: 4 };
const GROUP = { maxSize: 64, maxBytes: 4 * 1024 * 1024 };
/** What a member adds to a statement beside its input or result. */
const MEMBER_BYTES = 4_096;

/** One for all lanes of a process: they would only wait for each other's locks. */
export function createAccountWrites(tasks: Pick<TaskStore, 'admit' | 'settle'>): AccountWrites {
  const writes = { ...GROUP, gate: createGate(ACCOUNTS) };
  return {
    admit: createBatcher<Admission, AdmitOutcome>((group) => tasks.admit(group), {
      ...writes,
      bytesOf: ({ inputJson = '' }) => inputJson.length + MEMBER_BYTES,
    }),
    settle: createBatcher<Settlement, SettleOutcome>((group) => tasks.settle(group), {
      ...writes,
      bytesOf: ({ resultJson = '' }) => resultJson.length + MEMBER_BYTES,
    }),
  };
}
