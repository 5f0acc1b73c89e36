import type { Provider } from '../../api/routing';
import { useFormat } from '../../lib/format';
import { useText } from '../../lib/text';
import type words from '../../text/en/routing.json';
import { Button } from '../../ui/button';
import { Chip } from '../../ui/chip';
import { Switch } from '../../ui/switch';
import { Table, type TableColumn } from '../../ui/table';
import { Balances } from './balances';
import { Breaker, conditionOf } from './breaker';
import css from './routing.module.css';

interface ProvidersTableProps {
  readonly rows: readonly Provider[];
  readonly mayManage: boolean;
  readonly onSwitch: (row: Provider, enabled: boolean) => void;
  readonly onReset: (row: Provider) => void;
  readonly onTest: (row: Provider) => void;
  readonly onRemove: (row: Provider) => void;
}

/** Providers with how they fare, their keys by their ends, and what can be done. */
export function ProvidersTable({ rows, mayManage, onSwitch, onReset, onTest, onRemove }: ProvidersTableProps) {
  const text = useText<typeof words>('routing');
  const format = useFormat();
  const columns: readonly TableColumn<Provider>[] = [
    {
      key: 'name',
      name: text('provider'),
      cell: ({ name, kind, base_url: address, managed_by: by }) => (
        <span className={css.what}>
          <strong>{name}</strong>
          <span className={css.faint}>{[kind, address].filter((part) => part !== undefined).join(' · ')}</span>
          {by === 'file' ? <Chip>{text('ofFile')}</Chip> : null}
        </span>
      ),
    },
    {
      key: 'state',
      name: text('state'),
      cell: (row) => {
        const [trouble] = row.breakers.filter(({ state }) => state !== 'closed');
        return (
          <span className={css.what}>
            <Breaker condition={conditionOf(row)} />
            {trouble?.last_error === null || trouble === undefined ? null : <span className={css.faint}>{trouble.last_error}</span>}
            {trouble?.next_probe_at === null || trouble === undefined ? null : (
              <span className={css.faint}>{text('nextTry', { time: format.clock(trouble.next_probe_at) })}</span>
            )}
          </span>
        );
      },
    },
    {
      key: 'keys',
      name: text('keys'),
      cell: ({ keys }) =>
        keys.map(({ name, hints }) => (
          <div key={name}>
            {name} <code className={css.faint}>{Object.values(hints).join(' ')}</code>
          </div>
        )),
    },
    {
      key: 'rate',
      name: text('success'),
      isFigure: true,
      cell: ({ health }) => (health.success_rate === null ? '–' : format.percent1(health.success_rate)),
    },
    {
      key: 'p50',
      name: text('usual'),
      isFigure: true,
      cell: ({ health }) => (health.latency_ms_p50 === null ? '–' : format.seconds(health.latency_ms_p50)),
    },
    { key: 'left', name: text('left'), isFigure: true, cell: ({ health }) => <Balances balances={health.balances} /> },
    {
      key: 'verbs',
      name: text('verbs'),
      isNameless: true,
      isFigure: true,
      cell: (row) =>
        mayManage ? (
          <span className={css.verbs}>
            <Switch label={text('isOn')} isOn={row.enabled} onChange={(on) => onSwitch(row, on)} />
            <Button size="dense" icon="play" aria-label={text('testOne', { name: row.name })} onClick={() => onTest(row)}>
              {text('test')}
            </Button>
            {row.breakers.some(({ state }) => state !== 'closed') ? (
              <Button size="dense" icon="retry" aria-label={text('resetOne', { name: row.name })} onClick={() => onReset(row)}>
                {text('reset')}
              </Button>
            ) : null}
            {row.managed_by === 'api' ? (
              <Button size="dense" kind="quiet" aria-label={text('removeOne', { name: row.name })} onClick={() => onRemove(row)}>
                {text('remove')}
              </Button>
            ) : null}
          </span>
        ) : null,
    },
  ];
  return <Table label={text('tabs.providers')} columns={columns} rows={rows} keyOf={({ name }) => name} />;
}
