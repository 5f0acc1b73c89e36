import { useMay, useMe, useTeam } from '../../api/session';
import { personalName, useStored } from '../../lib/preferences';
import { useText } from '../../lib/text';
import type words from '../../text/en/common.json';
import { IconButton } from '../../ui/button';
import { Icon } from '../../ui/icon';
import { Link } from '../../ui/link';
import css from './first-run.module.css';
import { useFirstSteps } from './use-steps';

/** The first steps, over the real pages: an image, a video, a conversation, a campaign. It goes by itself once all are done, and covers nothing. */
export function FirstRun() {
  const text = useText<typeof words>('common');
  const team = useTeam();
  const { user } = useMe();
  const may = useMay('generation.create');
  const [closed, close] = useStored(personalName(user.id, team, 'first-run'));
  const steps = useFirstSteps(may && team !== '' && closed === null);
  if (steps === undefined) return null;
  const next = steps.find(({ isDone }) => !isDone);
  if (next === undefined) return null;
  return (
    <section className={css.strip} aria-label={text('firstRun.title')}>
      <span className={css.title}>
        {text('firstRun.title')}{' '}
        <span className="figures">{text('firstRun.count', { done: steps.filter(({ isDone }) => isDone).length, of: steps.length })}</span>
      </span>
      <ol className={css.steps}>
        {steps.map((step) => (
          <li key={step.name} className={step === next ? css.next : undefined}>
            <Link to={step.to} className={css.step} activeClassName={css.here}>
              <Icon name={step.isDone ? 'check' : 'queued'} size={14} />
              {text(`firstRun.${step.name}`)}
              {step.isDone ? <span className="unseen">{text('firstRun.done')}</span> : null}
            </Link>
          </li>
        ))}
      </ol>
      <span className={css.about}>{text('firstRun.about')}</span>
      <IconButton name={text('firstRun.close')} icon="close" size="dense" onClick={() => close('closed')} />
    </section>
  );
}
