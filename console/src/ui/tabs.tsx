import { useHere } from '../lib/go';
import { names } from '../lib/names';
import { Link } from './link';
import css from './tabs.module.css';

export interface Tab {
  readonly to: string;
  readonly label: string;
}

/** Pages that belong together, as links. */
export function Tabs({ label, tabs }: { readonly label: string; readonly tabs: readonly Tab[] }) {
  const here = useHere();
  return (
    <nav aria-label={label} className={css.frame}>
      <ul className={css.tabs}>
        {tabs.map(({ to, label: name }) => (
          <li key={to}>
            <Link to={to} className={names(css.tab, here === to && css.here)}>
              {name}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
