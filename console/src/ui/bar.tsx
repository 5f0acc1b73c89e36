import { names } from '../lib/names';
import css from './bar.module.css';

interface BarProps {
  /** Parts of the whole, each with its tone; what is left of 1 stays empty. */
  readonly parts: readonly { readonly share: number; readonly tone: 'ink' | 'accent' | 'danger' | 'faint' }[];
  /** 0 to 1, and what a screen reader says. */
  readonly value: number;
  readonly label: string;
  readonly isThin?: boolean;
}

/** How far something is, by what became of it. Tones have patterns of their own: colour alone says nothing. */
export function Bar({ parts, value, label, isThin = false }: BarProps) {
  return (
    <div
      className={names(css.bar, isThin && css.thin)}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(Math.min(1, Math.max(0, value)) * 100)}
    >
      {parts
        .filter(({ share }) => share > 0)
        .map(({ share, tone }, index) => (
          <span key={index} className={names(css.part, css[tone])} style={{ width: `${Math.min(1, share) * 100}%` }} />
        ))}
    </div>
  );
}
