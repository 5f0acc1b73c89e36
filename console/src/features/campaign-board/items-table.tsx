import { useCallback, useMemo, useState } from 'react';
import { isEditable } from '../../api/campaign-items';
import { ITEMS_AT_ONCE, type Campaign, type CampaignItem, type ItemStatus } from '../../api/campaigns';
import { useCodeText } from '../../api/errors';
import { useTeam } from '../../api/session';
import { useGo } from '../../lib/go';
import { paths } from '../../lib/paths';
import { useText } from '../../lib/text';
import type words from '../../text/en/campaigns.json';
import { Button } from '../../ui/button';
import { Grid, type Column } from '../../ui/grid';
import { Thumb } from '../../ui/media';
import { Status } from '../../ui/status';
import { imageOf } from './item-look';
import css from './board.module.css';
import { useItems } from './use-items';

interface ItemsTableProps {
  readonly campaign: Campaign;
  readonly status: ItemStatus | null;
  /** Null: the person may only look. */
  readonly onEdit: ((item: CampaignItem) => void) | null;
}

/** Items as rows, with why they failed, and the way to put them right. */
export function ItemsTable({ campaign, status, onEdit }: ItemsTableProps) {
  const text = useText<typeof words>('campaigns');
  const codeText = useCodeText();
  const team = useTeam();
  const go = useGo();
  const [wanted, setWanted] = useState(ITEMS_AT_ONCE);
  const items = useItems(campaign, status, { from: Math.max(0, wanted - 2 * ITEMS_AT_ONCE), to: wanted - 1 });
  const rows = Array.from({ length: items.loaded }, (_, index) => items.at(index)).filter((item) => item !== undefined);
  const { status: state } = campaign;
  const edit = useCallback(
    (item: CampaignItem) =>
      onEdit === null || !isEditable({ status: state }, item) ? null : (
        <Button
          size="dense"
          aria-label={text('edit.title', { key: item.key })}
          onClick={(event) => {
            event.stopPropagation();
            onEdit(item);
          }}
        >
          {text('edit.verb')}
        </Button>
      ),
    [onEdit, state, text],
  );
  const columns = useMemo(
    (): readonly Column<CampaignItem>[] => [
      {
        key: 'key',
        name: text('columnsOfItems.key'),
        width: 'minmax(0, 1.4fr)',
        cell: (item) => (
          <span className={css.keyed}>
            <Thumb src={imageOf(team, item)} alt="" size={36} />
            <code className={css.cut}>{item.key}</code>
          </span>
        ),
      },
      { key: 'status', name: text('columnsOfItems.status'), width: '150px', cell: (item) => <Status status={item.status} /> },
      {
        key: 'why',
        name: text('columnsOfItems.why'),
        width: 'minmax(0, 2fr)',
        cell: ({ error }) => <span className={css.cut}>{error === null ? '' : (codeText(error.code) ?? error.message)}</span>,
      },
      { key: 'verbs', name: text('columnsOfItems.verbs'), isNameless: true, isFigure: true, width: '84px', cell: edit },
    ],
    [codeText, edit, team, text],
  );
  const open = (item: CampaignItem): void => {
    if (item.task_id !== null) go(paths.task(team, item.task_id));
  };
  return (
    <Grid
      label={text('board.table')}
      columns={columns}
      rows={rows}
      keyOf={({ key }) => key}
      rowHeight={52}
      card={(item) => (
        <div className={css.card}>
          <Thumb src={imageOf(team, item)} alt="" size={56} />
          <span className={css.cardWords}>
            <code className={css.cut}>{item.key}</code>
            <Status status={item.status} />
          </span>
          {edit(item)}
        </div>
      )}
      cardHeight={84}
      hasMore={items.loaded < items.count}
      onEnd={() => {
        if (items.loaded >= wanted) setWanted(wanted + ITEMS_AT_ONCE);
      }}
      onOpen={open}
    />
  );
}
