import type { Key } from '../../api/keys';
import { useMay } from '../../api/session';
import { useFormat } from '../../lib/format';
import { paths } from '../../lib/paths';
import { useText } from '../../lib/text';
import type common from '../../text/en/common.json';
import type words from '../../text/en/credentials.json';
import { IconButton } from '../../ui/button';
import { Chip } from '../../ui/chip';
import { Link } from '../../ui/link';
import { Menu, MenuItem, MenuLine } from '../../ui/menu';
import { Meter } from '../../ui/meter';
import { Table, type TableColumn } from '../../ui/table';
import css from './credentials.module.css';

export type KeyVerb = 'edit' | 'rotate' | 'freeze' | 'unfreeze' | 'revoke' | 'logs';

interface KeysTableProps {
  readonly rows: readonly Key[];
  readonly mayManage: boolean;
  readonly mayFreeze: boolean;
  readonly mayReadLogs: boolean;
  readonly onVerb: (verb: KeyVerb, row: Key) => void;
}

/** The credentials of a team: whose, for what, how much of its limit is used, and when it was last seen. */
export function KeysTable({ rows, mayManage, mayFreeze, mayReadLogs, onVerb }: KeysTableProps) {
  const text = useText<typeof words>('credentials');
  const shared = useText<typeof common>('common');
  const format = useFormat();
  const columns: readonly TableColumn<Key>[] = [
    { key: 'name', name: text('name'), cell: (row) => <Name row={row} /> },
    { key: 'class', name: text('class'), cell: (row) => <Chip>{text(`classes.${row.class}`)}</Chip> },
    { key: 'owner', name: text('owner'), cell: (row) => <Owner row={row} /> },
    { key: 'limit', name: text('limitUsed'), cell: (row) => <Limit row={row} /> },
    {
      key: 'used',
      name: text('lastUsed'),
      isFigure: true,
      cell: ({ last_used_at: at }) => (at === null ? <span className={css.faint}>{text('never')}</span> : <When at={at} />),
    },
    {
      key: 'expires',
      name: text('expiresColumn'),
      isFigure: true,
      cell: ({ expires_at: at }) => (at === null ? <span className={css.faint}>{text('noExpiry')}</span> : format.date(at)),
    },
    {
      key: 'verbs',
      name: text('actions'),
      isNameless: true,
      isFigure: true,
      cell: (row) => {
        const mayChange = mayManage && row.managed_by === 'api' && row.state !== 'revoked';
        const mayHold = mayFreeze && row.state !== 'revoked';
        if (!mayChange && !mayHold && !mayReadLogs) return null;
        return (
          <Menu button={<IconButton name={shared('verbs.actions', { name: row.name })} icon="more" size="dense" />}>
            {mayReadLogs ? (
              <MenuItem icon="logs" onPick={() => onVerb('logs', row)}>
                {text('itsCalls')}
              </MenuItem>
            ) : null}
            {mayChange ? (
              <>
                <MenuItem icon="draft" onPick={() => onVerb('edit', row)}>
                  {text('editVerb')}
                </MenuItem>
                <MenuItem icon="retry" onPick={() => onVerb('rotate', row)}>
                  {text('rotate')}
                </MenuItem>
              </>
            ) : null}
            {mayHold ? (
              <MenuItem icon={row.frozen ? 'unlock' : 'lock'} onPick={() => onVerb(row.frozen ? 'unfreeze' : 'freeze', row)}>
                {text(row.frozen ? 'unfreeze' : 'freeze')}
              </MenuItem>
            ) : null}
            {mayChange ? (
              <>
                <MenuLine />
                <MenuItem icon="cancelled" onPick={() => onVerb('revoke', row)}>
                  {text('revoke')}
                </MenuItem>
              </>
            ) : null}
          </Menu>
        );
      },
    },
  ];
  return <Table label={text('title')} columns={columns} rows={rows} keyOf={({ id }) => id} />;
}

function Name({ row }: { readonly row: Key }) {
  const text = useText<typeof words>('credentials');
  return (
    <span className={css.name}>
      <span>
        <strong className={row.state === 'active' ? undefined : css.stopped}>{row.name}</strong>{' '}
        {row.state === 'active' ? null : <Chip>{text(`states.${row.state}`)}</Chip>}
        {row.frozen ? <Chip>{text('frozen')}</Chip> : null}
        {row.managed_by === 'file' ? <Chip>{text('ofFile')}</Chip> : null}
      </span>
      {row.frozen ? <Frozen row={row} /> : null}
      {row.hint === '' ? <span className={css.faint}>{text('console')}</span> : <code>{row.hint}…</code>}
      {row.former_keys.length === 0 ? null : (
        <span className={css.faint}>
          {text('former', { count: row.former_keys.length, hints: row.former_keys.map(({ hint }) => `${hint}…`).join(', ') })}
        </span>
      )}
    </span>
  );
}

/** Why its requests are refused: what somebody wrote, or the incident that did it. */
function Frozen({ row: { frozen_by: by, frozen_reason: reason } }: { readonly row: Key }) {
  const text = useText<typeof words>('credentials');
  const maySee = useMay('incident.read');
  if (reason !== null) return <span className={css.why}>{reason}</span>;
  if (by === null || by === 'operator' || !maySee) return null;
  return <Link to={paths.incident(by)}>{text('frozenBy')}</Link>;
}

function Owner({ row }: { readonly row: Key }) {
  return (
    <span className={css.name}>
      <span>{row.owner ?? '–'}</span>
      {row.purpose === null && row.project === null ? null : (
        <span className={css.faint}>{[row.project, row.purpose].filter((part) => part !== null).join(' · ')}</span>
      )}
    </span>
  );
}

function Limit({ row }: { readonly row: Key }) {
  const text = useText<typeof words>('credentials');
  const format = useFormat();
  const { total_usd: total, monthly_usd: monthly, daily_usd: daily } = row.limits;
  const spent = format.money(row.spent_usd);
  const periods = [
    ...(monthly === null ? [] : [text('perMonth', { amount: format.money(monthly) })]),
    ...(daily === null ? [] : [text('perDay', { amount: format.money(daily) })]),
  ].join(' · ');
  return (
    <span className={css.limit}>
      <span className="figures">
        <strong>{spent}</strong> {total === null ? null : <span className={css.faint}>/ {format.money(total)}</span>}
      </span>
      {total === null ? null : (
        <Meter label={text('usedOf', { name: row.name })} value={Number(row.spent_usd)} held={Number(row.held_usd)} max={Number(total)} />
      )}
      {periods === '' ? null : <span className={css.faint}>{periods}</span>}
    </span>
  );
}

function When({ at }: { readonly at: string }) {
  const format = useFormat();
  return (
    <time dateTime={at} title={format.exactTime(at)}>
      {format.time(at)}
    </time>
  );
}
