import type { AppError, ErrorCode } from '../../../domain/errors';
import type { Connection } from './connection';
import type { HttpAnswer } from './exchange';
import { codeOfFault, codeOfLateFault, errorOfFault, type ProviderFault } from './provider-error';
import { retryAfterMs } from './retry-after';
import type { Effect } from './transport-error';

/** A vendor's own codes and ours; one that ends before a dot stands for all that go on after it (`Throttling` for `Throttling.RateQuota`). */
export type VendorCodes = Readonly<Record<string, ErrorCode>>;

/** Reads a vendor's failures by its own codes. */
export interface CodeReader {
  /** The error of an answer whose status says that it failed; a code that is not in the table is read by its parts and the status. */
  ofAnswer(answer: HttpAnswer, fault: ProviderFault, effect: Effect): AppError;
  /** The error inside a successful answer: of a call, a job, or one of its results. */
  inside(fault: ProviderFault, what?: string): AppError;
}

export function readerOf({ name, secrets }: Pick<Connection, 'name' | 'secrets'>, table: VendorCodes): CodeReader {
  const known = ({ codes }: ProviderFault): ErrorCode | undefined =>
    codes.flatMap((code) => [table[code], table[code.split('.')[0] ?? '']]).find((code) => code !== undefined);
  return {
    ofAnswer(answer, fault, effect) {
      const code = known(fault) ?? codeOfFault(answer.status, fault.codes, effect);
      return errorOfFault(code, fault, `Provider ${name} answered ${answer.status}`, secrets, retryAfterMs(answer.headers, Date.now()));
    },
    inside: (fault, what = `Provider ${name} reported an error`) =>
      errorOfFault(known(fault) ?? codeOfLateFault(fault), fault, what, secrets),
  };
}
