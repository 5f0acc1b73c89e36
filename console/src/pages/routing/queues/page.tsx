import { useQuery } from '@tanstack/react-query';
import { queuesQuery, type Queue } from '../../../api/routing';
import { Loaded } from '../../../features/loaded/loaded';
import css from '../../../features/routing/routing.module.css';
import { RoutingPage } from '../../../features/routing/routing-page';
import { useFormat } from '../../../lib/format';
import { useText } from '../../../lib/text';
import type words from '../../../text/en/routing.json';
import { State } from '../../../ui/states';
import { Table, type TableColumn } from '../../../ui/table';

export function Page() {
  const text = useText<typeof words>('routing');
  const format = useFormat();
  const queues = useQuery(queuesQuery);
  const age = (seconds: number | null): string => (seconds === null ? '–' : format.duration(seconds * 1_000));
  const figure = (value: number | null): string => (value === null ? '–' : format.number(value));
  const columns: readonly TableColumn<Queue>[] = [
    {
      key: 'name',
      name: text('queue'),
      cell: ({ name, loads }) => (
        <span className={css.what}>
          <strong>{name}</strong>
          {loads.map((load) => (
            <span key={`${load.kind} ${load.class ?? ''}`} className={css.faint}>
              {text('load', {
                kind: [load.kind, load.class].filter((part) => part !== null).join(' / '),
                waiting: load.waiting,
                running: load.running,
              })}
              {load.held_by_rate === 0 ? '' : ` · ${text('heldByRate', { count: load.held_by_rate })}`}
            </span>
          ))}
        </span>
      ),
    },
    { key: 'waiting', name: text('waiting'), isFigure: true, cell: ({ waiting }) => format.number(waiting) },
    { key: 'oldest', name: text('oldest'), isFigure: true, cell: ({ oldest_age_s: seconds }) => age(seconds) },
    { key: 'running', name: text('running'), isFigure: true, cell: ({ running }) => format.number(running) },
    { key: 'workers', name: text('workers'), isFigure: true, cell: ({ workers }) => figure(workers) },
    { key: 'capacity', name: text('capacity'), isFigure: true, cell: ({ capacity }) => figure(capacity) },
  ];
  return (
    <RoutingPage tab="queues">
      <Loaded query={queues}>
        {(rows) =>
          rows.length === 0 ? (
            <State icon="routing" title={text('noQueues')} />
          ) : (
            <Table label={text('tabs.queues')} columns={columns} rows={rows} keyOf={({ name }) => name} />
          )
        }
      </Loaded>
    </RoutingPage>
  );
}
