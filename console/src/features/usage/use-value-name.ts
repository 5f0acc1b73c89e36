import { useText } from '../../lib/text';
import type words from '../../text/en/usage.json';
import type { Dimension } from './measure';

/** The name of a value of a dimension, in words where it has some. */
export function useValueName(dimension: Dimension): (value: string) => string {
  const text = useText<typeof words>('usage');
  return (value) => {
    if (value === '') return text(`without.${dimension}`);
    if (dimension === 'class') return text(`classes.${value as 'test'}`);
    if (dimension === 'modality') return text(`modalities.${value as 'text'}`);
    return value;
  };
}
