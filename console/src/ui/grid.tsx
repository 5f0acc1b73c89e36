import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { useMedia, PHONE } from '../lib/media-query';
import { names } from '../lib/names';
import css from './grid.module.css';

export interface Column<Row> {
  readonly key: string;
  readonly name: string;
  /** A track of CSS grid: "minmax(0, 2fr)", "96px". */
  readonly width: string;
  readonly isFigure?: boolean;
  /** The name is for screen readers alone. */
  readonly isNameless?: boolean;
  readonly cell: (row: Row) => ReactNode;
}

interface GridProps<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  /** The row that stands open beside the list. */
  readonly openKey?: string | undefined;
  /** Pixels. */
  readonly rowHeight: number;
  /** On phones a row is a card. */
  readonly card: (row: Row) => ReactNode;
  readonly cardHeight: number;
  /** There are more rows than are here. */
  readonly hasMore: boolean;
  readonly onEnd: () => void;
  readonly onOpen: (row: Row) => void;
  readonly onPeek?: (row: Row) => void;
  /** Told whether the first row is in sight, whenever that changes. */
  readonly onTop?: (isAtTop: boolean) => void;
}

/** How many rows before the end the next page is asked for. */
const AHEAD = 15;

/** A table of any length of which only what is seen exists. One row has the focus; arrows, j and k, Home, End and Page keys move it. */
export function Grid<Row>(props: GridProps<Row>) {
  const { label, columns, rows, keyOf, openKey, rowHeight, card, cardHeight, hasMore, onEnd, onOpen, onPeek, onTop } = props;
  const isPhone = useMedia(PHONE);
  const scroller = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState(0);
  const wasAtTop = useRef(true);
  const height = isPhone ? cardHeight : rowHeight;
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 8,
    getItemKey: (index) => (rows[index] === undefined ? index : keyOf(rows[index])),
  });
  useEffect(() => virtual.measure(), [virtual, height]);
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && rows.length > 0 && last >= rows.length - AHEAD) onEnd();
  }, [hasMore, last, rows.length, onEnd]);

  function onScroll({ currentTarget }: { readonly currentTarget: HTMLElement }): void {
    const isAtTop = currentTarget.scrollTop < height / 2;
    if (isAtTop !== wasAtTop.current) onTop?.(isAtTop);
    wasAtTop.current = isAtTop;
  }

  function focusRow(index: number): void {
    const next = Math.max(0, Math.min(rows.length - 1, index));
    setAt(next);
    virtual.scrollToIndex(next);
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-index="${next}"]`)?.focus());
  }

  function onKeyDown(event: KeyboardEvent): void {
    // A control inside a row keeps its own keys.
    if (!(event.target instanceof HTMLElement) || event.target.role !== 'row') return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? height) / height) - 1);
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: 1,
      j: 1,
      ArrowUp: -1,
      k: -1,
      PageDown: page,
      PageUp: -page,
      Home: -at,
      End: rows.length,
    };
    const move = event.metaKey || event.ctrlKey || event.altKey ? undefined : moves[event.key];
    const row = rows[at];
    if (move !== undefined) focusRow(at + move);
    else if (event.key === 'Enter' && row !== undefined) onOpen(row);
    else if (event.key === ' ' && row !== undefined) onPeek?.(row);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  const template = { gridTemplateColumns: columns.map(({ width }) => width).join(' ') };
  return (
    <div className={css.grid} role="grid" aria-label={label} aria-rowcount={hasMore ? -1 : rows.length + 1} onKeyDown={onKeyDown}>
      <div className={names(css.row, css.head, isPhone && 'unseen')} role="row" aria-rowindex={1} style={template}>
        {columns.map((column) => (
          <span key={column.key} role="columnheader" className={column.isFigure === true ? css.figure : undefined}>
            <span className={column.isNameless === true ? 'unseen' : undefined}>{column.name}</span>
          </span>
        ))}
      </div>
      <div ref={scroller} className={css.body} role="rowgroup" {...(onTop === undefined ? {} : { onScroll })}>
        <div className={css.length} role="presentation" style={{ height: virtual.getTotalSize() }}>
          {items.map(({ index, key, start }) => {
            const row = rows[index];
            if (row === undefined) return null;
            const place = { transform: `translateY(${start}px)`, height };
            const shared = {
              role: 'row',
              'aria-rowindex': index + 2,
              'data-index': index,
              tabIndex: index === at ? 0 : -1,
              onFocus: () => setAt(index),
              ...(keyOf(row) === openKey ? { 'aria-selected': true } : {}),
            } as const;
            return isPhone ? (
              <div key={key} {...shared} className={css.card} style={place} onClick={() => onOpen(row)}>
                <div role="gridcell" aria-colspan={columns.length}>
                  {card(row)}
                </div>
              </div>
            ) : (
              <div
                key={key}
                {...shared}
                className={names(css.row, css.item)}
                style={{ ...template, ...place }}
                onClick={() => (onPeek ?? onOpen)(row)}
              >
                {columns.map((column) => (
                  <span key={column.key} role="gridcell" className={names(css.cell, column.isFigure === true && css.figure)}>
                    {column.cell(row)}
                  </span>
                ))}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}
