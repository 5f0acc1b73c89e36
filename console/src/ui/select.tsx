import { ComboboxItem, ComboboxPopover, ComboboxProvider, ComboboxSelect } from '@ariakit/react/combobox';
import type { ReactNode } from 'react';
import css from './select.module.css';
import { Icon } from './icon';

export interface Choice {
  readonly value: string;
  readonly label: string;
  /** A second line, and something at the end of the row, such as a price. */
  readonly about?: string;
  readonly end?: string;
}

interface SelectProps {
  readonly id?: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly choices: readonly Choice[];
  /** When no visible label names it. */
  readonly label?: string;
  /** What the closed control shows; by default the label of what is chosen. */
  readonly children?: ReactNode;
  readonly isBig?: boolean;
  readonly 'aria-describedby'?: string;
}

/** One of a list. Typing letters finds a row. */
export function Select({ value, onChange, choices, label, children, isBig = false, ...rest }: SelectProps) {
  const chosen = choices.find((choice) => choice.value === value);
  return (
    <ComboboxProvider selectedValue={value} setSelectedValue={(next: string) => onChange(next)}>
      <ComboboxSelect {...rest} aria-label={label} className={isBig ? css.big : css.control}>
        <span className={css.shown}>{children ?? chosen?.label ?? value}</span>
        <Icon name="open" size={16} />
      </ComboboxSelect>
      <ComboboxPopover className={css.popover} gutter={4} sameWidth={isBig} portal unmountOnHide>
        {choices.map((choice) => (
          <ComboboxItem key={choice.value} value={choice.value} className={css.row}>
            <span className={css.words}>
              <span>{choice.label}</span>
              {choice.about === undefined ? null : <span className={css.about}>{choice.about}</span>}
            </span>
            {choice.end === undefined ? null : <span className={css.end}>{choice.end}</span>}
            {choice.value === value ? <Icon name="check" size={16} /> : null}
          </ComboboxItem>
        ))}
      </ComboboxPopover>
    </ComboboxProvider>
  );
}
