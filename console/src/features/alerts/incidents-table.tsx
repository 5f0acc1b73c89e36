import type { Incident } from '../../api/alerts';
import { useFormat } from '../../lib/format';
import { paths } from '../../lib/paths';
import { useText } from '../../lib/text';
import type words from '../../text/en/alerts.json';
import { Button } from '../../ui/button';
import { Link } from '../../ui/link';
import { Severity } from '../../ui/severity';
import { Table, type TableColumn } from '../../ui/table';
import css from './alerts.module.css';

interface IncidentsTableProps {
  readonly rows: readonly Incident[];
  /** Null: the person only looks. */
  readonly onAcknowledge: ((row: Incident) => void) | null;
}

export function IncidentsTable({ rows, onAcknowledge }: IncidentsTableProps) {
  const text = useText<typeof words>('alerts');
  const format = useFormat();
  const columns: readonly TableColumn<Incident>[] = [
    { key: 'severity', name: text('severity'), cell: (row) => <Severity severity={row.severity} isOver={row.state === 'resolved'} /> },
    {
      key: 'what',
      name: text('what'),
      cell: (row) => (
        <span className={css.what}>
          <Link to={paths.incident(row.id)}>{row.title}</Link>
          <span className={css.faint}>{text(`rules.${row.rule}`)}</span>
        </span>
      ),
    },
    { key: 'state', name: text('state'), cell: ({ state }) => text(`states.${state}`) },
    {
      key: 'since',
      name: text('since'),
      isFigure: true,
      cell: ({ opened_at: at }) => (
        <time dateTime={at} title={format.exactTime(at)}>
          {format.time(at)}
        </time>
      ),
    },
    ...(onAcknowledge === null
      ? []
      : ([
          {
            key: 'verbs',
            name: text('acknowledge'),
            isNameless: true,
            isFigure: true,
            cell: (row) =>
              row.state === 'open' ? (
                <Button size="dense" aria-label={text('acknowledgeOne', { title: row.title })} onClick={() => onAcknowledge(row)}>
                  {text('acknowledge')}
                </Button>
              ) : null,
          },
        ] satisfies TableColumn<Incident>[])),
  ];
  return <Table label={text('tabs.incidents')} columns={columns} rows={rows} keyOf={({ id }) => id} />;
}
