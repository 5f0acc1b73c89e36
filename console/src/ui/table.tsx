import type { ReactNode } from 'react';
import { names } from '../lib/names';
import css from './table.module.css';

export interface TableColumn<Row> {
  readonly key: string;
  readonly name: string;
  readonly isFigure?: boolean;
  /** The name is for screen readers alone. */
  readonly isNameless?: boolean;
  readonly cell: (row: Row) => ReactNode;
}

interface TableProps<Row> {
  readonly label: string;
  readonly columns: readonly TableColumn<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  /** The row that stands open. */
  readonly openKey?: string | undefined;
  readonly foot?: ReactNode;
}

/** A table to compare figures in: as long as its rows, it scrolls sideways inside itself. For lists without an end there is `Grid`. */
export function Table<Row>({ label, columns, rows, keyOf, openKey, foot }: TableProps<Row>) {
  return (
    <div className={css.frame} role="region" aria-label={label} tabIndex={0}>
      <table className={css.table}>
        <thead>
          <tr>
            {columns.map(({ key, name, isFigure, isNameless }) => (
              <th key={key} scope="col" className={isFigure === true ? css.figure : undefined}>
                <span className={isNameless === true ? 'unseen' : undefined}>{name}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)} className={names(keyOf(row) === openKey && css.open)}>
              {columns.map(({ key, isFigure, cell }) => (
                <td key={key} className={isFigure === true ? css.figure : undefined}>
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
        {foot === undefined ? null : <tfoot>{foot}</tfoot>}
      </table>
    </div>
  );
}
