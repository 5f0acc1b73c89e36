import { movedTo, useDragOrder } from '../../lib/drag-order';
import { useText } from '../../lib/text';
import type words from '../../text/en/storyboard.json';
import { Icon } from '../../ui/icon';
import { ShotCard, type Card } from './shot-card';
import css from './storyboard.module.css';

interface StripProps {
  readonly cards: readonly Card[];
  /** The place of the one that is edited. */
  readonly chosen: number;
  readonly canAdd: boolean;
  readonly onChoose: (index: number) => void;
  readonly onMove: (from: number, to: number) => void;
  readonly onRemove: (index: number) => void;
  readonly onRetry: (index: number) => void;
  readonly onAdd: () => void;
}

/** The shots in order: dragged, or moved with Alt and an arrow or by buttons. */
export function Strip({ cards, chosen, canAdd, onChoose, onMove, onRemove, onRetry, onAdd }: StripProps) {
  const text = useText<typeof words>('storyboard');
  const move = (from: number, to: number): void => {
    if (movedTo(cards, from, to) !== cards) onMove(from, to);
  };
  const dragOf = useDragOrder(move);
  return (
    <ol className={css.strip} aria-label={text('shots')}>
      {cards.map((card, index) => (
        <li key={card.id} className={css.place} {...dragOf(index)}>
          <ShotCard
            card={card}
            index={index}
            count={cards.length}
            isChosen={index === chosen}
            onChoose={() => onChoose(index)}
            onMove={(step) => move(index, index + step)}
            onRemove={() => onRemove(index)}
            onRetry={() => onRetry(index)}
          />
        </li>
      ))}
      {canAdd ? (
        <li className={css.place}>
          <button type="button" className={css.add} onClick={onAdd}>
            <Icon name="add" />
            {text('add')}
          </button>
        </li>
      ) : null}
    </ol>
  );
}
