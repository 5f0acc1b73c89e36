import type { ReactNode } from 'react';
import { names } from '../lib/names';
import css from './chip.module.css';
import { IconButton } from './button';

/** A small fact: a class, a version. */
export function Chip({ children }: { readonly children: ReactNode }) {
  return <span className={css.chip}>{children}</span>;
}

/** A filter that is on, with a way to take it off. */
export function FilterChip({
  name,
  value,
  removeLabel,
  onRemove,
}: {
  readonly name: string;
  readonly value: string;
  readonly removeLabel: string;
  readonly onRemove: () => void;
}) {
  return (
    <span className={names(css.chip, css.filter)}>
      {name} <strong>{value}</strong>
      <IconButton name={removeLabel} icon="close" size="dense" onClick={onRemove} />
    </span>
  );
}
