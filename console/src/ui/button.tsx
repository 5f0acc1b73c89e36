import { Button as Base, type ButtonProps as BaseProps } from '@ariakit/react/button';
import type { ReactNode } from 'react';
import { names } from '../lib/names';
import css from './button.module.css';
import { Icon } from './icon';
import type { IconName } from './icons';
import { Link } from './link';
import { Tooltip } from './tooltip';

export interface ButtonLook {
  /** `primary` is the one thing that a page is for. */
  readonly kind?: 'primary' | 'outline' | 'quiet' | 'danger';
  readonly size?: 'dense' | 'usual' | 'big';
  readonly icon?: IconName;
}

type ButtonProps = ButtonLook & Omit<BaseProps, 'size'>;

const lookOf = (kind: ButtonLook['kind'] = 'outline', size: ButtonLook['size'] = 'usual'): string =>
  names(css.button, css[kind], css[size]);

/** A verb. While it may not be pressed it stays reachable for the keyboard, and something beside it says why. */
export function Button({ kind, size, icon, children, className, ...rest }: ButtonProps) {
  return (
    <Base accessibleWhenDisabled {...rest} className={names(lookOf(kind, size), className)}>
      {icon === undefined ? null : <Icon name={icon} size={17} />}
      {children}
    </Base>
  );
}

/** A button of an icon alone; its name is its tooltip. */
export function IconButton({
  name,
  icon,
  kind = 'quiet',
  size,
  className,
  hint,
  ...rest
}: Omit<ButtonProps, 'children'> & { readonly name: string; readonly icon: IconName; readonly hint?: string }) {
  return (
    <Tooltip name={hint === undefined ? name : `${name}  ${hint}`}>
      <Base {...rest} accessibleWhenDisabled aria-label={name} className={names(lookOf(kind, size), css.square, className)}>
        <Icon name={icon} />
      </Base>
    </Tooltip>
  );
}

/** A link that looks like a button, for what leads to another page. */
export function ButtonLink({ kind, size, icon, to, children }: ButtonLook & { readonly to: string; readonly children: ReactNode }) {
  return (
    <Link to={to} className={lookOf(kind, size)}>
      {icon === undefined ? null : <Icon name={icon} size={17} />}
      {children}
    </Link>
  );
}
