import { setTimeout as pause } from 'node:timers/promises';
import { CliFailure } from '../failure';
import type { ApiClient } from '../http/client';
import { batchPath, hasEnded, type BatchObject } from './batch-object';
import { stateText } from './batch-text';

const LOOK_EVERY_MS = 1_000;

export interface WaitOptions {
  readonly client: ApiClient;
  /** Told how it stands, whenever that changed. */
  readonly note: (text: string) => void;
  readonly signal: AbortSignal;
}

/** Looks at a batch until it has ended. @throws CliFailure */
export async function waitForBatch(id: string, { client, note, signal }: WaitOptions): Promise<BatchObject> {
  let said = '';
  try {
    for (;;) {
      const batch = (await client.call({ path: batchPath(id), signal })) as BatchObject;
      if (hasEnded(batch)) return batch;
      const text = stateText(batch);
      if (text !== said) note(text);
      said = text;
      await pause(LOOK_EVERY_MS, undefined, { signal });
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new CliFailure('Stopped waiting. The batch continues.', {
      code: 'interrupted',
      exitCode: 130,
      advice: [`Look at it: atelier batches show ${id}`, `Stop it: atelier batches cancel ${id}`],
    });
  }
}
