import { useQuery } from '@tanstack/react-query';
import { firstStepsQuery } from '../../api/first-steps';
import { providersQuery } from '../../api/routing';
import { useMay, useMe, useTeam } from '../../api/session';
import { paths } from '../../lib/paths';
import { personalName, useStored } from '../../lib/preferences';
import { useText } from '../../lib/text';
import type words from '../../text/en/common.json';
import { IconButton } from '../../ui/button';
import { Icon } from '../../ui/icon';
import { Link } from '../../ui/link';
import css from './first-run.module.css';

/** The first steps, over the real pages: an image, a video, a conversation. It goes by itself once all are done, and covers nothing. */
export function FirstRun() {
  const text = useText<typeof words>('common');
  const team = useTeam();
  const { user } = useMe();
  const may = useMay('generation.create');
  const mayAdd = useMay('provider.manage');
  const [closed, close] = useStored(personalName(user.id, team, 'first-run'));
  const isWanted = may && team !== '' && closed === null;
  const { data: made } = useQuery({ ...firstStepsQuery(team), enabled: isWanted });
  const { data: providers } = useQuery({ ...providersQuery, enabled: isWanted && mayAdd, refetchInterval: false });
  if (!isWanted || made === undefined) return null;
  const steps = [
    { name: 'image', to: paths.image(team), isDone: made.image },
    { name: 'video', to: paths.video(team), isDone: made.video },
    { name: 'text', to: paths.text(team), isDone: made.text },
    // Then the first that is not the sandbox.
    ...(mayAdd && providers !== undefined
      ? [{ name: 'provider', to: paths.providers(true), isDone: providers.some(({ kind }) => kind !== 'sandbox') } as const]
      : []),
  ] as const;
  if (steps.every(({ isDone }) => isDone)) return null;
  return (
    <section className={css.strip} aria-label={text('firstRun.title')}>
      <strong>{text('firstRun.title')}</strong>
      <ol className={css.steps}>
        {steps.map(({ name, to, isDone }) => (
          <li key={name}>
            <Link to={to} className={css.step} activeClassName={css.here}>
              <Icon name={isDone ? 'check' : 'queued'} size={16} />
              {text(`firstRun.${name}`)}
              {isDone ? <span className="unseen">{text('firstRun.done')}</span> : null}
            </Link>
          </li>
        ))}
      </ol>
      <span className={css.about}>{text('firstRun.about')}</span>
      <IconButton name={text('firstRun.close')} icon="close" size="dense" onClick={() => close('closed')} />
    </section>
  );
}
