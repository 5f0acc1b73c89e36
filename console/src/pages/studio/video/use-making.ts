import { useEffect, useRef, useState } from 'react';
import { ApiError, NoConnection } from '../../../api/errors';
import type { Model } from '../../../api/models';
import { useTeam } from '../../../api/session';
import { hasEnded } from '../../../api/task-facts';
import { useCreateTask, type Task } from '../../../api/tasks';
import { uploadAsset } from '../../../api/upload';
import { videoRequest } from '../../../features/composer/request';
import { supportOf } from '../../../features/composer/support';
import { contentUrl } from '../../../lib/media-url';
import { frameOf } from '../../../lib/video-frame';
import { beginningWith, keyOf, type Shot } from './board';
import type { KeptBoard } from './use-board';

export interface Making {
  /** Why a shot was not sent, by its id; nothing was charged for it. */
  readonly faults: ReadonlyMap<string, Error>;
  /** Takes the last frame of a shot's video into the library. @returns the asset */
  readonly lastFrameOf: (task: Task) => Promise<string>;
}

/** A shot waits for one before it that did not succeed. */
export class ShotBeforeFailed extends Error {
  override readonly name = 'ShotBeforeFailed';
}

/** The model of a shot, or the first that there is. */
export const modelOf = (shot: Shot, models: readonly Model[]): Model | undefined =>
  models.find(({ id }) => id === shot.draft.model) ?? models[0];

/** Sends the shots that are wanted, each once in all tabs; one that goes on from the shot before waits for its video. */
export function useMaking(
  { name, board, now: boardNow, changeShot }: KeptBoard,
  models: readonly Model[],
  tasks: ReadonlyMap<string, Task>,
): Making {
  const team = useTeam();
  const { mutateAsync } = useCreateTask(team);
  const [faults, setFaults] = useState<ReadonlyMap<string, Error>>(new Map());
  const underWay = useRef(new Set<string>());

  const lastFrameOf = async (task: Task): Promise<string> => {
    const [output] = task.outputs;
    if (output === undefined) throw new ShotBeforeFailed();
    const frame = await frameOf(contentUrl(team, output.id), 'last');
    return (await uploadAsset(team, new File([frame], `${task.id}-last-frame.png`, { type: 'image/png' }))).id;
  };

  /** What is to be sent is settled anew here: another tab may have sent it while this one waited. */
  const make = async (id: string, previous: Task | null): Promise<void> => {
    const shot = boardNow().shots.find((one) => one.id === id);
    if (shot === undefined || !shot.isWanted || shot.task !== null) return;
    const model = modelOf(shot, models);
    if (model === undefined) return;
    try {
      const whole = previous === null || shot.sent !== null ? shot : beginningWith(shot, await lastFrameOf(previous));
      const body = shot.sent?.body ?? videoRequest({ ...whole.draft, model: model.id, count: 1 }, supportOf(model), { withFiles: true });
      if (body === null) {
        changeShot(id, (now) => ({ ...now, isWanted: false }));
        return;
      }
      const sent = shot.sent ?? { key: keyOf(shot), body };
      if (whole !== shot) changeShot(id, (now) => ({ ...now, draft: { ...now.draft, references: whole.draft.references } }));
      changeShot(id, (now) => ({ ...now, sent }));
      setFaults((before) => new Map([...before].filter(([one]) => one !== id)));
      const task = await mutateAsync(sent);
      changeShot(id, (now) => ({ ...now, isWanted: false, sent: null, task: task.id }));
    } catch (error) {
      // Another tab has bought it, and this one did not know yet.
      const bought = boughtBefore(error);
      if (bought !== null) {
        changeShot(id, (now) => ({ ...now, isWanted: false, sent: null, task: bought }));
        return;
      }
      // Without an answer nobody knows whether it arrived: it stays wanted, and is sent again under its key.
      if (error instanceof NoConnection) return;
      giveUp(id, error instanceof Error ? error : new Error(String(error)));
    }
  };
  const giveUp = (id: string, error: Error): void => {
    const isHeld = error instanceof ShotBeforeFailed;
    changeShot(id, (now) => (now.isWanted ? { ...now, turn: now.turn + 1, isWanted: false, isHeld, sent: null } : now));
    if (isHeld) return;
    setFaults((before) => new Map([...before, [id, error]]));
  };

  useEffect(() => {
    board.shots.forEach((shot, index) => {
      if (!shot.isWanted || shot.task !== null || underWay.current.has(shot.id) || models.length === 0) return;
      const before = shot.isContinued && shot.sent === null ? board.shots[index - 1] : undefined;
      const previous = before?.task === null || before === undefined ? null : (tasks.get(before.task) ?? null);
      if (before !== undefined) {
        const isOver = previous !== null && hasEnded(previous);
        if (isOver ? previous.status !== 'succeeded' : before.task === null && !before.isWanted) {
          giveUp(shot.id, new ShotBeforeFailed());
          return;
        }
        if (!isOver) return;
      }
      underWay.current.add(shot.id);
      void alone(`${name} ${shot.id}`, () => make(shot.id, previous)).finally(() => underWay.current.delete(shot.id));
    });
  });

  return { faults, lastFrameOf };
}

/** The task that was bought under the same key with other words; null: it is another error. */
function boughtBefore(error: unknown): string | null {
  if (!(error instanceof ApiError) || error.code !== 'idempotency_key_reuse') return null;
  const { task_id: task } = (error.details ?? {}) as { readonly task_id?: unknown };
  return typeof task === 'string' ? task : null;
}

/**
 * One tab at a time, so that a frame is taken once. What keeps a shot from being bought twice is the key of the request: a lock may be had before what
 * the tab before wrote is seen here, and without TLS browsers have none.
 */
async function alone(name: string, act: () => Promise<void>): Promise<void> {
  if (!('locks' in navigator)) return act();
  // It waits for the other tab: should that one be closed meanwhile, this one goes on.
  await navigator.locks.request(name, act);
}
