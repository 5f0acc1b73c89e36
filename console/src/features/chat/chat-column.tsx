import { useEffect, useRef, useState } from 'react';
import { useErrorText } from '../../api/errors';
import { useTeam } from '../../api/session';
import { copyText } from '../../lib/clipboard';
import { useFormat } from '../../lib/format';
import { paths } from '../../lib/paths';
import { useText } from '../../lib/text';
import type words from '../../text/en/chat.json';
import { note } from '../../ui/announce';
import { IconButton } from '../../ui/button';
import { Link } from '../../ui/link';
import { Select } from '../../ui/select';
import { Notice, State } from '../../ui/states';
import css from './chat-column.module.css';
import { Prose } from './prose';
import type { Answer, Side, Turn } from './conversation';

interface ChatColumnProps {
  readonly side: Side;
  readonly model: string;
  readonly models: readonly { readonly id: string; readonly display_name: string }[];
  readonly turns: readonly Turn[];
  readonly onModel: (id: string) => void;
  readonly onRetry: (turnId: string, asked: { readonly side: Side; readonly model: string }) => void;
}

/** One model's side of the conversation. */
export function ChatColumn({ side, model, models, turns, onModel, onRetry }: ChatColumnProps) {
  const text = useText<typeof words>('chat');
  const end = useRef<HTMLDivElement>(null);
  const length = turns.reduce((sum, turn) => sum + (turn.answers[side]?.at(-1)?.text.length ?? 0), turns.length);
  useEffect(() => {
    // New browsers answer with a promise, which is no clean-up.
    end.current?.scrollIntoView({ block: 'nearest' });
  }, [length]);
  return (
    <section className={css.column} aria-label={model}>
      <div className={css.model}>
        <Select
          label={text('model')}
          value={model}
          onChange={onModel}
          choices={models.map(({ id, display_name: name }) => ({ value: id, label: name }))}
        />
      </div>
      <div className={css.turns} tabIndex={0} role="log" aria-label={text('conversation')}>
        {turns.length === 0 ? <State icon="text" title={text('empty')} /> : null}
        {turns.map((turn) => (
          <article key={turn.id} className={css.turn}>
            <p className={css.question}>{turn.prompt}</p>
            <Answers answers={turn.answers[side] ?? []} onRetry={() => onRetry(turn.id, { side, model })} />
          </article>
        ))}
        <div ref={end} />
      </div>
    </section>
  );
}

/** The newest version of an answer, with a way back to the ones of before. */
function Answers({ answers, onRetry }: { readonly answers: readonly Answer[]; readonly onRetry: () => void }) {
  const text = useText<typeof words>('chat');
  const format = useFormat();
  const errorText = useErrorText();
  const team = useTeam();
  const [chosen, choose] = useState<number | null>(null);
  const at = Math.min(chosen ?? answers.length - 1, answers.length - 1);
  const answer = answers[at];
  if (answer === undefined) return null;
  const { state, taskId, firstTokenMs, totalMs, inputTokens, outputTokens } = answer;
  const isOpen = state === 'writing' || state === 'awaited';
  const copy = (): void => {
    void copyText(answer.text).then(
      () => note(text('copied')),
      () => note(text('notCopied')),
    );
  };
  return (
    <div className={css.answer} aria-busy={isOpen}>
      <Prose text={answer.text} />
      {state === 'failed' ? <Notice tone="danger">{errorText(answer.error)}</Notice> : null}
      {state === 'stopped' || state === 'awaited' || state === 'cut' ? <p className={css.facts}>{text(state)}</p> : null}
      <div className={css.facts}>
        {state === 'writing' && answer.text === '' ? <span>{text('writing')}</span> : null}
        {outputTokens === null ? null : (
          <span>{text('tokens', { in: format.number(inputTokens ?? 0), out: format.number(outputTokens) })}</span>
        )}
        {firstTokenMs === null ? null : <span>{text('first', { time: format.seconds(firstTokenMs) })}</span>}
        {totalMs === null ? null : <span>{text('total', { time: format.seconds(totalMs) })}</span>}
        {taskId === null || isOpen ? null : <Link to={paths.task(team, taskId)}>{text('openRun')}</Link>}
        {isOpen ? null : (
          <span className={css.verbs}>
            {answers.length < 2 ? null : (
              <>
                <IconButton name={text('earlier')} icon="back" size="dense" disabled={at === 0} onClick={() => choose(at - 1)} />
                <span className="figures">
                  {at + 1} / {answers.length}
                </span>
              </>
            )}
            <IconButton name={text('copy')} icon="copy" size="dense" onClick={copy} />
            <IconButton
              name={text('retry')}
              icon="retry"
              size="dense"
              onClick={() => {
                choose(null);
                onRetry();
              }}
            />
          </span>
        )}
      </div>
    </div>
  );
}
