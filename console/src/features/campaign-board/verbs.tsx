import { useState } from 'react';
import { isOver, resultsUrl, useCampaignAct, type Campaign } from '../../api/campaigns';
import { useErrorText } from '../../api/errors';
import { useMay, useTeam } from '../../api/session';
import { saveFile } from '../../lib/download';
import { useGo } from '../../lib/go';
import { paths } from '../../lib/paths';
import { useText } from '../../lib/text';
import type words from '../../text/en/campaigns.json';
import { note } from '../../ui/announce';
import { Button, IconButton } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { Menu, MenuItem } from '../../ui/menu';
import css from './board.module.css';

const AT_ONCE = [1, 2, 4, 8, 16, 32, 64, 128, 256];
const FORMATS = ['zip', 'csv', 'jsonl'] as const;

/** What can be done with a campaign. */
export function CampaignVerbs({ campaign, name }: { readonly campaign: Campaign; readonly name: string }) {
  const text = useText<typeof words>('campaigns');
  const errorText = useErrorText();
  const team = useTeam();
  const go = useGo();
  const mayControl = useMay('generation.control');
  const act = useCampaignAct(team, campaign.id);
  const [isCancelling, setCancelling] = useState(false);
  const { status, concurrency, counts } = campaign;
  const tell = { onError: (error: Error) => note(errorText(error)) };
  const choices = [...new Set([...AT_ONCE, concurrency])].sort((a, b) => a - b);
  return (
    <>
      {mayControl && !isOver(campaign) ? (
        <Menu button={<Button icon="filter">{text('board.atOnce', { count: concurrency })}</Button>}>
          {choices.map((count) => (
            <MenuItem key={count} isChosen={count === concurrency} onPick={() => act.mutate({ change: { concurrency: count } }, tell)}>
              {text('board.atOnce', { count })}
            </MenuItem>
          ))}
        </Menu>
      ) : null}
      {mayControl && status === 'running' ? (
        <Button icon="paused" disabled={act.isPending} onClick={() => act.mutate({ verb: 'pause' }, tell)}>
          {text('board.pause')}
        </Button>
      ) : null}
      {mayControl && status === 'paused' ? (
        <Button icon="play" disabled={act.isPending} onClick={() => act.mutate({ verb: 'resume' }, tell)}>
          {text('board.resume')}
        </Button>
      ) : null}
      <Menu
        button={
          <Button icon="download" disabled={counts.succeeded + counts.failed === 0}>
            {text('board.results')}
          </Button>
        }
      >
        {FORMATS.map((format) => (
          <MenuItem key={format} onPick={() => saveFile(resultsUrl(team, campaign.id, format), `${name}.${format}`)}>
            {text(`board.${format}`)}
          </MenuItem>
        ))}
      </Menu>
      <Menu button={<IconButton name={text('board.more')} icon="more" kind="outline" />}>
        <MenuItem icon="tasks" onPick={() => go(`${paths.tasks(team)}?campaign_id=${campaign.id}`)}>
          {text('board.tasks')}
        </MenuItem>
        {mayControl && !isOver(campaign) ? (
          <MenuItem icon="cancelled" onPick={() => setCancelling(true)}>
            {text('board.cancel')}
          </MenuItem>
        ) : null}
      </Menu>
      <Dialog title={text('cancel.title')} isOpen={isCancelling} onClose={() => setCancelling(false)}>
        <p>{text('cancel.about', { count: counts.queued })}</p>
        <div className={css.dialogVerbs}>
          <Button onClick={() => setCancelling(false)}>{text('cancel.no')}</Button>
          <Button
            kind="danger"
            disabled={act.isPending}
            onClick={() => act.mutate({ verb: 'cancel' }, { ...tell, onSettled: () => setCancelling(false) })}
          >
            {text('cancel.yes')}
          </Button>
        </div>
      </Dialog>
    </>
  );
}
