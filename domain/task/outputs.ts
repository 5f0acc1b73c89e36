import type { ErrorCode } from '../errors';
import type { Attempt, StagedOutput } from './task';

/** An output that was asked for and is not there. */
export interface MissingOutput {
  /** Position among what was asked for, from 0. */
  readonly index: number;
  readonly code: ErrorCode;
  readonly message: string;
}

type Delivery = { readonly attempts: readonly Pick<Attempt, 'delivered'>[] };

/** What the last delivery lacks, with its reasons; none before something was delivered, or once the retention of the contents has passed. */
export function missingOutputs(task: Delivery): readonly MissingOutput[] {
  return missingAmong(deliveredOutputs(task));
}

/** Those of a delivery that are missing. */
export function missingAmong(outputs: readonly StagedOutput[]): readonly MissingOutput[] {
  return outputs.flatMap((output, index) => (output.from === 'missing' ? [{ index, code: output.code, message: output.message }] : []));
}

/** What is to be said of the output at a position: a wish that could not be fulfilled; null: nothing. */
export function noticeOf(outputs: readonly StagedOutput[], index: number | null): string | null {
  const output = index === null ? undefined : outputs[index];
  return output?.from === 'stored' ? (output.notice ?? null) : null;
}

/** What the last attempt that delivered brought. */
export function deliveredOutputs(task: Delivery): readonly StagedOutput[] {
  return task.attempts.findLast(({ delivered }) => delivered !== null)?.delivered?.outputs ?? [];
}

/** True for an output that is neither kept as an asset nor given up: storing it can be tried (again). */
export function isOpen(output: StagedOutput): output is Exclude<StagedOutput, { from: 'stored' | 'missing' }> {
  return output.from !== 'stored' && output.from !== 'missing';
}

/** An output that cannot be had any more, with the reason. `isDelivered`: the provider made it, so that it counts in the price. */
export function missing(reason: { readonly code: ErrorCode; readonly message: string }, isDelivered: boolean): StagedOutput {
  return { from: 'missing', code: reason.code, message: reason.message, isDelivered, revisedPrompt: null };
}
