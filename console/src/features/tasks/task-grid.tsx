import { useMemo } from 'react';
import { useTeam } from '../../api/session';
import { hasEnded, wasFree } from '../../api/task-facts';
import type { TaskRow } from '../../api/tasks';
import { useFormat, type Format } from '../../lib/format';
import { useGo } from '../../lib/go';
import { contentUrl, thumbnailUrl } from '../../lib/media-url';
import { paths } from '../../lib/paths';
import { useText, type Text } from '../../lib/text';
import type words from '../../text/en/tasks.json';
import { Grid, type Column } from '../../ui/grid';
import { Link } from '../../ui/link';
import { Thumb } from '../../ui/media';
import { Status } from '../../ui/status';
import { causeOf, firstImage } from './facts';
import css from './task-grid.module.css';

interface TaskGridProps {
  readonly rows: readonly TaskRow[];
  readonly openKey: string | undefined;
  readonly hasMore: boolean;
  readonly onEnd: () => void;
  readonly onPeek: (row: TaskRow) => void;
}

/** Tasks as rows to scan, or as cards on a phone. */
export function TaskGrid({ rows, openKey, hasMore, onEnd, onPeek }: TaskGridProps) {
  const text = useText<typeof words>('tasks');
  const format = useFormat();
  const team = useTeam();
  const go = useGo();
  const columns = useMemo((): readonly Column<TaskRow>[] => {
    const base: readonly Column<TaskRow>[] = [
      { key: 'prompt', name: text('columns.prompt'), width: 'minmax(0, 3fr)', cell: (row) => <Prompt row={row} /> },
      { key: 'status', name: text('columns.status'), width: 'minmax(196px, 1.4fr)', cell: (row) => <RowStatus row={row} /> },
      { key: 'model', name: text('columns.model'), width: 'minmax(0, 1.1fr)', cell: (row) => <span className={css.cut}>{row.model}</span> },
    ];
    // Beside an open task there is no room for the rest.
    if (openKey !== undefined) return base;
    return [
      ...base,
      { key: 'output', name: text('columns.output'), width: '110px', cell: (row) => outputOf(row, text) },
      {
        key: 'by',
        name: text('columns.by'),
        width: 'minmax(0, 1fr)',
        cell: (row) => <span className={css.cut}>{row.credential.name}</span>,
      },
      { key: 'cost', name: text('columns.cost'), width: '100px', isFigure: true, cell: (row) => costOf(row, text, format) },
      {
        key: 'time',
        name: text('columns.time'),
        width: '92px',
        isFigure: true,
        cell: (row) => (
          <time dateTime={row.created_at} title={format.exactTime(row.created_at)}>
            {format.time(row.created_at)}
          </time>
        ),
      },
    ];
  }, [format, openKey, text]);
  return (
    <Grid
      label={text('title')}
      columns={columns}
      rows={rows}
      keyOf={(row) => row.id}
      openKey={openKey}
      rowHeight={64}
      card={(row) => <Card row={row} text={text} format={format} />}
      cardHeight={116}
      hasMore={hasMore}
      onEnd={onEnd}
      onOpen={(row) => go(paths.task(team, row.id))}
      onPeek={onPeek}
    />
  );
}

function Prompt({ row }: { readonly row: TaskRow }) {
  const team = useTeam();
  const text = useText<typeof words>('tasks');
  const { prompt } = row;
  return (
    <span className={css.prompt}>
      <RowThumb row={row} />
      <Link to={paths.task(team, row.id)} className={css.cut}>
        {prompt === null || prompt === '' ? text('noPrompt') : prompt}
      </Link>
    </span>
  );
}

function RowThumb({ row, size = 48 }: { readonly row: TaskRow; readonly size?: number }) {
  const team = useTeam();
  const image = firstImage(row);
  const src = image === null ? null : image.thumbnail_url === null ? contentUrl(team, image.id) : thumbnailUrl(team, image.id);
  const icon = row.type === 'text' ? 'text' : row.error === null ? row.type : 'noImage';
  return <Thumb src={src} alt="" icon={icon} size={size} />;
}

function RowStatus({ row }: { readonly row: TaskRow }) {
  const text = useText<typeof words>('tasks');
  const format = useFormat();
  const cause = causeOf(row);
  const more = hasEnded(row)
    ? cause === null
      ? fellBack(row)
        ? text('fellBack')
        : undefined
      : text(`causes.${cause}`)
    : row.status === 'running'
      ? format.percent(row.progress)
      : undefined;
  return <Status status={row.status} progress={row.progress} more={more} />;
}

function Card({ row, text, format }: { readonly row: TaskRow; readonly text: Text<typeof words>; readonly format: Format }) {
  const { prompt } = row;
  return (
    <div className={css.card}>
      <RowThumb row={row} size={92} />
      <div className={css.words}>
        <strong className={css.two}>{prompt === null || prompt === '' ? text('noPrompt') : prompt}</strong>
        <span className={css.line}>
          <RowStatus row={row} />
          <span className={css.cut}>{row.model}</span>
        </span>
        <span className={css.faint}>
          {costOf(row, text, format)} · {format.time(row.created_at)}
        </span>
      </div>
    </div>
  );
}

const fellBack = ({ routing }: TaskRow): boolean => new Set(routing.attempts.map(({ provider }) => provider)).size > 1;

function outputOf({ type, output, outputs }: TaskRow, text: Text<typeof words>): string {
  if (type === 'text') return text('outputs.text');
  const count = outputs.length === 0 ? (typeof output['n'] === 'number' ? output['n'] : 1) : outputs.length;
  if (type === 'image') return text('outputs.image', { count });
  const seconds = outputs[0]?.duration_s ?? (typeof output['duration_s'] === 'number' ? output['duration_s'] : null);
  return seconds === null ? text('outputs.video') : text('outputs.seconds', { seconds });
}

function costOf(row: TaskRow, text: Text<typeof words>, format: Format): string {
  const { actual, reserved } = row.cost;
  if (!hasEnded(row)) return text('held', { amount: format.money(reserved) });
  if (row.status !== 'succeeded' && wasFree(row)) return text('notCharged');
  return format.money(actual ?? '0');
}
