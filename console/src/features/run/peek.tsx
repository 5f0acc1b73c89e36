import { useQuery } from '@tanstack/react-query';
import { useErrorText } from '../../api/errors';
import { useTeam } from '../../api/session';
import { promptOf } from '../../api/task-facts';
import { taskQuery, type TaskRow } from '../../api/tasks';
import { useHotkeys } from '../../lib/hotkeys';
import { paths } from '../../lib/paths';
import { useText } from '../../lib/text';
import type words from '../../text/en/run.json';
import { ButtonLink, IconButton } from '../../ui/button';
import { Notice, Skeleton } from '../../ui/states';
import { Status } from '../../ui/status';
import { ExplanationPanel } from './explanation';
import { Outputs } from './outputs';
import { CostPanel, Settings, WhoAsked } from './sides';
import css from './peek.module.css';

interface PeekProps {
  readonly id: string;
  readonly rows: readonly TaskRow[];
  readonly onMove: (id: string) => void;
  readonly onClose: () => void;
}

/** A task beside the list, which stays usable. */
export function Peek({ id, rows, onMove, onClose }: PeekProps) {
  const text = useText<typeof words>('run');
  const errorText = useErrorText();
  const team = useTeam();
  const { data: task, error } = useQuery(taskQuery(team, id));
  const at = rows.findIndex((row) => row.id === id);
  const move = (step: 1 | -1): void => {
    const next = rows[at + step];
    if (next !== undefined) onMove(next.id);
  };
  useHotkeys([
    { keys: 'j', label: 'nextRow', run: () => move(1) },
    { keys: 'k', label: 'previousRow', run: () => move(-1) },
    { keys: 'Escape', label: 'closePeek', run: onClose },
  ]);
  const prompt = task === undefined ? '' : promptOf(task);
  return (
    <aside className={css.peek} aria-label={text('peek')}>
      <div className={css.head}>
        {task === undefined ? null : <Status isChip status={task.status} progress={task.progress} />}
        <span className={css.verbs}>
          <IconButton name={text('previous')} hint="k" icon="previous" size="dense" disabled={at <= 0} onClick={() => move(-1)} />
          <IconButton
            name={text('next')}
            hint="j"
            icon="next"
            size="dense"
            disabled={at < 0 || at >= rows.length - 1}
            onClick={() => move(1)}
          />
          <ButtonLink size="dense" to={paths.task(team, id)}>
            {text('open')}
          </ButtonLink>
          <IconButton name={text('close')} hint="Esc" icon="close" size="dense" onClick={onClose} />
        </span>
      </div>
      {error === null ? null : <Notice tone="danger">{errorText(error)}</Notice>}
      {task === undefined ? (
        error === null ? (
          <Skeleton rows={4} height={80} />
        ) : null
      ) : (
        <>
          <h2 className={css.prompt}>{prompt === '' ? text('noPrompt') : prompt}</h2>
          {task.error === null ? null : <ExplanationPanel task={task} />}
          <Outputs task={task} prompt={prompt} />
          <Settings task={task} />
          <CostPanel task={task} />
          <WhoAsked task={task} />
        </>
      )}
    </aside>
  );
}
