import { names } from '../lib/names';
import { Icon } from './icon';
import css from './steps.module.css';

interface StepsProps {
  readonly label: string;
  readonly steps: readonly string[];
  /** From 0. */
  readonly at: number;
  /** The last one that may be opened. */
  readonly until: number;
  readonly onGo: (step: number) => void;
}

/** Where one is in a row of steps; those that are done lead back. */
export function Steps({ label, steps, at, until, onGo }: StepsProps) {
  return (
    <nav aria-label={label}>
      <ol className={css.steps}>
        {steps.map((step, index) => (
          <li key={step} className={names(css.step, index === at && css.here, index < at && css.done)}>
            <button
              type="button"
              className={css.button}
              aria-current={index === at ? 'step' : undefined}
              disabled={index > until}
              onClick={() => onGo(index)}
            >
              <span className={css.dot}>{index < at ? <Icon name="check" size={14} /> : index + 1}</span>
              <span className={css.name}>{step}</span>
            </button>
          </li>
        ))}
      </ol>
    </nav>
  );
}
