import { useText } from '../lib/text';
import { names } from '../lib/names';
import { paths } from '../lib/paths';
import type words from '../text/en/common.json';
import { IconButton } from '../ui/button';
import { Icon } from '../ui/icon';
import { Link } from '../ui/link';
import { Mark } from '../ui/mark';
import { Tooltip } from '../ui/tooltip';
import type { Entry } from './nav';
import { PersonMenu } from './person-menu';
import { Remaining } from './remaining';
import css from './rail.module.css';

interface RailProps {
  readonly entries: readonly Entry[];
  readonly isNarrow: boolean;
  readonly onToggle: () => void;
  readonly onHelp: () => void;
}

/** The way to every page, 212 pixels wide, or 60 with icons alone. */
export function Rail({ entries, isNarrow, onToggle, onHelp }: RailProps) {
  const text = useText<typeof words>('common');
  const groups = [...new Set(entries.map(({ group }) => group))].map(
    (group) => [group, entries.filter((entry) => entry.group === group)] as const,
  );
  return (
    <nav className={names(css.rail, isNarrow && css.narrow)} aria-label={text('shell.navigation')}>
      <div className={css.top}>
        <Link to={paths.home()} className={css.home} label="Atelier">
          <Mark />
          {isNarrow ? null : <span>Atelier</span>}
        </Link>
        {isNarrow ? null : <IconButton name={text('shell.narrow')} hint="[" icon="rail" size="dense" onClick={onToggle} />}
      </div>
      {groups.map(([group, members]) => (
        <ul key={group} className={css.group}>
          {members.map((entry) => (
            <li key={entry.to}>
              <RailLink entry={entry} isNarrow={isNarrow} name={text(`nav.${entry.name}` as 'nav.image')} />
            </li>
          ))}
        </ul>
      ))}
      <div className={css.foot}>
        {isNarrow ? <IconButton name={text('shell.widen')} hint="[" icon="rail" onClick={onToggle} /> : <Remaining />}
        <PersonMenu isNarrow={isNarrow} onHelp={onHelp} />
      </div>
    </nav>
  );
}

function RailLink({ entry, isNarrow, name }: { readonly entry: Entry; readonly isNarrow: boolean; readonly name: string }) {
  const link = (
    <Link to={entry.to} className={css.link} activeClassName={css.active} label={name}>
      <Icon name={entry.icon} />
      {isNarrow ? null : <span>{name}</span>}
    </Link>
  );
  return isNarrow ? (
    <Tooltip name={name} side="right">
      {link}
    </Tooltip>
  ) : (
    link
  );
}
