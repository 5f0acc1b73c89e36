import { useQuery } from '@tanstack/react-query';
import type { CampaignItem } from '../../api/campaigns';
import { campaignQuery, hasEnded, itemsQuery } from '../../api/campaigns';
import { useCodeText } from '../../api/errors';
import { useTeam } from '../../api/session';
import { contentUrl } from '../../lib/media-url';
import { useText } from '../../lib/text';
import type words from '../../text/en/campaign-new.json';
import { FadingImage } from '../../ui/media';
import { Panel } from '../../ui/panel';
import { Ring } from '../../ui/ring';
import { Notice } from '../../ui/states';
import { Status } from '../../ui/status';
import css from './wizard.module.css';

export const TRIAL = 3;
const POLL_MS = 1_500;

/** The first rows, made for real, as big as they fit. */
export function TrialStep({ trialId, price }: { readonly trialId: string | null; readonly price: string }) {
  const text = useText<typeof words>('campaign-new');
  if (trialId === null) {
    return (
      <div className={css.main}>
        <Panel title={text('trial.title')}>
          <p>{text('trial.about', { cost: price })}</p>
        </Panel>
      </div>
    );
  }
  return <TrialResults id={trialId} />;
}

function TrialResults({ id }: { readonly id: string }) {
  const text = useText<typeof words>('campaign-new');
  const team = useTeam();
  const { data: campaign } = useQuery(campaignQuery(team, id));
  const isRunning = campaign !== undefined && campaign.status === 'running';
  const { data: items } = useQuery({
    ...itemsQuery(team, id, { status: null, after: null }),
    // By the items themselves: the campaign may be known to have paused before the last of them is seen to have ended.
    refetchInterval: ({ state }) => (state.data?.data.slice(0, TRIAL).every(hasEnded) === true ? false : POLL_MS),
  });
  return (
    <div className={css.main}>
      <Panel title={isRunning ? text('trial.running') : text('trial.done')}>
        <ul className={css.trial}>
          {(items?.data ?? []).slice(0, TRIAL).map((item) => (
            <li key={item.key}>
              <TrialItem item={item} />
            </li>
          ))}
        </ul>
        <Notice tone="accent">{text('trial.againAbout')}</Notice>
      </Panel>
    </div>
  );
}

function TrialItem({ item }: { readonly item: CampaignItem }) {
  const text = useText<typeof words>('campaign-new');
  const codeText = useCodeText();
  const team = useTeam();
  const output = item.outputs[0];
  const alt = text('trial.alt', { row: item.index + 1, key: item.key });
  return (
    <figure className={css.result}>
      {output === undefined ? (
        <div className={css.waiting}>
          {item.status === 'running' ? <Ring progress={null} size={22} /> : <Status status={item.status} />}
        </div>
      ) : output.kind === 'video' ? (
        <video controls preload="none" src={contentUrl(team, output.id)} aria-label={alt} />
      ) : (
        <FadingImage src={contentUrl(team, output.id)} alt={alt} />
      )}
      <figcaption>
        <code className={css.key}>{item.key}</code>
        {item.error === null ? null : <span className={css.wrong}>{codeText(item.error.code) ?? item.error.message}</span>}
      </figcaption>
    </figure>
  );
}
