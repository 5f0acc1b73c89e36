import { useCallback, useRef } from 'react';
import { isOver, type Campaign, type CampaignItem, type ItemStatus } from '../../api/campaigns';
import { useMay, useTeam } from '../../api/session';
import { useFormat } from '../../lib/format';
import { useGo } from '../../lib/go';
import { paths } from '../../lib/paths';
import { useText } from '../../lib/text';
import type common from '../../text/en/common.json';
import type words from '../../text/en/campaigns.json';
import { IconButton } from '../../ui/button';
import { PageHeader } from '../../ui/page-header';
import { Segmented } from '../../ui/segmented';
import { Select } from '../../ui/select';
import { State } from '../../ui/states';
import { Status } from '../../ui/status';
import { BudgetPanel } from './budget-panel';
import { FailuresPanel } from './failures-panel';
import { ItemDialog } from './item-dialog';
import { ItemsTable } from './items-table';
import { ProgressPanel } from './progress-panel';
import { StateNotice } from './state-notice';
import { CampaignVerbs } from './verbs';
import { Wall } from './wall';
import css from './board.module.css';

interface BoardProps {
  readonly campaign: Campaign;
  readonly view: 'wall' | 'table';
  readonly status: ItemStatus | null;
  readonly onView: (view: 'wall' | 'table') => void;
  readonly onStatus: (status: ItemStatus | null) => void;
  readonly onFailed: () => void;
  /** Place of the item that is being edited, from 1; null: none is. */
  readonly edited: number | null;
  readonly onEdit: (index: number | null) => void;
}

export const ITEM_STATUSES: readonly ItemStatus[] = ['queued', 'running', 'succeeded', 'failed', 'cancelled'];

/** A campaign as it goes on. */
export function Board({ campaign, view, status, onView, onStatus, onFailed, edited, onEdit }: BoardProps) {
  const text = useText<typeof words>('campaigns');
  const shared = useText<typeof common>('common');
  const format = useFormat();
  const team = useTeam();
  const go = useGo();
  const mayControl = useMay('generation.control');
  const opened = useRef(onEdit);
  opened.current = onEdit;
  const open = useCallback(({ index }: CampaignItem) => opened.current(index), []);
  const name = campaign.name ?? text('noName', { date: format.time(campaign.created_at) });
  const count = status === null ? campaign.counts.total : campaign.counts[status];
  return (
    <div className={css.board}>
      <PageHeader
        title={name}
        tab={campaign.status === 'running' ? `(${format.percent(campaign.progress)}) ${name}` : name}
        before={<IconButton name={text('board.back')} icon="back" onClick={() => go(paths.campaigns(team))} />}
        about={<Status isChip status={campaign.status} progress={campaign.progress} />}
      >
        <CampaignVerbs campaign={campaign} name={name} />
      </PageHeader>
      <StateNotice campaign={campaign} />
      <div className={css.columns}>
        <div className={css.main}>
          <ProgressPanel campaign={campaign} />
          <div className={css.bar}>
            <Segmented
              label={text('board.view')}
              value={view}
              onChange={(next) => onView(next === 'table' ? 'table' : 'wall')}
              segments={[
                { value: 'wall', label: text('board.wall') },
                { value: 'table', label: text('board.table') },
              ]}
            />
            <div className={css.choice}>
              <Select
                label={text('status')}
                value={status ?? ''}
                onChange={(next) => onStatus(ITEM_STATUSES.find((one) => one === next) ?? null)}
                choices={[
                  { value: '', label: text('anyStatus') },
                  ...ITEM_STATUSES.map((one) => ({ value: one, label: shared(`status.${one}`), end: format.number(campaign.counts[one]) })),
                ]}
              />
            </div>
            <span className={css.order}>{text('board.order')}</span>
          </div>
          {count === 0 ? (
            <State title={text('board.nothing')} />
          ) : view === 'wall' ? (
            <Wall key={status} campaign={campaign} status={status} />
          ) : (
            <ItemsTable key={status} campaign={campaign} status={status} onEdit={mayControl ? open : null} />
          )}
        </div>
        <div className={css.side}>
          <BudgetPanel campaign={campaign} />
          <FailuresPanel campaign={campaign} onSee={onFailed} />
          {isOver(campaign) ? null : <p className={css.hint}>{text('board.closable')}</p>}
        </div>
      </div>
      {mayControl && edited !== null ? <ItemDialog campaign={campaign} index={edited} onClose={() => onEdit(null)} /> : null}
    </div>
  );
}
