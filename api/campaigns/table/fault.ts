import { AppError } from '../../../domain/errors';

/** What is wrong with a spreadsheet as a whole: no item can be named. */
export interface TableFault {
  readonly line: number | null;
  /** Title of the column. */
  readonly column?: string;
  readonly message: string;
}

/** The error of a spreadsheet that can't be read. */
export function tableFault(...faults: readonly [TableFault, ...TableFault[]]): AppError {
  const [{ line, message }] = faults;
  const place = line === null ? '' : `Line ${line}: `;
  const details = faults.map((fault) => ({
    index: null,
    key: null,
    line: fault.line,
    column: fault.column ?? null,
    param: null,
    message: fault.message,
  }));
  return new AppError('invalid_campaign_items', `${place}${message} Nothing was stored.`, { param: 'items', details });
}
