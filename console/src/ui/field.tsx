import { useId, type ReactNode } from 'react';
import { names } from '../lib/names';
import css from './field.module.css';

interface FieldProps {
  readonly label: string;
  /** Beside the label: how many of how many, the size in pixels. */
  readonly aside?: ReactNode;
  readonly fault?: string | null | undefined;
  readonly hint?: ReactNode;
  readonly className?: string | undefined;
  /** Gets the ids that tie the control to its label and to its fault. */
  readonly children: (ids: { readonly id: string; readonly 'aria-describedby'?: string; readonly 'aria-invalid'?: true }) => ReactNode;
}

/** A control with its label above and what is wrong with it below. */
export function Field({ label, aside, fault, hint, className, children }: FieldProps) {
  const id = useId();
  const isFaulty = fault !== undefined && fault !== null;
  const describedBy = [...(isFaulty ? [`${id}-fault`] : []), ...(hint === undefined ? [] : [`${id}-hint`])].join(' ');
  return (
    <div className={names(css.field, className)}>
      <div className={css.head}>
        <label htmlFor={id}>{label}</label>
        {aside === undefined ? null : <span className={css.aside}>{aside}</span>}
      </div>
      {children({
        id,
        ...(describedBy === '' ? {} : { 'aria-describedby': describedBy }),
        ...(isFaulty ? { 'aria-invalid': true as const } : {}),
      })}
      {hint === undefined ? null : (
        <p id={`${id}-hint`} className={css.hint}>
          {hint}
        </p>
      )}
      {isFaulty ? (
        <p id={`${id}-fault`} className={css.fault} role="alert">
          {fault}
        </p>
      ) : null}
    </div>
  );
}

/** A group of controls that share a label: radios, drawn boxes. */
export function FieldGroup({
  label,
  aside,
  className,
  children,
}: Pick<FieldProps, 'label' | 'aside' | 'className'> & { readonly children: (labelId: string) => ReactNode }) {
  const id = useId();
  return (
    <div className={names(css.field, className)}>
      <div className={css.head}>
        <span id={id}>{label}</span>
        {aside === undefined ? null : <span className={css.aside}>{aside}</span>}
      </div>
      {children(id)}
    </div>
  );
}
