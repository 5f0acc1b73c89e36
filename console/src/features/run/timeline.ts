import type { Callback } from '../../api/callbacks';
import { hasEnded } from '../../api/task-facts';
import type { Task } from '../../api/tasks';

/** A step of a run in plain words. `name` is a key of `steps` in the text file `run`, with its values. */
export interface Step {
  readonly key: string;
  readonly name: 'accepted' | 'held' | 'attempt' | 'fallback' | 'skipped' | 'wait' | 'settled' | 'givenBack' | 'callback';
  readonly values: Readonly<Record<string, string | number>>;
  /** Milliseconds since 1970. */
  readonly from: number;
  /** null: it goes on. */
  readonly to: number | null;
  readonly state: 'done' | 'failed' | 'running' | 'aside';
  /** A code, or the provider's own words: shown as text. */
  readonly note: string | null;
}

/** A pause shorter than this is no step of its own. */
const LEAST_WAIT_MS = 1_500;

/** What happened to a task, in order. */
export function stepsOf(task: Task, callbacks: readonly Callback[], now: number): readonly Step[] {
  const accepted = Date.parse(task.created_at);
  const steps: Step[] = [
    { key: 'accepted', name: 'accepted', values: {}, from: accepted, to: accepted, state: 'done', note: null },
    { key: 'held', name: 'held', values: { usd: task.cost.reserved }, from: accepted, to: accepted, state: 'done', note: null },
  ];
  let last: { readonly provider: string; readonly end: number } | null = null;
  for (const attempt of task.routing.attempts) {
    const from = Date.parse(attempt.started_at);
    const to = attempt.ended_at === null ? null : Date.parse(attempt.ended_at);
    const before = last?.end ?? accepted;
    if (from - before > LEAST_WAIT_MS) {
      const isRetry = last !== null;
      steps.push({
        key: `wait ${attempt.n}`,
        name: 'wait',
        values: {},
        from: before,
        to: from,
        state: 'aside',
        note: isRetry ? null : task.phase,
      });
    }
    if (last !== null && last.provider !== attempt.provider) {
      steps.push({
        key: `fallback ${attempt.n}`,
        name: 'fallback',
        values: { provider: attempt.provider },
        from,
        to: from,
        state: 'done',
        note: null,
      });
    }
    const hasFailed = attempt.outcome === 'failed' || attempt.outcome === 'unknown';
    steps.push({
      key: `attempt ${attempt.n}`,
      name: 'attempt',
      values: { n: attempt.n, provider: attempt.provider, model: attempt.model },
      from,
      to,
      state: hasFailed ? 'failed' : to === null ? 'running' : 'done',
      note: attempt.provider_message ?? attempt.error_code,
    });
    last = { provider: attempt.provider, end: to ?? now };
  }
  const ended = task.finished_at === null ? null : Date.parse(task.finished_at);
  const at = ended ?? last?.end ?? now;
  for (const { provider, reason } of task.routing.skipped) {
    steps.push({ key: `skipped ${provider}`, name: 'skipped', values: { provider }, from: at, to: at, state: 'aside', note: reason });
  }
  if (hasEnded(task)) {
    const settled = task.cost.settled_at === null ? at : Date.parse(task.cost.settled_at);
    const { actual, reserved } = task.cost;
    const wasCharged = actual !== null && Number(actual) > 0;
    steps.push(
      wasCharged || Number(reserved) === 0
        ? { key: 'settled', name: 'settled', values: { usd: actual ?? '0' }, from: settled, to: settled, state: 'done', note: null }
        : { key: 'back', name: 'givenBack', values: { usd: reserved }, from: settled, to: settled, state: 'done', note: null },
    );
  }
  for (const callback of callbacks) {
    const tries = callback.attempts;
    const first = tries[0];
    const from = Date.parse(callback.created_at);
    const end = tries.at(-1);
    steps.push({
      key: callback.id,
      name: 'callback',
      values: { type: callback.type },
      from: first === undefined ? from : Date.parse(first.at),
      to: callback.status === 'pending' || end === undefined ? null : Date.parse(end.at) + end.duration_ms,
      state: callback.status === 'failed' ? 'failed' : callback.status === 'pending' ? 'running' : 'done',
      note: end?.error ?? null,
    });
  }
  return steps;
}

/** Where a step's bar lies on the shared axis, each 0 to 1 of its width. A moment is drawn as a sliver, never as nothing. */
export function placeOf(step: Step, axis: Axis, now: number): { readonly left: number; readonly width: number } {
  const span = Math.max(1, axis.to - axis.from);
  const clamp = (share: number): number => Math.min(1, Math.max(0, share));
  const left = clamp((step.from - axis.from) / span);
  const right = clamp(((step.to ?? now) - axis.from) / span);
  return { left: Math.min(left, 1 - LEAST_WIDTH), width: Math.max(LEAST_WIDTH, right - left) };
}

const LEAST_WIDTH = 0.008;

export interface Axis {
  readonly from: number;
  readonly to: number;
}

/** From the first moment to the last; callbacks that are tried for days do not squeeze the run itself. */
export function axisOf(steps: readonly Step[], now: number): Axis {
  const inside = steps.filter(({ name }) => name !== 'callback');
  const from = Math.min(...inside.map((step) => step.from));
  const to = Math.max(...inside.map((step) => step.to ?? now));
  return { from, to: Math.max(to, from + 1) };
}
