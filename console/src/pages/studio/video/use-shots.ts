import { useQueries } from '@tanstack/react-query';
import { useCodeText, useErrorText } from '../../../api/errors';
import { ApiError } from '../../../api/errors';
import type { Model } from '../../../api/models';
import { useTeam } from '../../../api/session';
import { hasEnded } from '../../../api/task-facts';
import { estimateQuery, taskQuery, type Task, type TaskRequest } from '../../../api/tasks';
import { videoRequest } from '../../../features/composer/request';
import { supportOf } from '../../../features/composer/support';
import type { Card } from '../../../features/storyboard/shot-card';
import { useSettled } from '../../../lib/delayed';
import { useFormat } from '../../../lib/format';
import { thumbnailUrl } from '../../../lib/media-url';
import { useText } from '../../../lib/text';
import type words from '../../../text/en/storyboard.json';
import type { Shot } from './board';
import { modelOf } from './use-making';

const PRICE_AFTER_MS = 300;

/** The runs of the shots, by their id. */
export function useShotTasks(shots: readonly Shot[]): ReadonlyMap<string, Task> {
  const team = useTeam();
  const ids = shots.flatMap(({ task }) => (task === null ? [] : [task]));
  return useQueries({
    queries: ids.map((id) => taskQuery(team, id)),
    combine: (results) => new Map(results.flatMap(({ data }) => (data === undefined ? [] : [[data.id, data] as const]))),
  });
}

/** What each shot would cost, in dollars, by the id of the shot; one without a prompt has no price. */
export function useShotPrices(shots: readonly Shot[], models: readonly Model[]): ReadonlyMap<string, string> {
  const team = useTeam();
  const requests = shots.map((shot) => {
    const model = modelOf(shot, models);
    const request =
      model === undefined ? null : videoRequest({ ...shot.draft, model: model.id, count: 1 }, supportOf(model), { withFiles: false });
    return { id: shot.id, request };
  });
  const settled = JSON.parse(useSettled(JSON.stringify(requests), PRICE_AFTER_MS)) as typeof requests;
  return useQueries({
    queries: settled.map(({ request }: { readonly request: TaskRequest | null }) => estimateQuery(team, request)),
    combine: (results) =>
      new Map(
        results.flatMap(({ data }, index) => {
          const one = settled[index];
          return data === undefined || one === undefined || one.request === null ? [] : [[one.id, data.cost.estimated] as const];
        }),
      ),
  });
}

/** A sum of dollars; null: not all are known. */
export function sumOf(amounts: readonly (string | null)[]): string | null {
  if (amounts.includes(null)) return null;
  const micro = amounts.reduce((sum, amount) => sum + Math.round(Number(amount) * 1_000_000), 0);
  return (micro / 1_000_000).toFixed(6);
}

/** It has words, and neither a video nor a run that may still become one. */
export function canBeMade({ draft, task, isWanted }: Shot, tasks: ReadonlyMap<string, Task>): boolean {
  if (draft.prompt.trim() === '' || isWanted) return false;
  const made = task === null ? undefined : tasks.get(task);
  return task === null || (made !== undefined && hasEnded(made) && made.status !== 'succeeded');
}

interface Known {
  readonly shots: readonly Shot[];
  readonly models: readonly Model[];
  readonly tasks: ReadonlyMap<string, Task>;
  readonly prices: ReadonlyMap<string, string>;
  readonly faults: ReadonlyMap<string, Error>;
}

/** What the cards of the shots show. */
export function useCards({ shots, models, tasks, prices, faults }: Known): readonly Card[] {
  const text = useText<typeof words>('storyboard');
  const format = useFormat();
  const team = useTeam();
  const errorText = useErrorText();
  const codeText = useCodeText();
  const madeOf = (shot: Shot | undefined): Task | null => (typeof shot?.task === 'string' ? (tasks.get(shot.task) ?? null) : null);
  const faultOf = (shot: Shot, index: number): string | null => {
    const task = madeOf(shot);
    if (shot.isHeld && shot.isContinued && index > 0 && task === null) {
      return madeOf(shots[index - 1])?.status === 'succeeded' ? text('beforeReady', { n: index }) : text('beforeFailed');
    }
    const fault = faults.get(shot.id);
    if (fault !== undefined) return fault instanceof ApiError ? errorText(fault) : text('frameFailed');
    return task?.error ? (codeText(task.error.code) ?? task.error.message) : null;
  };
  return shots.map((shot, index) => {
    const { draft, isContinued, isWanted } = shot;
    const task = madeOf(shot);
    const model = modelOf(shot, models);
    const output = task?.outputs[0];
    const first = draft.references.find(({ role }) => role === 'first_frame')?.source;
    const assetId = typeof output?.thumbnail_url === 'string' ? output.id : first?.kind === 'asset' ? first.asset : null;
    const price = task?.cost.actual ?? prices.get(shot.id);
    return {
      id: shot.id,
      prompt: draft.prompt,
      model: model?.display_name ?? '',
      seconds: draft.durationS ?? (model === undefined ? 0 : supportOf(model).durations.usual),
      thumbnail: assetId === null ? null : thumbnailUrl(team, assetId),
      task,
      waits: !isWanted ? null : isContinued && shot.sent === null ? text('waitsFor', { n: index }) : text('sending'),
      fault: isWanted ? null : faultOf(shot, index),
      price: price === undefined ? null : format.money(price),
    };
  });
}
