import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Callback } from '../../api/callbacks';
import { hasEnded } from '../../api/task-facts';
import { historyQuery, type Task } from '../../api/tasks';
import { useErrorText } from '../../api/errors';
import { useTeam } from '../../api/session';
import { useNow } from '../../lib/delayed';
import { useFormat } from '../../lib/format';
import { names } from '../../lib/names';
import { useText } from '../../lib/text';
import type words from '../../text/en/run.json';
import { Button } from '../../ui/button';
import { Icon } from '../../ui/icon';
import type { IconName } from '../../ui/icons';
import { Panel } from '../../ui/panel';
import { Ring } from '../../ui/ring';
import { axisOf, placeOf, stepsOf, type Step } from './timeline';
import css from './timeline-panel.module.css';

const ICONS: Readonly<Record<Step['name'], IconName>> = {
  accepted: 'accepted',
  held: 'held',
  attempt: 'check',
  fallback: 'fellBack',
  skipped: 'skipped',
  wait: 'pause',
  settled: 'check',
  givenBack: 'givenBack',
  callback: 'send',
};

/** What happened, one row a step, on a shared axis of time. */
export function Timeline({ task, callbacks }: { readonly task: Task; readonly callbacks: readonly Callback[] }) {
  const text = useText<typeof words>('run');
  const format = useFormat();
  const now = useNow(!hasEnded(task));
  const steps = stepsOf(task, callbacks, now);
  const axis = axisOf(steps, now);
  const [isWhole, setWhole] = useState(false);
  return (
    <Panel
      title={text('happened')}
      end={
        <span className={css.axis}>
          {format.clock(new Date(axis.from).toISOString())} · {format.seconds(axis.to - axis.from)}
        </span>
      }
    >
      <ol className={css.steps}>
        {steps.map((step) => {
          const { left, width } = placeOf(step, axis, now);
          const took = (step.to ?? now) - step.from;
          return (
            <li key={step.key} className={names(css.step, css[step.state])}>
              <span className={css.name}>
                {step.state === 'running' ? (
                  <Ring progress={null} />
                ) : (
                  <Icon name={step.state === 'failed' ? 'failed' : ICONS[step.name]} size={17} />
                )}
                <span>{nameOf(step)}</span>
              </span>
              <span className={css.track} aria-hidden="true">
                <span className={css.bar} style={{ left: `${left * 100}%`, width: `${width * 100}%` }} />
              </span>
              <span className={css.note}>{step.note}</span>
              <span className={css.took}>{took > 0 ? format.seconds(took) : ''}</span>
            </li>
          );
        })}
      </ol>
      <div className={css.foot}>
        <Button kind="quiet" size="dense" icon={isWhole ? 'open' : 'fold'} aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
          {text('everyEvent')}
        </Button>
      </div>
      {isWhole ? <Events id={task.id} /> : null}
    </Panel>
  );

  function nameOf({ name, values }: Step): string {
    const shown = typeof values['usd'] === 'string' ? { ...values, usd: format.money(values['usd']) } : values;
    return text(`steps.${name}`, shown);
  }
}

/** The history of the workflow, as it was recorded. */
function Events({ id }: { readonly id: string }) {
  const text = useText<typeof words>('run');
  const format = useFormat();
  const errorText = useErrorText();
  const team = useTeam();
  const { data, error } = useQuery(historyQuery(team, id));
  if (error !== null) return <p className={css.faint}>{errorText(error)}</p>;
  if (data === undefined || !('events' in data)) return <p className={css.faint}>{text('loadingEvents')}</p>;
  return (
    <ol className={css.events} lang="en">
      {data.events.map((event, index) => (
        <li key={index}>
          <time dateTime={event.at}>{format.clock(event.at)}</time>
          <span>{event.summary}</span>
        </li>
      ))}
    </ol>
  );
}
