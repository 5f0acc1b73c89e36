import { Dialog as Base, DialogHeading } from '@ariakit/react/dialog';
import type { ReactNode } from 'react';
import { names } from '../lib/names';
import css from './dialog.module.css';

interface DialogProps {
  readonly title: string;
  readonly isOpen: boolean;
  /** Absent: it closes only by what stands in it. */
  readonly onClose?: () => void;
  readonly isWide?: boolean;
  readonly children: ReactNode;
}

/** A dialog over the page; the focus goes back to what opened it. */
export function Dialog({ title, isOpen, onClose, isWide = false, children }: DialogProps) {
  return (
    <Base
      open={isOpen}
      onClose={onClose ?? noClose}
      hideOnEscape={onClose !== undefined}
      hideOnInteractOutside={onClose !== undefined}
      backdrop={<div className={css.backdrop} />}
      className={names(css.dialog, isWide && css.wide)}
      unmountOnHide
    >
      <DialogHeading className={css.title}>{title}</DialogHeading>
      {children}
    </Base>
  );
}

function noClose(): void {
  // What must be answered is answered inside.
}
