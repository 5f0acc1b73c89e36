import { useMemo } from 'react';
import type { Campaign } from '../../api/campaigns';
import { useTeam } from '../../api/session';
import { useFormat, type Format } from '../../lib/format';
import { useGo } from '../../lib/go';
import { paths } from '../../lib/paths';
import { useText, type Text } from '../../lib/text';
import type words from '../../text/en/campaigns.json';
import { Bar } from '../../ui/bar';
import { Grid, type Column } from '../../ui/grid';
import { Link } from '../../ui/link';
import { Status } from '../../ui/status';
import css from './campaign-grid.module.css';

interface CampaignGridProps {
  readonly rows: readonly Campaign[];
  readonly hasMore: boolean;
  readonly onEnd: () => void;
}

/** Campaigns as rows, or as cards on a phone. */
export function CampaignGrid({ rows, hasMore, onEnd }: CampaignGridProps) {
  const text = useText<typeof words>('campaigns');
  const format = useFormat();
  const team = useTeam();
  const go = useGo();
  const columns = useMemo(
    (): readonly Column<Campaign>[] => [
      {
        key: 'name',
        name: text('columns.name'),
        width: 'minmax(0, 2fr)',
        cell: (row) => (
          <Link className={css.name} to={paths.campaign(team, row.id)}>
            {nameOf(row, text, format)}
          </Link>
        ),
      },
      { key: 'status', name: text('columns.status'), width: '150px', cell: (row) => <RowStatus row={row} /> },
      { key: 'progress', name: text('columns.progress'), width: 'minmax(0, 1.4fr)', cell: (row) => <Progress row={row} text={text} /> },
      { key: 'cost', name: text('columns.cost'), width: '110px', isFigure: true, cell: ({ cost }) => format.money(cost.actual) },
      {
        key: 'created',
        name: text('columns.created'),
        width: '120px',
        isFigure: true,
        cell: (row) => (
          <time dateTime={row.created_at} title={format.exactTime(row.created_at)}>
            {format.time(row.created_at)}
          </time>
        ),
      },
    ],
    [format, team, text],
  );
  return (
    <Grid
      label={text('title')}
      columns={columns}
      rows={rows}
      keyOf={({ id }) => id}
      rowHeight={64}
      card={(row) => (
        <div className={css.card}>
          <strong className={css.name}>{nameOf(row, text, format)}</strong>
          <Progress row={row} text={text} />
          <span className={css.line}>
            <RowStatus row={row} />
            <span className={css.faint}>
              {format.money(row.cost.actual)} · {format.time(row.created_at)}
            </span>
          </span>
        </div>
      )}
      cardHeight={130}
      hasMore={hasMore}
      onEnd={onEnd}
      onOpen={({ id }) => go(paths.campaign(team, id))}
    />
  );
}

function nameOf({ name, created_at: at }: Campaign, text: Text<typeof words>, format: Format): string {
  return name ?? text('noName', { date: format.time(at) });
}

function RowStatus({ row }: { readonly row: Campaign }) {
  return <Status status={row.status} progress={row.progress} />;
}

function Progress({ row, text }: { readonly row: Campaign; readonly text: Text<typeof words> }) {
  const { total, succeeded, failed, cancelled, running } = row.counts;
  const share = (count: number): number => (total === 0 ? 0 : count / total);
  return (
    <span className={css.progress}>
      <Bar
        isThin
        label={text('columns.progress')}
        value={row.progress}
        parts={[
          { share: share(succeeded), tone: 'ink' },
          { share: share(running), tone: 'accent' },
          { share: share(failed), tone: 'danger' },
          { share: share(cancelled), tone: 'faint' },
        ]}
      />
      <span className={css.faint}>
        {text('done', { done: succeeded + failed + cancelled, total })}
        {failed === 0 ? null : <span className={css.failed}> · {text('failed', { count: failed })}</span>}
      </span>
    </span>
  );
}
