import { useId, type ReactNode } from 'react';
import { names } from '../lib/names';
import css from './panel.module.css';

/** A sheet on the paper, with its heading. */
export function Panel({
  title,
  end,
  tone,
  children,
}: {
  readonly title?: string;
  readonly end?: ReactNode;
  readonly tone?: 'danger';
  readonly children: ReactNode;
}) {
  const id = useId();
  return (
    <section className={names(css.panel, tone === 'danger' && css.danger)} aria-labelledby={title === undefined ? undefined : id}>
      {title === undefined ? null : (
        <div className={css.head}>
          <h2 id={id}>{title}</h2>
          {end}
        </div>
      )}
      {children}
    </section>
  );
}
