import { useText } from '../lib/text';
import type words from '../text/en/common.json';
import { Icon } from '../ui/icon';
import { Link } from '../ui/link';
import type { Entry } from './nav';
import { PersonMenu } from './person-menu';
import css from './bottom-bar.module.css';

/** What has a place of its own on a phone; the rest is behind "More". */
const FIRST = ['image', 'tasks', 'campaigns', 'library'];

export function BottomBar({ entries, onHelp }: { readonly entries: readonly Entry[]; readonly onHelp: () => void }) {
  const text = useText<typeof words>('common');
  const first = FIRST.flatMap((name) => entries.filter((entry) => entry.name === name));
  const rest = entries.filter((entry) => !first.includes(entry));
  return (
    <nav className={css.bar} aria-label={text('shell.navigation')}>
      {first.map((entry) => (
        <Link key={entry.to} to={entry.to} className={css.link} activeClassName={css.active}>
          <Icon name={entry.name === 'image' ? 'create' : entry.icon} size={22} />
          <span>{entry.name === 'image' ? text('nav.create') : text(`nav.${entry.name}` as 'nav.image')}</span>
        </Link>
      ))}
      <PersonMenu isNarrow entries={rest} onHelp={onHelp} className={css.link} />
    </nav>
  );
}
