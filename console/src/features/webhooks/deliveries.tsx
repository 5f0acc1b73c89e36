import { useErrorText } from '../../api/errors';
import { useMayHere } from '../../api/session';
import { useRedeliverOne, type Delivery } from '../../api/webhooks';
import { useFormat } from '../../lib/format';
import { paths } from '../../lib/paths';
import { useText } from '../../lib/text';
import type words from '../../text/en/webhooks.json';
import { note } from '../../ui/announce';
import { Button } from '../../ui/button';
import { Link } from '../../ui/link';
import { Status } from '../../ui/status';
import { Table, type TableColumn } from '../../ui/table';
import css from './webhooks.module.css';

/** What was sent to an endpoint, each with its last try. */
export function Deliveries({ team, rows }: { readonly team: string; readonly rows: readonly Delivery[] }) {
  const text = useText<typeof words>('webhooks');
  const format = useFormat();
  const errorText = useErrorText();
  const mayManage = useMayHere('webhook.manage');
  const redeliver = useRedeliverOne(team);
  const again = (row: Delivery): void =>
    redeliver.mutate(
      { id: row.endpoint_id, delivery: row.id },
      { onSuccess: () => note(text('sentAgain')), onError: (error) => note(errorText(error)) },
    );
  const columns: readonly TableColumn<Delivery>[] = [
    {
      key: 'event',
      name: text('event'),
      cell: (row) => (
        <span className={css.endpoint}>
          <strong>{row.type}</strong>
          {row.task_id === null ? <code>{row.event_id}</code> : <Link to={paths.task(team, row.task_id)}>{text('run')}</Link>}
        </span>
      ),
    },
    {
      key: 'status',
      name: text('state'),
      cell: (row) => (
        <Status
          status={row.status}
          more={row.next_attempt_at === null ? undefined : text('next', { time: format.time(row.next_attempt_at) })}
        />
      ),
    },
    {
      key: 'try',
      name: text('lastTry'),
      cell: ({ attempts }) => {
        const last = attempts.at(-1);
        if (last === undefined) return '–';
        return (
          <span className={css.endpoint}>
            <span>
              {last.status_code ?? last.error} · {format.seconds(last.duration_ms)} · {text('tries', { count: attempts.length })}
            </span>
            {last.response_excerpt === null || last.response_excerpt === '' ? null : (
              <code className={css.excerpt}>{last.response_excerpt}</code>
            )}
          </span>
        );
      },
    },
    { key: 'at', name: text('at'), isFigure: true, cell: (row) => <time dateTime={row.created_at}>{format.time(row.created_at)}</time> },
    ...(mayManage
      ? ([
          {
            key: 'verbs',
            name: text('redeliver'),
            isNameless: true,
            isFigure: true,
            cell: (row) => (
              <Button size="dense" icon="retry" aria-label={text('redeliverOne', { type: row.type })} onClick={() => again(row)}>
                {text('redeliver')}
              </Button>
            ),
          },
        ] satisfies TableColumn<Delivery>[])
      : []),
  ];
  return <Table label={text('deliveries')} columns={columns} rows={rows} keyOf={({ id }) => id} />;
}
