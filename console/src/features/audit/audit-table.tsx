import type { AuditEntry } from '../../api/audit';
import { useFormat } from '../../lib/format';
import { useText } from '../../lib/text';
import type words from '../../text/en/audit.json';
import { Table, type TableColumn } from '../../ui/table';
import css from './audit.module.css';

/** Who did what to what, with what it was before and after. */
export function AuditTable({ rows }: { readonly rows: readonly AuditEntry[] }) {
  const text = useText<typeof words>('audit');
  const format = useFormat();
  const columns: readonly TableColumn<AuditEntry>[] = [
    {
      key: 'at',
      name: text('at'),
      cell: ({ at }) => (
        <time dateTime={at} className={css.time}>
          {format.stamp(at)}
        </time>
      ),
    },
    {
      key: 'actor',
      name: text('actor'),
      cell: (row) => (
        <span className={css.two}>
          <span>{row.actor_name ?? row.actor}</span>
          <span className={css.faint}>{[text(`via.${row.via}`), row.ip].filter((part) => part !== null).join(' · ')}</span>
        </span>
      ),
    },
    { key: 'action', name: text('action'), cell: ({ action }) => <code>{action}</code> },
    { key: 'object', name: text('object'), cell: ({ object }) => <span className={css.object}>{object}</span> },
    { key: 'change', name: text('change'), cell: (row) => <Change row={row} /> },
  ];
  return <Table label={text('title')} columns={columns} rows={rows} keyOf={({ id }) => id} />;
}

function Change({ row }: { readonly row: AuditEntry }) {
  const text = useText<typeof words>('audit');
  const { before, after } = row;
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])].filter(
    (name) => JSON.stringify(before?.[name]) !== JSON.stringify(after?.[name]),
  );
  if (names.length === 0) return null;
  return (
    <details>
      <summary>{text('changes', { count: names.length })}</summary>
      <dl className={css.changes}>
        {names.map((name) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              {before === null ? null : <del>{shown(before[name])}</del>} {after === null ? null : <ins>{shown(after[name])}</ins>}
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

const shown = (value: unknown): string => (value === undefined ? '–' : typeof value === 'string' ? value : JSON.stringify(value));
