import { Radio, RadioGroup, RadioProvider } from '@ariakit/react/radio';
import { names } from '../lib/names';
import css from './radio-cards.module.css';

interface RadioCardsProps<Value extends string> {
  readonly labelId: string;
  readonly value: Value;
  readonly onChange: (value: Value) => void;
  readonly cards: readonly { readonly value: Value; readonly label: string; readonly about: string }[];
}

/** One of a few that need a sentence each. */
export function RadioCards<Value extends string>({ labelId, value, onChange, cards }: RadioCardsProps<Value>) {
  return (
    <RadioProvider value={value} setValue={(next) => onChange(next as Value)}>
      <RadioGroup className={css.cards} aria-labelledby={labelId}>
        {cards.map((card) => (
          <label key={card.value} className={names(css.card, card.value === value && css.chosen)}>
            <Radio className="unseen" value={card.value} aria-label={card.label} />
            <strong>{card.label}</strong>
            <span>{card.about}</span>
          </label>
        ))}
      </RadioGroup>
    </RadioProvider>
  );
}
