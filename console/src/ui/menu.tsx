import { Menu as Base, MenuButton, MenuItem as BaseItem, MenuProvider, MenuSeparator } from '@ariakit/react/menu';
import type { ReactElement, ReactNode } from 'react';
import { Icon } from './icon';
import type { IconName } from './icons';
import css from './menu.module.css';

/** Verbs behind a button. @param button - the button that opens it, with its name */
export function Menu({
  button,
  children,
  side = 'bottom-end',
}: {
  readonly button: ReactElement;
  readonly children: ReactNode;
  readonly side?: 'bottom-end' | 'top-start' | 'bottom-start';
}) {
  return (
    <MenuProvider placement={side}>
      <MenuButton render={button} />
      <Base className={css.menu} gutter={6} portal unmountOnHide>
        {children}
      </Base>
    </MenuProvider>
  );
}

interface MenuItemProps {
  readonly icon?: IconName;
  readonly onPick: () => void;
  readonly end?: string;
  readonly isChosen?: boolean;
  readonly children: ReactNode;
}

export function MenuItem({ icon, onPick, end, isChosen, children }: MenuItemProps) {
  return (
    <BaseItem
      className={css.item}
      onClick={onPick}
      {...(isChosen === undefined ? {} : { role: 'menuitemradio', 'aria-checked': isChosen })}
    >
      {icon === undefined ? null : <Icon name={icon} size={17} />}
      <span className={css.words}>{children}</span>
      {end === undefined ? null : <span className={css.end}>{end}</span>}
      {isChosen === true ? <Icon name="check" size={16} /> : null}
    </BaseItem>
  );
}

export function MenuLine() {
  return <MenuSeparator className={css.line} />;
}
