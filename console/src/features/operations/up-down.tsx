import { names } from '../../lib/names';
import { Icon } from '../../ui/icon';
import css from './operations.module.css';

/** Whether a part is well, as an icon and a word. */
export function UpDown({ isUp, word }: { readonly isUp: boolean; readonly word: string }) {
  return (
    <span className={names(css.mark, !isUp && css.down)}>
      <Icon name={isUp ? 'check' : 'failed'} size={16} /> {word}
    </span>
  );
}
