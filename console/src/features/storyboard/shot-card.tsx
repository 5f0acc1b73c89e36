import { hasEnded } from '../../api/task-facts';
import type { Task } from '../../api/tasks';
import { useNow } from '../../lib/delayed';
import { useFormat } from '../../lib/format';
import { useText } from '../../lib/text';
import type words from '../../text/en/storyboard.json';
import { Bar } from '../../ui/bar';
import { Button, IconButton } from '../../ui/button';
import { Status } from '../../ui/status';
import css from './storyboard.module.css';

/** What a card of the storyboard shows. */
export interface Card {
  readonly id: string;
  readonly prompt: string;
  readonly model: string;
  readonly seconds: number;
  /** Of its video, else of its first frame; null: there is neither. */
  readonly thumbnail: string | null;
  readonly task: Task | null;
  /** Words for what it waits for before there is a run: "Sending". */
  readonly waits: string | null;
  /** Why there is no video. */
  readonly fault: string | null;
  readonly price: string | null;
}

interface ShotCardProps {
  readonly card: Card;
  readonly index: number;
  readonly count: number;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
  readonly onMove: (step: -1 | 1) => void;
  readonly onRemove: () => void;
  readonly onRetry: () => void;
}

/** A shot: its thumbnail, its words, and how far it is. A shot that failed keeps its place. */
export function ShotCard({ card, index, count, isChosen, onChoose, onMove, onRemove, onRetry }: ShotCardProps) {
  const text = useText<typeof words>('storyboard');
  const format = useFormat();
  const n = index + 1;
  return (
    <article
      className={css.card}
      aria-label={text('shot', { n })}
      data-chosen={isChosen || undefined}
      onKeyDown={(event) => {
        const step = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0;
        if (!event.altKey || step === 0) return;
        event.preventDefault();
        onMove(step);
      }}
    >
      <button
        type="button"
        className={css.open}
        aria-pressed={isChosen}
        aria-label={text('edit', { n, seconds: format.seconds0(card.seconds) })}
        onClick={onChoose}
      >
        {card.thumbnail === null ? <span className={css.blank} /> : <img src={card.thumbnail} alt="" className={css.blank} />}
        <span className={css.seconds}>{format.seconds0(card.seconds)}</span>
      </button>
      <p className={css.words}>
        <strong>{n}</strong> {card.prompt === '' ? text('noWords') : card.prompt}
      </p>
      <p className={css.facts}>{[card.model, ...(card.price === null ? [] : [card.price])].join(' · ')}</p>
      <State card={card} onRetry={onRetry} />
      <div className={css.verbs}>
        <IconButton name={text('earlier', { n })} icon="back" size="dense" disabled={index === 0} onClick={() => onMove(-1)} />
        <IconButton name={text('later', { n })} icon="forward" size="dense" disabled={n === count} onClick={() => onMove(1)} />
        <IconButton name={text('remove', { n })} icon="remove" size="dense" onClick={onRemove} />
      </div>
    </article>
  );
}

function State({ card: { task, waits, fault }, onRetry }: { readonly card: Card; readonly onRetry: () => void }) {
  const text = useText<typeof words>('storyboard');
  const format = useFormat();
  const isRunning = task !== null && !hasEnded(task);
  const now = useNow(isRunning);
  if (fault !== null) {
    return (
      <div className={css.fault} role="alert">
        {fault}
        <Button size="dense" icon="retry" onClick={onRetry}>
          {text('retry')}
        </Button>
      </div>
    );
  }
  if (task === null) return <p className={css.facts}>{waits ?? text('notMade')}</p>;
  // Without a share from the provider none is invented: the time it has taken says that it goes on.
  const took = isRunning ? format.duration(now - Date.parse(task.created_at)) : undefined;
  return (
    <div className={css.state}>
      <Status status={task.status} progress={task.progress} more={took} />
      {isRunning ? <Bar isThin parts={[{ share: task.progress, tone: 'accent' }]} value={task.progress} label={text('progress')} /> : null}
    </div>
  );
}
