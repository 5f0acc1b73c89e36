import { useText } from '../../lib/text';
import type words from '../../text/en/studio.json';
import { FieldGroup } from '../../ui/field';
import { Segmented } from '../../ui/segmented';
import { sizeFor, type Support } from './support';
import css from './ratio-boxes.module.css';

const LONGEST = 20;

interface RatioBoxesProps {
  readonly value: string | null;
  readonly support: Support;
  readonly onChange: (ratio: string | null) => void;
}

/** Ratios as drawn boxes, with the size in pixels where the model names it. "Auto" leaves it to the model. */
export function RatioBoxes({ value, support, onChange }: RatioBoxesProps) {
  const text = useText<typeof words>('studio');
  const size = value === null || support.sizes === null ? null : sizeFor(value, support.sizes);
  const choices = ['', ...support.ratios.slice(0, 7)];
  return (
    <FieldGroup label={text('ratio')} aside={size === null ? undefined : size.replace('x', ' × ')}>
      {(labelId) => (
        <Segmented
          isBoxed
          labelId={labelId}
          value={value ?? ''}
          onChange={(next) => onChange(next === '' ? null : next)}
          segments={choices.map((ratio) => ({
            value: ratio,
            label: ratio === '' ? text('auto') : ratio,
            drawing: <Box ratio={ratio === '' ? '1:1' : ratio} isOpen={ratio === ''} />,
          }))}
        />
      )}
    </FieldGroup>
  );
}

function Box({ ratio, isOpen }: { readonly ratio: string; readonly isOpen: boolean }) {
  const [width = 1, height = 1] = ratio.split(':').map(Number);
  const scale = LONGEST / Math.max(width, height);
  return (
    <span
      className={isOpen ? css.open : css.box}
      style={{ width: Math.max(6, width * scale * 0.75), height: Math.max(6, height * scale * 0.75) }}
      aria-hidden="true"
    />
  );
}
