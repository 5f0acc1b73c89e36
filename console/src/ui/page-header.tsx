import { useEffect, useRef, type ReactNode } from 'react';
import css from './page-header.module.css';

interface PageHeaderProps {
  readonly title: string;
  /** Of the tab, when the page's own title is not enough. */
  readonly tab?: string;
  readonly about?: ReactNode;
  readonly before?: ReactNode;
  readonly children?: ReactNode;
}

/** The page's one `h1`, with its verbs. It gets the focus when the page is opened, and names the tab. */
export function PageHeader({ title, tab = title, about, before, children }: PageHeaderProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${tab} · Atelier`;
  }, [tab]);
  useEffect(() => {
    if (document.activeElement === null || document.activeElement === document.body) heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <header className={css.header}>
      {before}
      <h1 ref={heading} tabIndex={-1} className={css.title}>
        {title}
      </h1>
      {about === undefined ? null : <div className={css.about}>{about}</div>}
      <div className={css.verbs}>{children}</div>
    </header>
  );
}
