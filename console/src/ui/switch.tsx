import { Checkbox } from '@ariakit/react/checkbox';
import { names } from '../lib/names';
import css from './switch.module.css';

/** On or off, at once. */
export function Switch({
  label,
  isOn,
  onChange,
}: {
  readonly label: string;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
}) {
  return (
    <label className={css.switch}>
      <span>{label}</span>
      <Checkbox className="unseen" role="switch" checked={isOn} onChange={(event) => onChange(event.target.checked)} />
      <span className={names(css.track, isOn && css.on)} aria-hidden="true" />
    </label>
  );
}
