import { useId } from 'react';
import css from './chart.module.css';
import { fillOf, Patterns } from './patterns';

export interface LegendEntry {
  readonly key: string;
  readonly label: string;
  /** Which pattern; null: what is only expected, dashed. */
  readonly look: number | null;
}

export function Legend({ entries }: { readonly entries: readonly LegendEntry[] }) {
  const id = useId().replace(/[^\w-]/g, '');
  return (
    <ul className={css.legend}>
      {entries.map(({ key, label, look }, index) => (
        <li key={key}>
          <svg width="14" height="14" aria-hidden="true">
            <Patterns id={`${id}${index}`} />
            <rect
              x="0.5"
              y="0.5"
              width="13"
              height="13"
              rx="3"
              className={look === null ? css.expected : undefined}
              fill={look === null ? 'none' : fillOf(`${id}${index}`, look)}
            />
          </svg>
          {label}
        </li>
      ))}
    </ul>
  );
}
