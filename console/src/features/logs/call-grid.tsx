import { useMemo } from 'react';
import type { Call } from '../../api/logs';
import { useFormat, type Format } from '../../lib/format';
import { useText } from '../../lib/text';
import type words from '../../text/en/logs.json';
import { Grid, type Column } from '../../ui/grid';
import { Status } from '../../ui/status';
import css from './logs.module.css';

interface CallGridProps {
  readonly rows: readonly Call[];
  readonly openKey: string | undefined;
  readonly hasMore: boolean;
  readonly onEnd: () => void;
  readonly onPeek: (row: Call) => void;
  readonly onTop?: (isAtTop: boolean) => void;
}

/** Calls as rows to scan for the odd one. */
export function CallGrid({ rows, openKey, hasMore, onEnd, onPeek, onTop }: CallGridProps) {
  const text = useText<typeof words>('logs');
  const format = useFormat();
  const columns = useMemo((): readonly Column<Call>[] => {
    const base: readonly Column<Call>[] = [
      {
        key: 'at',
        name: text('columns.at'),
        width: '150px',
        cell: ({ at }) => (
          <time dateTime={at} title={format.exactTime(at)}>
            {format.stamp(at)}
          </time>
        ),
      },
      { key: 'status', name: text('columns.status'), width: 'minmax(170px, 1.3fr)', cell: (row) => <CallStatus row={row} /> },
      {
        key: 'model',
        name: text('columns.model'),
        width: 'minmax(0, 1.3fr)',
        cell: (row) => <span className={css.cut}>{modelOf(row)}</span>,
      },
    ];
    if (openKey !== undefined) return base;
    return [
      ...base,
      {
        key: 'provider',
        name: text('columns.provider'),
        width: 'minmax(0, 1fr)',
        cell: (row) => <span className={css.cut}>{row.provider ?? '–'}</span>,
      },
      {
        key: 'credential',
        name: text('columns.credential'),
        width: 'minmax(0, 1fr)',
        cell: (row) => <span className={css.cut}>{row.credential ?? '–'}</span>,
      },
      { key: 'cost', name: text('columns.cost'), width: '90px', isFigure: true, cell: (row) => format.money(row.cost_usd) },
      { key: 'took', name: text('columns.took'), width: '90px', isFigure: true, cell: (row) => tookOf(row, format) },
    ];
  }, [format, openKey, text]);
  return (
    <Grid
      label={text('title')}
      columns={columns}
      rows={rows}
      keyOf={({ id }) => id}
      openKey={openKey}
      rowHeight={44}
      card={(row) => (
        <div className={css.call}>
          <CallStatus row={row} />
          <span className={css.cut}>{modelOf(row)}</span>
          <span className={css.faint}>
            {row.credential ?? '–'} · {format.money(row.cost_usd)} · {format.stamp(row.at)}
          </span>
        </div>
      )}
      cardHeight={92}
      hasMore={hasMore}
      onEnd={onEnd}
      onOpen={onPeek}
      onPeek={onPeek}
      {...(onTop === undefined ? {} : { onTop })}
    />
  );
}

function CallStatus({ row }: { readonly row: Call }) {
  const more = row.error_code ?? (row.http_status === null ? undefined : String(row.http_status));
  return <Status status={row.status} more={more} />;
}

function modelOf({ model, served_model: served }: Call): string {
  return served === null || served === model ? model : `${model} → ${served}`;
}

export function tookOf({ latency_ms: { total } }: Call, format: Format): string {
  return total === null ? '–' : format.seconds(total);
}
