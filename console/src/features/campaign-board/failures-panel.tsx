import { useQuery } from '@tanstack/react-query';
import { failuresQuery, useCampaignAct, type Campaign } from '../../api/campaigns';
import { useCodeText, useErrorText } from '../../api/errors';
import { useMay, useTeam } from '../../api/session';
import { useFormat } from '../../lib/format';
import { useText } from '../../lib/text';
import type words from '../../text/en/campaigns.json';
import { note } from '../../ui/announce';
import { Button } from '../../ui/button';
import { Panel } from '../../ui/panel';
import css from './board.module.css';

const SAMPLES = 3;

/** Why items failed, how often, and what helps. */
export function FailuresPanel({ campaign, onSee }: { readonly campaign: Campaign; readonly onSee: () => void }) {
  const text = useText<typeof words>('campaigns');
  const format = useFormat();
  const codeText = useCodeText();
  const errorText = useErrorText();
  const team = useTeam();
  const mayControl = useMay('generation.control');
  const { failed } = campaign.counts;
  const { data: causes = [] } = useQuery(failuresQuery(team, campaign.id, failed));
  const act = useCampaignAct(team, campaign.id);
  if (failed === 0) return null;
  const retry = (which: 'failed' | { readonly errorCode: string }, count: number): void =>
    act.mutate(
      { retry: which },
      { onSuccess: () => note(text('failures.retried', { count })), onError: (error) => note(errorText(error)) },
    );
  const canRetry = mayControl && campaign.status !== 'draft' && campaign.status !== 'scheduled';
  return (
    <Panel
      title={text('failures.title')}
      end={
        canRetry ? (
          <Button size="dense" icon="replay" disabled={act.isPending} onClick={() => retry('failed', failed)}>
            {text('failures.retryAll', { count: format.number(failed) })}
          </Button>
        ) : undefined
      }
    >
      <ul className={css.causes}>
        {causes.map(({ error_code: code, count, sample_keys: keys, retryable }) => (
          <li key={code} className={css.cause}>
            <div className={css.causeHead}>
              <strong>{codeText(code) ?? code}</strong>
              <span className="figures">{format.number(count)}</span>
            </div>
            <div className={css.causeHead}>
              <span className={css.cut}>
                {count > SAMPLES
                  ? text('failures.keys', { keys: format.list(keys.slice(0, SAMPLES)) })
                  : format.list(keys.slice(0, SAMPLES))}
              </span>
              <span className={css.causeVerbs}>
                <Button kind="quiet" size="dense" onClick={onSee}>
                  {text('failures.see')}
                </Button>
                {canRetry && retryable && causes.length > 1 ? (
                  <Button kind="quiet" size="dense" disabled={act.isPending} onClick={() => retry({ errorCode: code }, count)}>
                    {text('failures.retry', { count: format.number(count) })}
                  </Button>
                ) : null}
              </span>
            </div>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
