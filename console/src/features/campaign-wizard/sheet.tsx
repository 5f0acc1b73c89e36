import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState } from 'react';
import { names } from '../../lib/names';
import type { Table } from '../../lib/table';
import { useText } from '../../lib/text';
import type words from '../../text/en/campaign-new.json';
import { Input } from '../../ui/input';
import { Select, type Choice } from '../../ui/select';
import type { RowFault } from './faults';
import css from './sheet.module.css';

interface SheetProps {
  readonly table: Table;
  readonly mapping: Readonly<Record<string, string | null>>;
  readonly choices: readonly Choice[];
  readonly faults: ReadonlyMap<number, readonly RowFault[]>;
  /** What is wrong with a cell, in words. */
  readonly wordsOf: (fault: RowFault, cell: string) => string;
  readonly isOnlyBad: boolean;
  readonly onMap: (title: string, target: string | null) => void;
  readonly onCell: (row: number, column: number, value: string) => void;
}

const ROW = 40;
const BAD_ROW = 68;

/** The rows of a file as they are, of which only what is seen exists: where each column goes, and the cells that don't fit, to be mended. */
export function Sheet({ table, mapping, choices, faults, wordsOf, isOnlyBad, onMap, onCell }: SheetProps) {
  const text = useText<typeof words>('campaign-new');
  const scroller = useRef<HTMLDivElement>(null);
  /** Rows with cells that are being mended stay open, also when they fit by now. */
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const isOpen = (row: number): boolean => faults.has(row + 1) || [...touched].some((cell) => cell.startsWith(`${row}:`));
  const shown = table.rows.map((_, row) => row).filter((row) => !isOnlyBad || isOpen(row));
  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (isOpen(shown[index] ?? 0) ? BAD_ROW : ROW),
    overscan: 8,
  });
  useEffect(() => virtual.measure(), [virtual, faults, touched, isOnlyBad]);
  const widths = table.titles.map((_, column) => (isLong(table, column) ? 'minmax(300px, 2.4fr)' : 'minmax(150px, 1fr)'));
  const template = { gridTemplateColumns: `52px ${widths.join(' ')}` };
  return (
    <div
      ref={scroller}
      className={css.sheet}
      role="table"
      aria-label={text('columns.sheet')}
      aria-rowcount={table.rows.length + 1}
      tabIndex={0}
    >
      <div role="rowgroup" className={css.head}>
        <div role="row" aria-rowindex={1} className={css.row} style={template}>
          <span role="columnheader">{text('columns.row')}</span>
          {table.titles.map((title) => (
            <span key={title} role="columnheader" className={css.title}>
              <span className={css.cut} title={title}>
                {title}
              </span>
              <Select
                label={text('columns.goesTo', { column: title })}
                value={mapping[title] ?? ''}
                onChange={(target) => onMap(title, target === '' ? null : target)}
                choices={choices}
              />
            </span>
          ))}
        </div>
      </div>
      <div role="rowgroup" className={css.body} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start, size }) => {
          const row = shown[index] ?? 0;
          const own = faults.get(row + 1) ?? [];
          return (
            <div
              key={row}
              role="row"
              aria-rowindex={row + 2}
              className={names(css.row, css.item)}
              style={{ ...template, height: size, transform: `translateY(${start}px)` }}
            >
              <span role="rowheader" className={css.number} title={own.find(({ column }) => column === null)?.message}>
                {row + 2}
              </span>
              {table.titles.map((title, column) => {
                const cell = table.rows[row]?.[column] ?? '';
                const fault = own.find((one) => one.column === title);
                const at = `${row}:${column}`;
                const isLeftOut = (mapping[title] ?? null) === null;
                return (
                  <span key={title} role="cell" className={names(css.cell, fault !== undefined && css.bad, isLeftOut && css.leftOut)}>
                    {fault === undefined && !touched.has(at) ? (
                      <span className={css.cut} title={cell}>
                        {cell}
                      </span>
                    ) : (
                      <>
                        <Input
                          aria-label={text('columns.cell', { column: title, row: row + 2 })}
                          aria-invalid={fault !== undefined}
                          {...(fault === undefined ? {} : { 'aria-describedby': `fault-${at}` })}
                          value={cell}
                          onChange={(event) => {
                            if (!touched.has(at)) setTouched(new Set([...touched, at]));
                            onCell(row, column, event.target.value);
                          }}
                        />
                        {fault === undefined ? null : (
                          <span id={`fault-${at}`} className={css.fault} title={fault.message}>
                            {wordsOf(fault, cell)}
                          </span>
                        )}
                      </>
                    )}
                  </span>
                );
              })}
            </div>
          );
        })}
      </div>
    </div>
  );
}

const SAMPLE = 20;
const LONG = 28;

/** Columns of sentences get more room than those of codes. */
function isLong({ rows }: Table, column: number): boolean {
  return rows.slice(0, SAMPLE).some((cells) => (cells[column] ?? '').length > LONG);
}
