import { names } from '../lib/names';
import css from './meter.module.css';

interface MeterProps {
  readonly label: string;
  readonly value: number;
  readonly max: number;
  /** What is set aside beyond the value. */
  readonly held?: number;
  /** Amber from here on, by default nine tenths. */
  readonly warnAt?: number;
}

/** How much of a limit is used: a bar that warns in colour near its end; the words beside it say the figures. */
export function Meter({ label, value, max, held = 0, warnAt = 0.9 }: MeterProps) {
  const share = max <= 0 ? 1 : Math.min(1, value / max);
  const heldShare = max <= 0 ? 0 : Math.min(1 - share, held / max);
  return (
    <div
      className={css.meter}
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={max <= 0 ? 1 : max}
      aria-valuenow={max <= 0 ? 1 : Math.min(value, max)}
    >
      <span className={names(css.used, share >= 1 ? css.full : share >= warnAt && css.near)} style={{ width: `${share * 100}%` }} />
      {heldShare === 0 ? null : <span className={css.held} style={{ width: `${heldShare * 100}%` }} />}
    </div>
  );
}
