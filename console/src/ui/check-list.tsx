import { Checkbox } from '@ariakit/react/checkbox';
import css from './check-list.module.css';

interface CheckListProps {
  readonly labelId: string;
  readonly choices: readonly { readonly value: string; readonly label: string }[];
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
}

/** Any number of a few. */
export function CheckList({ labelId, choices, chosen, onChange }: CheckListProps) {
  return (
    <div role="group" aria-labelledby={labelId} className={css.list}>
      {choices.map(({ value, label }) => (
        <label key={value} className={css.choice}>
          <Checkbox
            checked={chosen.includes(value)}
            onChange={(event) => onChange(event.target.checked ? [...chosen, value] : chosen.filter((one) => one !== value))}
          />
          <span>{label}</span>
        </label>
      ))}
    </div>
  );
}
