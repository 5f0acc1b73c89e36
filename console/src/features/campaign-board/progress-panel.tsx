import { useEffect, useRef, useState } from 'react';
import { isOver, type Campaign } from '../../api/campaigns';
import { useFormat } from '../../lib/format';
import { names } from '../../lib/names';
import { useText } from '../../lib/text';
import type words from '../../text/en/campaigns.json';
import { Bar } from '../../ui/bar';
import { Icon } from '../../ui/icon';
import type { IconName } from '../../ui/icons';
import { Panel } from '../../ui/panel';
import { Ring } from '../../ui/ring';
import css from './board.module.css';

/** What became of the items so far, how fast they go, and how long it takes. */
export function ProgressPanel({ campaign }: { readonly campaign: Campaign }) {
  const text = useText<typeof words>('campaigns');
  const format = useFormat();
  const { counts, progress, started_at: startedAt, finished_at: finishedAt, schedule } = campaign;
  const { total, succeeded, running, failed, queued, cancelled } = counts;
  const ended = succeeded + failed + cancelled;
  const perMinute = useRate(campaign, ended);
  const share = (count: number): number => (total === 0 ? 0 : count / total);
  const left = perMinute === null || perMinute === 0 ? null : ((total - ended) / perMinute) * 60_000;
  const took = startedAt === null || finishedAt === null ? null : Date.parse(finishedAt) - Date.parse(startedAt);
  return (
    <Panel>
      <div className={css.top}>
        <dl className={css.figures}>
          <Figure count={succeeded} name={text('board.succeeded')} icon="check" />
          <Figure count={running} name={text('board.running')} icon="ring" tone="accent" />
          <Figure count={failed} name={text('board.failed')} icon="failed" tone="danger" />
          <Figure count={queued} name={text('board.queued')} icon="queued" />
          {cancelled === 0 ? null : <Figure count={cancelled} name={text('board.cancelled')} icon="cancelled" />}
        </dl>
        <p className={css.pace}>
          {perMinute === null ? null : (
            <span>
              {text('board.rate', { count: format.number(Math.round(perMinute)) })}
              {left === null ? null : (
                <>
                  {' · '}
                  <strong>{text('board.left', { time: format.duration(left) })}</strong>
                </>
              )}
            </span>
          )}
          <span>
            {[
              startedAt === null ? null : text('board.started', { time: format.time(startedAt) }),
              startedAt === null && schedule !== undefined ? text('board.startsAt', { time: format.time(schedule.start_at) }) : null,
              finishedAt === null ? null : text('board.finished', { time: format.time(finishedAt) }),
              took === null ? null : text('board.took', { time: format.duration(took) }),
            ]
              .filter((part) => part !== null)
              .join(' · ')}
          </span>
        </p>
      </div>
      <Bar
        label={text('board.progress')}
        value={progress}
        parts={[
          { share: share(succeeded), tone: 'ink' },
          { share: share(running), tone: 'accent' },
          { share: share(failed), tone: 'danger' },
          { share: share(cancelled), tone: 'faint' },
        ]}
      />
    </Panel>
  );
}

function Figure({
  count,
  name,
  icon,
  tone,
}: {
  readonly count: number;
  readonly name: string;
  readonly icon: IconName | 'ring';
  readonly tone?: 'accent' | 'danger';
}) {
  const format = useFormat();
  const colour = count === 0 || tone === undefined ? undefined : css[tone];
  return (
    <div className={names(css.figure, colour)}>
      <dd>{format.number(count)}</dd>
      <dt>
        {icon === 'ring' ? <Ring progress={count === 0 ? 0 : 0.3} size={16} /> : <Icon name={icon} size={16} />} {name}
      </dt>
    </div>
  );
}

/** The pace is taken over what was seen of so long. */
const WINDOW_MS = 60_000;
const LEAST_MS = 4_000;

/** Items that end in a minute, from what was seen since the page was opened; null: it does not run, or it is too early to say. */
function useRate(campaign: Campaign, ended: number): number | null {
  const samples = useRef<readonly { readonly at: number; readonly ended: number }[]>([]);
  const [rate, setRate] = useState<number | null>(null);
  const isRunning = campaign.status === 'running' && !isOver(campaign);
  useEffect(() => {
    if (!isRunning) {
      samples.current = [];
      setRate(null);
      return;
    }
    const now = Date.now();
    samples.current = [...samples.current.filter(({ at }) => now - at < WINDOW_MS), { at: now, ended }];
    const first = samples.current[0];
    if (first !== undefined && now - first.at >= LEAST_MS) setRate(((ended - first.ended) / (now - first.at)) * 60_000);
  }, [isRunning, ended]);
  return rate === 0 ? null : rate;
}
