import { lazy, Suspense } from 'react';
import { useMe, useTeam } from '../api/session';
import { useText } from '../lib/text';
import type words from '../text/en/common.json';
import { Icon } from '../ui/icon';
import type { Entry } from './nav';
import css from './person-menu.module.css';

interface PersonMenuProps {
  readonly isNarrow: boolean;
  readonly onHelp: () => void;
  /** Pages that have no place of their own on a phone. */
  readonly entries?: readonly Entry[];
  readonly className?: string | undefined;
}

const PersonItems = lazy(async () => ({ default: (await import('./person-items')).PersonItems }));

/** The person: their teams, language, theme, keys, and the way out. */
export function PersonMenu({ isNarrow, onHelp, entries = [], className }: PersonMenuProps) {
  const text = useText<typeof words>('common');
  const me = useMe();
  const team = useTeam();
  const isPhone = className !== undefined;
  const button = (
    <button
      type="button"
      className={className ?? (isNarrow ? css.round : css.person)}
      aria-label={isNarrow && !isPhone ? text('shell.person', { name: me.user.name, team }) : undefined}
    >
      {isPhone ? (
        <Icon name="menu" size={22} />
      ) : (
        <span className={css.initials} aria-hidden="true">
          {initialsOf(me.user.name)}
        </span>
      )}
      {isPhone ? <span>{text('nav.more')}</span> : null}
      {isNarrow ? null : (
        <span className={css.words}>
          <strong>{me.user.name}</strong>
          <span>{team}</span>
        </span>
      )}
      {isNarrow ? null : <Icon name="choose" size={16} />}
    </button>
  );
  return (
    <Suspense fallback={button}>
      <PersonItems button={button} entries={entries} onHelp={onHelp} />
    </Suspense>
  );
}

/** "Lin Yue" → "LY", "林悦" → "林". */
function initialsOf(name: string): string {
  if (/^\p{Script=Han}/u.test(name)) return name.slice(0, 1);
  return name
    .split(/\s+/)
    .map((word) => word.slice(0, 1))
    .join('')
    .slice(0, 2)
    .toUpperCase();
}
