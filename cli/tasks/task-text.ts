import { facts } from '../table';
import type { OutputObject, TaskObject } from './task-object';

const PHASES: Readonly<Record<string, string>> = {
  waiting_rate: "waiting for the key's rate",
  waiting_capacity: 'waiting for its turn',
  calling_provider: 'calling the provider',
  waiting_provider: 'the provider is working',
  waiting_retry: 'waiting to try again',
  storing: 'storing the result',
  settling: 'settling the cost',
  done: '',
};

/** What a running task is doing, in words. */
export function phaseText({ phase }: TaskObject): string {
  return PHASES[phase] ?? phase;
}

export function percentText({ progress }: TaskObject): string {
  return `${Math.floor(progress * 100)} %`;
}

/** What it cost, or is expected to. */
export function costText({ cost }: TaskObject): string {
  return cost.actual === null ? `about ${cost.estimated} USD` : `${cost.actual} USD`;
}

/** `1024x1024 image/png 1.2 MB` */
export function outputText({ width, height, duration_s: durationS, content_type: type, bytes, notice }: OutputObject): string {
  return [
    type,
    width === null || height === null ? null : `${width}x${height}`,
    durationS === null ? null : `${durationS} s`,
    bytesText(bytes),
    notice,
  ]
    .filter((part) => part !== null)
    .join(', ');
}

function bytesText(bytes: number): string {
  if (bytes < 1_000) return `${bytes} bytes`;
  return bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** Why a task has no result, and what to do about it; one fact a line. */
export function problemText({ id, status, error, routing }: TaskObject): string {
  const words = status === 'cancelled' ? 'was cancelled' : status === 'expired' ? 'did not finish in time' : 'failed';
  const provider = error?.provider_message ?? error?.provider_code ?? null;
  const calls = routing.attempts
    .filter(({ outcome }) => outcome !== 'succeeded')
    .map(({ provider: name, model, outcome, error_code: code }) => `${name} (${model}): ${code ?? outcome}`);
  return [
    `✗ ${id} ${words}${error === null ? '.' : `: ${error.message}`}`,
    ...(error === null ? [] : [`  code ${error.code}${provider === null ? '' : ` · the provider said: ${provider}`}`]),
    ...(calls.length === 0 ? [] : [`  tried ${calls.join(', ')}`]),
    ...(error === null
      ? []
      : [`  → ${error.retryable ? 'It may succeed when submitted again.' : `docs/errors.md explains ${error.code}.`}`]),
  ].join('\n');
}

/** All of a task that people ask for. */
export function taskText(task: TaskObject): string {
  const isOver = task.finished_at !== null;
  const head = facts([
    ['id', task.id],
    ['type', task.type],
    ['model', task.model],
    ['status', isOver ? task.status : `${task.status}, ${percentText(task)}, ${phaseText(task)}`],
    ['created', task.created_at],
    ['finished', task.finished_at],
    ['cost', costText(task)],
    ['credential', `${task.team}/${task.credential.name} (${task.credential.class})`],
    ['external id', task.external_id],
    ...task.routing.attempts.map(
      ({ n, provider, model, outcome, error_code: code, cost }) =>
        [`attempt ${n}`, `${provider} (${model}): ${outcome}${code === null ? '' : `, ${code}`}, ${cost} USD`] as const,
    ),
    ...task.outputs.map((output, index) => [`output ${index}`, outputText(output)] as const),
    ...task.missing_outputs.map(({ index, code, message }) => ['missing', `the output at position ${index}: ${code}, ${message}`] as const),
  ]);
  return [head, ...(task.text === null ? [] : ['', task.text]), ...(task.error === null ? [] : ['', problemText(task)])].join('\n');
}
