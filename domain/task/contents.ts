import type { MediaSource, Operation, OutputParams } from './generation';

/** Inputs and text results above this many bytes of JSON are kept in the object store; their rows name the object. */
export const LARGEST_IN_ROW = 256 * 1024;

/** What a row holds in place of an input or a text result that is in the object store. */
export interface StoredContent {
  readonly operation?: Operation;
  /** The object's key: "contents/task_018f…/input". */
  readonly storedAt: string;
  /** Size of its JSON. */
  readonly bytes: number;
  /** Of inputs: the beginning of what is asked for in words, for searching. */
  readonly prompt?: string;
  /** Of image and video inputs: what the retention looks at without loading them. */
  readonly output?: OutputParams;
  /** The files that the input names: the retention leaves them alone. */
  readonly sources?: readonly MediaSource[];
  /** Of the result of a chat: why it ended ("stop", "length"). */
  readonly finishReason?: string;
}

/** Where the contents of a task are kept. */
export function contentKey(taskId: string, part: 'input' | 'result'): string {
  return `contents/${taskId}/${part}`;
}
