import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useRef } from 'react';
import { useCodeText } from '../../api/errors';
import { hasEnded, promptOf, requestOf, wasFree } from '../../api/task-facts';
import { taskQuery, useCancelTask, type Task, type TaskRow } from '../../api/tasks';
import { useTeam } from '../../api/session';
import { useNow } from '../../lib/delayed';
import { useFormat } from '../../lib/format';
import { paths } from '../../lib/paths';
import { useText } from '../../lib/text';
import type words from '../../text/en/studio.json';
import { announce } from '../../ui/announce';
import { Button, ButtonLink, IconButton } from '../../ui/button';
import { Icon } from '../../ui/icon';
import { Link } from '../../ui/link';
import { Notice } from '../../ui/states';
import { Status } from '../../ui/status';
import { Tiles } from './tiles';
import type { RunVerbs } from './verbs';
import css from './run.module.css';

const RunMenu = lazy(async () => ({ default: (await import('./run-menu')).RunMenu }));

interface RunProps extends RunVerbs {
  readonly row: TaskRow;
  readonly models: readonly { readonly id: string; readonly display_name: string }[];
}

/** One run of the studio: a line of what was asked for, and what came of it. */
export function Run({ row, models, ...verbs }: RunProps) {
  const text = useText<typeof words>('studio');
  const format = useFormat();
  const team = useTeam();
  const { data } = useQuery(taskQuery(team, row.id));
  const task = data ?? null;
  const now = useNow(!hasEnded(task ?? row));
  const shown = task ?? row;
  const isOver = hasEnded(shown);
  const cancel = useCancelTask(team);
  const prompt = task === null ? (row.prompt ?? '') : promptOf(task);
  const asked = requestOf(shown);
  useAnnounceEnd(shown, asked.n, text);

  return (
    <article className={css.run} aria-label={prompt} id={row.id}>
      <div className={css.line}>
        <Link to={paths.task(team, row.id)} className={css.prompt}>
          {prompt}
        </Link>
        <span className={css.facts}>
          <span>{shown.model}</span>
          {asked.ratio === null ? null : <span>{asked.ratio}</span>}
          {asked.seed === null ? null : (
            <span className={css.seed}>
              <Icon name="seed" size={14} /> {asked.seed}
            </span>
          )}
          <span className="figures">{costOf(shown, isOver)}</span>
          <time dateTime={shown.created_at} title={format.exactTime(shown.created_at)}>
            {format.time(shown.created_at)}
          </time>
        </span>
        <span className={css.state}>
          {isOver && shown.status === 'succeeded' ? null : (
            <Status
              isChip
              status={shown.status}
              progress={shown.progress}
              more={
                isOver
                  ? undefined
                  : [text('some', { n: shown.outputs.length, of: asked.n }), format.duration(now - Date.parse(shown.created_at))].join(
                      ' · ',
                    )
              }
            />
          )}
          {isOver ? null : (
            <Button size="dense" icon="stop" onClick={() => cancel.mutate(row.id)}>
              {text('stop')}
            </Button>
          )}
          {!isOver || task === null ? null : (
            <Suspense fallback={<IconButton name={text('moreOf')} icon="more" size="dense" />}>
              <RunMenu task={task} models={models} {...verbs} />
            </Suspense>
          )}
        </span>
      </div>
      {shown.error === null ? (
        <Tiles
          task={shown}
          prompt={prompt}
          count={asked.n}
          ratio={asked.ratio}
          isOver={isOver}
          onReference={verbs.onReference}
          {...(verbs.onEdit === undefined ? {} : { onEdit: verbs.onEdit })}
          {...(verbs.comparison === undefined ? {} : { comparison: verbs.comparison })}
        />
      ) : (
        <Failure task={shown} onEdit={() => task !== null && verbs.onUsePrompt(task)} />
      )}
    </article>
  );

  function costOf({ cost }: TaskRow | Task, over: boolean): string {
    if (!over) return text('held', { amount: format.money(cost.reserved) });
    if (cost.actual === null || wasFree(shown)) return shown.status === 'succeeded' ? format.money(cost.actual ?? '0') : text('notCharged');
    return format.money(cost.actual);
  }
}

function Failure({ task, onEdit }: { readonly task: Task | TaskRow; readonly onEdit: () => void }) {
  const text = useText<typeof words>('studio');
  const codeText = useCodeText();
  const team = useTeam();
  const { error } = task;
  if (error === null) return null;
  const isFree = wasFree(task);
  return (
    <Notice
      tone="danger"
      end={
        <span className={css.verbs}>
          <Button size="dense" onClick={onEdit}>
            {text('editPrompt')}
          </Button>
          <ButtonLink size="dense" to={paths.task(team, task.id)}>
            {text('why')}
          </ButtonLink>
        </span>
      }
    >
      <strong>{codeText(error.code) ?? error.message}</strong> {isFree ? text('youWereNotCharged') : null}
    </Notice>
  );
}

/** Says once that a run which was seen running has ended. */
function useAnnounceEnd(
  task: TaskRow | Task,
  count: number,
  text: (key: 'said.done' | 'said.failed', values: Record<string, number>) => string,
): void {
  const wasRunning = useRef(false);
  const isOver = hasEnded(task);
  const { status } = task;
  useEffect(() => {
    if (!isOver) wasRunning.current = true;
    else if (wasRunning.current) {
      wasRunning.current = false;
      announce(text(status === 'succeeded' ? 'said.done' : 'said.failed', { count }));
    }
  }, [isOver, status, count, text]);
}
