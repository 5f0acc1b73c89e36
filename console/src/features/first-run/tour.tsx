import { useMay, useMe, useTeam } from '../../api/session';
import { personalName, useStored } from '../../lib/preferences';
import { useText } from '../../lib/text';
import type words from '../../text/en/tour.json';
import { Button, ButtonLink } from '../../ui/button';
import { Icon } from '../../ui/icon';
import { Notice, Skeleton, State } from '../../ui/states';
import css from './tour.module.css';
import { useFirstSteps } from './use-steps';

/** The first steps as a page: what each is for, which are done, and the next one. */
export function Tour() {
  const text = useText<typeof words>('tour');
  const team = useTeam();
  const { user } = useMe();
  const may = useMay('generation.create') && team !== '';
  const [closed, store] = useStored(personalName(user.id, team, 'first-run'));
  const steps = useFirstSteps(may);
  if (!may) return <State icon="create" title={text('notYours')} />;
  if (steps === undefined) return <Skeleton rows={5} height={84} />;
  const next = steps.find(({ isDone }) => !isDone);
  return (
    <>
      {next === undefined ? <Notice tone="accent">{text('allDone')}</Notice> : null}
      <ol className={css.steps}>
        {steps.map((step, index) => (
          <li key={step.name} className={css.step}>
            <span className={css.mark}>
              {step.isDone ? <Icon name="check" size={20} /> : <span aria-hidden="true">{index + 1}</span>}
              {step.isDone ? <span className="unseen">{text('done')}</span> : null}
            </span>
            <div className={css.words}>
              <h2>{text(`steps.${step.name}.title`)}</h2>
              <p>{text(`steps.${step.name}.about`)}</p>
            </div>
            <ButtonLink to={step.to} kind={step === next ? 'primary' : 'outline'}>
              {text(`steps.${step.name}.go`)}
            </ButtonLink>
          </li>
        ))}
      </ol>
      {closed === null ? null : (
        <div>
          <Button onClick={() => store(null)}>{text('showStrip')}</Button>
        </div>
      )}
    </>
  );
}
