import type { CallStore } from '../../domain/records/call';

/** Most turns of one pass, so that a stop waits for no backlog. */
const TURNS = 20;

/** Takes what has ended into the call log and the usage. */
export interface Recorder {
  /** Takes in all there is, a bounded number of turns. Several processes may; turns go one after the other. */
  pass(): Promise<void>;
}

export function createRecorder({ calls }: { readonly calls: Pick<CallStore, 'record'> }): Recorder {
  return {
    async pass() {
      for (let turn = 0; turn < TURNS; turn += 1) {
        const { hasMore } = await calls.record();
        if (!hasMore) return;
      }
    },
  };
}
