import { isUnderWay, type Backup } from '../../api/backups';
import { useFormat } from '../../lib/format';
import { useText } from '../../lib/text';
import type words from '../../text/en/backups.json';
import { Button } from '../../ui/button';
import { CopyText } from '../../ui/copy-text';
import { Status } from '../../ui/status';
import { Table, type TableColumn } from '../../ui/table';
import css from './backups.module.css';
import { Proof } from './proof';

interface BackupsTableProps {
  readonly rows: readonly Backup[];
  /** Null: the person may only look. */
  readonly onVerify: ((row: Backup) => void) | null;
}

/** Backups to compare: when, how they ended, what is in them, where they lie, and whether somebody proved them. */
export function BackupsTable({ rows, onVerify }: BackupsTableProps) {
  const text = useText<typeof words>('backups');
  const format = useFormat();
  const columns: readonly TableColumn<Backup>[] = [
    {
      key: 'when',
      name: text('when'),
      cell: (row) => (
        <>
          <strong title={format.exactTime(row.snapshot_at ?? row.created_at)}>{format.time(row.snapshot_at ?? row.created_at)}</strong>
          <span className={css.more}>{row.actor === 'cli' ? text('byCommand') : (row.actor_name ?? row.actor)}</span>
        </>
      ),
    },
    { key: 'status', name: text('status'), cell: (row) => <Outcome row={row} /> },
    {
      key: 'contents',
      name: text('contents'),
      cell: (row) => (
        <>
          {format.bytes(row.bytes)}
          <span className={css.more}>
            {text('rows', { count: row.rows, number: format.number(row.rows) })}
            {text('comma')}
            {text('objects', { count: row.objects, number: format.number(row.objects) })}
            {row.parts === null ? null : (
              <>
                {text('comma')}
                {text('parts', { count: row.parts, number: format.number(row.parts) })}
              </>
            )}
          </span>
          {row.missing_objects === null || row.missing_objects === 0 ? null : (
            <span className={css.warn}>{text('missing', { count: row.missing_objects, number: format.number(row.missing_objects) })}</span>
          )}
        </>
      ),
    },
    {
      key: 'place',
      name: text('place'),
      cell: ({ place, master_key: key }) => (
        <div className={css.place}>
          {place === null ? text('unknown') : <CopyText text={place} isWhole />}
          {key === null ? null : (
            <span className={css.more}>
              {text('masterKey')} <CopyText text={key} isWhole />
            </span>
          )}
        </div>
      ),
    },
    { key: 'verified', name: text('verified'), cell: (row) => <Proof row={row} /> },
    {
      key: 'verbs',
      name: text('verbs'),
      isNameless: true,
      isFigure: true,
      cell: (row) =>
        onVerify === null || row.status !== 'succeeded' || row.place === null ? null : (
          <Button
            size="dense"
            disabled={isUnderWay(row)}
            aria-label={text('verifyOne', { time: format.time(row.snapshot_at ?? row.created_at) })}
            onClick={() => onVerify(row)}
          >
            {text('verify')}
          </Button>
        ),
    },
  ];
  return <Table label={text('title')} columns={columns} rows={rows} keyOf={({ id }) => id} />;
}

/** How it ended; while it is made, how far it is. */
function Outcome({ row }: { readonly row: Backup }) {
  const text = useText<typeof words>('backups');
  const format = useFormat();
  const { status, error } = row;
  return (
    <>
      <Status status={status} />
      {status === 'running' && row.of_tables !== null ? (
        <span className={css.more}>
          {row.tables < row.of_tables || row.objects === 0
            ? text('ofTables', { done: format.number(row.tables), total: format.number(row.of_tables) })
            : text('copying', { count: row.objects, number: format.number(row.objects) })}
        </span>
      ) : null}
      {status === 'queued' ? <span className={css.more}>{text('waits')}</span> : null}
      {error === null ? null : (
        <span className={css.more} {...(error.code === 'interrupted' ? {} : { lang: 'en' })}>
          {error.code === 'interrupted' ? text('interrupted') : error.message}
        </span>
      )}
    </>
  );
}
