import type { AppError, ErrorCode } from '../../../domain/errors';
import { secretsOf, type Provider } from '../../../domain/provider/catalogue';
import { authorizeByKey } from './api-key';
import { createConnection, type Connection } from './connection';
import type { HttpAnswer } from './exchange';
import type { HttpClient } from './http-client';
import { parseJson } from './json';
import { codeOfFault, codeOfLateFault, errorOfFault, readFault, type ProviderFault } from './provider-error';
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

/** A vendor that tells its failures by codes of its own. */
export interface CodedVendor {
  readonly connection: Connection;
  readonly reader: CodeReader;
  /** How often a job is looked at, in milliseconds. */
  readonly pollAfterMs: number;
}

/**
 * Reaches such a vendor with its key.
 * @param by - `pollMs`: unless the configuration says; `faultOf`: reads the body of a failure, default: the usual shapes
 */
export function connectByCodes(
  provider: Provider,
  client: HttpClient,
  by: { readonly codes: VendorCodes; readonly pollMs: number; readonly faultOf?: (body: unknown) => ProviderFault },
): CodedVendor {
  const { codes, pollMs, faultOf = readFault } = by;
  const reader = readerOf({ name: provider.name, secrets: secretsOf(provider) }, codes);
  const connection = createConnection(provider, client, {
    authorize: authorizeByKey(provider),
    errorOf: (answer, effect) => reader.ofAnswer(answer, faultOf(parseJson(answer.body)), effect),
  });
  return { connection, reader, pollAfterMs: provider.pollMs ?? pollMs };
}
