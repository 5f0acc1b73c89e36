import type { Alert } from '../../api/alerts';
import { useFormat } from '../../lib/format';
import { useText, type Text } from '../../lib/text';
import type words from '../../text/en/alerts.json';
import { Button } from '../../ui/button';
import { Chip } from '../../ui/chip';
import { Switch } from '../../ui/switch';
import { Table, type TableColumn } from '../../ui/table';
import css from './alerts.module.css';
import { hostOf } from './host-of';

interface RulesTableProps {
  readonly rows: readonly Alert[];
  readonly mayManage: boolean;
  readonly onSwitch: (row: Alert, enabled: boolean) => void;
  readonly onEdit: (row: Alert) => void;
  readonly onTest: (row: Alert) => void;
  readonly onDelete: (row: Alert) => void;
}

/** Rules as sentences: when, about what, whom it tells, and what it does. */
export function RulesTable({ rows, mayManage, onSwitch, onEdit, onTest, onDelete }: RulesTableProps) {
  const text = useText<typeof words>('alerts');
  const format = useFormat();
  const columns: readonly TableColumn<Alert>[] = [
    {
      key: 'name',
      name: text('name'),
      cell: (row) => (
        <span className={css.what}>
          <strong>{row.name}</strong>
          <span className={css.faint}>{sentenceOf(row, text)}</span>
          {row.failure === null ? null : (
            <span className={css.failing}>
              {text('notLooked', { time: format.time(row.failure.since) })} {text(`failures.${row.failure.code}`)}
            </span>
          )}
        </span>
      ),
    },
    {
      key: 'tells',
      name: text('tells'),
      cell: ({ channels }) =>
        channels.length === 0
          ? text('tellsNobody')
          : channels.map(({ type, to, url }) => (
              <div key={`${type} ${String(to ?? url)}`}>
                {text(`channels.${type}`)} <span className={css.faint}>{hostOf(to ?? url)}</span>
              </div>
            )),
    },
    {
      key: 'does',
      name: text('does'),
      cell: ({ actions }) =>
        actions.filter((action) => action !== 'notify').map((action) => <Chip key={action}>{text(`actions.${action}`)}</Chip>),
    },
    {
      key: 'verbs',
      name: text('verbs'),
      isNameless: true,
      isFigure: true,
      cell: (row) =>
        row.managed_by === 'file' ? (
          <Chip>{text('ofFile')}</Chip>
        ) : mayManage ? (
          <span className={css.verbs}>
            <Switch label={text('isOn')} isOn={row.enabled} onChange={(on) => onSwitch(row, on)} />
            <Button size="dense" icon="draft" aria-label={text('editOne', { name: row.name })} onClick={() => onEdit(row)}>
              {text('edit')}
            </Button>
            <Button size="dense" icon="send" aria-label={text('testOne', { name: row.name })} onClick={() => onTest(row)}>
              {text('test')}
            </Button>
            <Button size="dense" kind="quiet" aria-label={text('deleteOne', { name: row.name })} onClick={() => onDelete(row)}>
              {text('delete')}
            </Button>
          </span>
        ) : (
          text(row.enabled ? 'on' : 'off')
        ),
    },
  ];
  return <Table label={text('tabs.rules')} columns={columns} rows={rows} keyOf={({ id }) => id} />;
}

function sentenceOf({ rule, team, credential, provider, model, thresholds, below, currency }: Alert, text: Text<typeof words>): string {
  const about = [team, credential, provider, model].filter((part) => part !== null).join(' / ');
  return `${text(`rules.${rule}`)} · ${text(`units.${rule}`, { at: below === null ? thresholds.join(', ') : `${below} ${currency ?? ''}` })} · ${about === '' ? text('aboutAll') : about}`;
}
