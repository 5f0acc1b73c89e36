import type { MouseEvent, ReactNode } from 'react';
import { BASE, useGo, useHere } from '../lib/go';
import { names } from '../lib/names';

export interface LinkProps {
  /** A path of `lib/paths`, with its query. */
  readonly to: string;
  readonly className?: string | undefined;
  /** While the page, or one below it, is shown. */
  readonly activeClassName?: string | undefined;
  readonly label?: string | undefined;
  readonly onClick?: (() => void) | undefined;
  readonly children: ReactNode;
}

/** A link to a page of ours. A click with a key held opens it as the browser does. */
export function Link({ to, className, activeClassName, label, onClick, children, ...rest }: LinkProps) {
  const go = useGo();
  const here = useHere();
  const path = to.split('?', 1)[0] ?? to;
  const isHere = here === path;
  const isActive = isHere || here.startsWith(`${path}/`);
  const follow = (event: MouseEvent<HTMLAnchorElement>): void => {
    onClick?.();
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(to);
  };
  return (
    <a
      {...rest}
      href={`${BASE}${to}`}
      className={names(className, isActive && activeClassName)}
      aria-label={label}
      aria-current={isHere ? 'page' : undefined}
      onClick={follow}
    >
      {children}
    </a>
  );
}
