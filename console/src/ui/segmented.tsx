import { Radio, RadioGroup, RadioProvider } from '@ariakit/react/radio';
import type { ReactNode } from 'react';
import { names } from '../lib/names';
import css from './segmented.module.css';

export interface Segment {
  readonly value: string;
  readonly label: string;
  /** In place of the label; the label stays its name. */
  readonly drawing?: ReactNode;
  /** Why it can't be chosen. */
  readonly refused?: string | null;
}

interface SegmentedProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly segments: readonly Segment[];
  readonly labelId?: string;
  readonly label?: string;
  /** Each in a box of its own: for drawings. */
  readonly isBoxed?: boolean;
}

/** One of a few, all in sight. */
export function Segmented({ value, onChange, segments, labelId, label, isBoxed = false }: SegmentedProps) {
  return (
    <RadioProvider value={value} setValue={(next) => onChange(String(next))}>
      <RadioGroup className={isBoxed ? css.boxes : css.group} aria-labelledby={labelId} aria-label={label}>
        {segments.map((segment) => (
          <label
            key={segment.value}
            className={names(
              css.segment,
              segment.value === value && css.chosen,
              segment.refused !== undefined && segment.refused !== null && css.refused,
            )}
            title={segment.refused ?? undefined}
          >
            <Radio className="unseen" value={segment.value} disabled={segment.refused !== undefined && segment.refused !== null} />
            {segment.drawing}
            <span>{segment.label}</span>
          </label>
        ))}
      </RadioGroup>
    </RadioProvider>
  );
}
