import type { Endpoint } from '../../api/webhooks';
import { useFormat } from '../../lib/format';
import { paths } from '../../lib/paths';
import { useText } from '../../lib/text';
import type words from '../../text/en/webhooks.json';
import { Chip } from '../../ui/chip';
import { Link } from '../../ui/link';
import { Table, type TableColumn } from '../../ui/table';
import css from './webhooks.module.css';

export function EndpointsTable({ team, rows }: { readonly team: string; readonly rows: readonly Endpoint[] }) {
  const text = useText<typeof words>('webhooks');
  const format = useFormat();
  const columns: readonly TableColumn<Endpoint>[] = [
    {
      key: 'name',
      name: text('name'),
      cell: (row) => (
        <span className={css.endpoint}>
          <Link to={paths.webhook(team, row.id)}>
            <strong>{row.name}</strong>
          </Link>
          <code>{row.url}</code>
        </span>
      ),
    },
    {
      key: 'events',
      name: text('events'),
      cell: ({ event_types: types }) => (
        <span className={css.chips}>
          {types.map((type) => (
            <Chip key={type}>{type}</Chip>
          ))}
        </span>
      ),
    },
    { key: 'state', name: text('state'), cell: (row) => <EndpointState endpoint={row} /> },
    { key: 'made', name: text('made'), isFigure: true, cell: (row) => format.date(new Date(row.created_at * 1_000).toISOString()) },
  ];
  return <Table label={text('title')} columns={columns} rows={rows} keyOf={({ id }) => id} />;
}

/** Works, fails for a while, or is switched off and why. */
export function EndpointState({ endpoint }: { readonly endpoint: Endpoint }) {
  const text = useText<typeof words>('webhooks');
  const format = useFormat();
  const { enabled, disabled_reason: reason, failing_since: failing } = endpoint;
  if (!enabled) return <span className={css.off}>{text(`off.${reason ?? 'requested'}`)}</span>;
  if (failing !== null)
    return <span className={css.failing}>{text('failing', { time: format.time(new Date(failing * 1_000).toISOString()) })}</span>;
  return <span>{text('on')}</span>;
}
