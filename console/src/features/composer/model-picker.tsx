import type { Model } from '../../api/models';
import { useFormat } from '../../lib/format';
import { useText } from '../../lib/text';
import type words from '../../text/en/studio.json';
import { Select } from '../../ui/select';
import { priceEach, supportOf } from './support';
import css from './model-picker.module.css';

/** A model, with what it can do and what one costs. */
export function ModelPicker({
  models,
  value,
  onChange,
}: {
  readonly models: readonly Model[];
  readonly value: string | null;
  readonly onChange: (model: string) => void;
}) {
  const text = useText<typeof words>('studio');
  const format = useFormat();
  const chosen = models.find(({ id }) => id === value);
  const price = (model: Model): string => {
    const each = priceEach(model);
    if (each === null) return '';
    return Number(each) === 0 ? text('free') : format.money(each);
  };
  const abilities = (model: Model): string => {
    const { mostReferences, seed, negativePrompt } = supportOf(model);
    return [
      ...(mostReferences > 0 ? [text('can.references', { count: mostReferences })] : []),
      ...(seed ? [text('can.seed')] : []),
      ...(negativePrompt ? [text('can.negative')] : []),
    ].join(text('comma'));
  };
  return (
    <Select
      isBig
      label={text('model')}
      value={value ?? ''}
      onChange={onChange}
      choices={models.map((model) => ({ value: model.id, label: model.display_name, about: abilities(model), end: price(model) }))}
    >
      {chosen === undefined ? (
        text('chooseModel')
      ) : (
        <span className={css.model}>
          <span className={css.words}>
            <strong>{chosen.display_name}</strong>
            <span>{abilities(chosen)}</span>
          </span>
          <span className="figures">{price(chosen)}</span>
        </span>
      )}
    </Select>
  );
}
