import type { ReactNode, SubmitEvent } from 'react';
import { useText } from '../lib/text';
import type words from '../text/en/common.json';
import { Button, type ButtonLook } from './button';
import css from './form.module.css';
import { Notice } from './states';

interface FormProps {
  readonly onSubmit: () => void;
  /** The verb that sends it. */
  readonly verb: string;
  readonly kind?: ButtonLook['kind'];
  readonly isBusy?: boolean;
  /** It can't be sent yet; what is missing is said at its field. */
  readonly isHeld?: boolean;
  /** What went wrong when it was sent, in words. */
  readonly fault?: string | null;
  readonly onCancel?: () => void;
  readonly children: ReactNode;
}

/** Fields with their verbs below and what went wrong above these. */
export function Form({ onSubmit, verb, kind = 'primary', isBusy = false, isHeld = false, fault = null, onCancel, children }: FormProps) {
  const text = useText<typeof words>('common');
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!isBusy && !isHeld) onSubmit();
  };
  return (
    <form className={css.form} onSubmit={submit} noValidate>
      {children}
      {fault === null ? null : <Notice tone="danger">{fault}</Notice>}
      <div className={css.verbs}>
        {onCancel === undefined ? null : <Button onClick={onCancel}>{text('verbs.cancel')}</Button>}
        <Button type="submit" kind={kind} disabled={isBusy || isHeld}>
          {verb}
        </Button>
      </div>
    </form>
  );
}

/** Fields beside each other where there is room. */
export function FieldRow({ children }: { readonly children: ReactNode }) {
  return <div className={css.row}>{children}</div>;
}
