import type { HistoryEventJson, HistoryJson } from './history';
import { formatUsd } from '../money/money';
import { isTerminal, type Attempt, type TaskSummary } from './task';
import { asRecord, contentOf, numberOf, textOf, timeOf, type JsonRecord } from './history-json';

/** One line of a run's timeline; names, numbers and codes only. */
export interface TimelineEvent {
  readonly at: Date;
  /** `task.*`, `attempt.*`, `run.*`, `step.*`, `decision`, `timer.*`, `signal` */
  readonly type: string;
  /** What the summary says, for whoever says it in another language: `type`, or more exactly what it is about. */
  readonly code: string;
  readonly params: Readonly<Record<string, string | number | null>>;
  /** Of what ended with it; null: it is a moment. */
  readonly durationMs: number | null;
  readonly summary: string;
}
type Params = TimelineEvent['params'];

/** An event as users read it; `id` counts from 1 in the order of time. */
export function timelineObject({ at, type, code, params, durationMs, summary }: TimelineEvent, index: number) {
  return { id: String(index + 1), at: at.toISOString(), type, code, params, duration_ms: durationMs, summary };
}

/** What happened to a task, in order: its history joined with what the books know of it. */
export function timelineOf(task: TaskSummary, history: HistoryJson): readonly TimelineEvent[] {
  const events = [...taskEvents(task), ...task.attempts.flatMap(attemptEvents), ...historyEvents(task.id, history)];
  return events.sort((left, right) => left.at.getTime() - right.at.getTime());
}

/** An event whose code is its type. */
function event(at: Date, type: string, summary: string, params: Params = {}, durationMs: number | null = null): TimelineEvent {
  return { at, type, code: type, params, durationMs, summary };
}

function taskEvents(task: TaskSummary): TimelineEvent[] {
  const { createdAt, cancelRequestedAt, finishedAt, error, actualMicroUsd } = task;
  const events = [
    event(
      createdAt,
      'task.admitted',
      `admitted for the team ${task.teamName} by the key ${task.credentialName} (${task.credentialClass}): ${task.type} by ${task.model}, up to ${formatUsd(task.estimatedMicroUsd)} USD held${task.replayOf === null ? '' : `; a replay of ${task.replayOf}`}`,
      {
        team: task.teamName,
        credential: task.credentialName,
        class: task.credentialClass,
        type: task.type,
        model: task.model,
        held_usd: formatUsd(task.estimatedMicroUsd),
        replay_of: task.replayOf,
      },
    ),
  ];
  if (cancelRequestedAt !== null) events.push(event(cancelRequestedAt, 'task.cancel_requested', 'its owner asked it to end'));
  if (finishedAt !== null && isTerminal(task.status)) {
    const why = error === null ? '' : ` (${error.code})`;
    const chargedUsd = formatUsd(actualMicroUsd ?? 0n);
    events.push(
      event(
        finishedAt,
        `task.${task.status}`,
        `${task.status}${why}; ${chargedUsd} USD charged`,
        { error_code: error?.code ?? null, charged_usd: chargedUsd },
        finishedAt.getTime() - createdAt.getTime(),
      ),
    );
  }
  return events;
}

function attemptEvents(attempt: Attempt): TimelineEvent[] {
  const { n, provider, model, startedAt, endedAt, outcome, errorCode } = attempt;
  const params = { n, provider, model };
  const begun = event(startedAt, 'attempt.started', `attempt ${n}: calls ${provider} (${model})`, params);
  if (endedAt === null) return [begun];
  const durationMs = endedAt.getTime() - startedAt.getTime();
  const seconds = (durationMs / 1_000).toFixed(2);
  const why = errorCode === null ? '' : ` (${errorCode})`;
  const job = attempt.upstreamId === null ? '' : `, job ${attempt.upstreamId}`;
  const cost = attempt.costMicroUsd === 0n ? '' : `, charged by the provider: ${formatUsd(attempt.costMicroUsd)} USD`;
  const summary = `attempt ${n}: ${outcome}${why} after ${seconds} s${job}${cost}`;
  const ended = { ...params, error_code: errorCode, upstream_id: attempt.upstreamId, cost_usd: formatUsd(attempt.costMicroUsd) };
  return [begun, event(endedAt, `attempt.${outcome}`, summary, ended, durationMs)];
}

/** What is known of an activity from the event that scheduled it. */
interface Step {
  readonly name: string;
  readonly scheduledAt: Date;
  tries: number;
}

function historyEvents(taskId: string, { events }: HistoryJson): TimelineEvent[] {
  const steps = new Map<string, Step>();
  const members = membersOf(events[0]);
  return events.flatMap((recorded) => {
    const at = timeOf(recorded['eventTime']);
    const kind = textOf(recorded['eventType']).replace('EVENT_TYPE_', '');
    const attributes = attributesOf(recorded);
    const line: Line = (type, summary, params, durationMs) => [event(at, type, summary, params, durationMs)];
    const step = steps.get(textOf(attributes['scheduledEventId']));
    const ended = (type: string, summary: string, more: Params = {}): TimelineEvent[] =>
      line(type, summary, { step: step?.name ?? null, tries: step?.tries ?? 1, ...more }, stepMs(step, at));
    switch (kind) {
      case 'WORKFLOW_EXECUTION_STARTED': {
        const workflow = nameOf(attributes['workflowType']);
        const kind = workflow === 'mediaGroup' ? 'images' : 'texts';
        const group = members.length > 1 ? `, which owns ${members.length} ${kind}` : '';
        return line('run.started', `the workflow ${workflow} starts${group}`, { workflow, texts: Math.max(1, members.length) });
      }
      case 'MARKER_RECORDED':
        return localStep(taskId, members, at, attributes);
      case 'ACTIVITY_TASK_SCHEDULED': {
        const name = stepName(nameOf(attributes['activityType']), contentOf(attributes['input']));
        steps.set(textOf(recorded['eventId']), { name, scheduledAt: at, tries: 1 });
        return line('step.scheduled', name, { step: name });
      }
      case 'ACTIVITY_TASK_STARTED':
        if (step !== undefined) step.tries = numberOf(attributes['attempt']) ?? 1;
        return [];
      case 'ACTIVITY_TASK_COMPLETED':
        return ended('step.completed', `${stepEnd(step, at)}${resultText(contentOf(attributes['result']))}`);
      case 'ACTIVITY_TASK_FAILED':
        return ended('step.failed', `${stepEnd(step, at)}: ${failureText(attributes['failure'])}`, {
          reason: failureText(attributes['failure']),
        });
      case 'ACTIVITY_TASK_TIMED_OUT':
        return ended('step.timed_out', `${stepEnd(step, at)}: no answer in time`);
      case 'ACTIVITY_TASK_CANCELED':
        return ended('step.cancelled', `${stepEnd(step, at)}: given up`);
      case 'TIMER_STARTED':
        return line('timer.started', `waits up to ${textOf(attributes['startToFireTimeout'])}`, {
          up_to: textOf(attributes['startToFireTimeout']),
        });
      case 'TIMER_FIRED':
        return line('timer.fired', 'the wait is over');
      case 'CHILD_WORKFLOW_EXECUTION_STARTED':
        return line(
          'run.followed',
          `the job runs on and is followed by the workflow ${textOf(asRecord(attributes['workflowExecution'])['workflowId'])}`,
        );
      case 'WORKFLOW_EXECUTION_SIGNALED':
        return line('signal', textOf(attributes['signalName']), { signal: textOf(attributes['signalName']) });
      case 'WORKFLOW_TASK_FAILED':
        return line('run.code_failed', `the workflow code could not continue: ${textOf(attributes['cause'])}`, {
          cause: textOf(attributes['cause']),
        });
      case 'WORKFLOW_TASK_TIMED_OUT':
        return line('run.code_timed_out', 'the process that ran the workflow code stopped responding; another continues');
      default:
        return kind.startsWith('WORKFLOW_EXECUTION_') ? endOfRun(kind, line) : [];
    }
  });
}

type Line = (type: string, summary: string, params?: Params, durationMs?: number | null) => TimelineEvent[];

function endOfRun(kind: string, line: Line): TimelineEvent[] {
  const end = kind.replace('WORKFLOW_EXECUTION_', '').toLowerCase();
  const isEnd = ['completed', 'failed', 'timed_out', 'terminated', 'canceled', 'continued_as_new'].includes(end);
  return isEnd ? line(`run.${end}`, `the workflow ends: ${end.replaceAll('_', ' ')}`) : [];
}

/** A local activity leaves one marker, when it has ended. */
function localStep(taskId: string, members: readonly string[], recordedAt: Date, attributes: JsonRecord): TimelineEvent[] {
  if (attributes['markerName'] !== 'core_local_activity') return [];
  const details = asRecord(attributes['details']);
  const data = asRecord(contentOf(details['data']));
  const result = contentOf(details['result']);
  const name = textOf(data['activity_type']);
  const ended = asRecord(data['complete_time']);
  const seconds = numberOf(ended['seconds']);
  const at = seconds === null ? recordedAt : new Date(seconds * 1_000 + Math.floor((numberOf(ended['nanos']) ?? 0) / 1e6));
  // In a group other tasks are none of this one's business.
  if (members.length > 1 && !JSON.stringify(result ?? null).includes(taskId)) return [];
  const tries = numberOf(data['attempt']) ?? 1;
  const after = tries > 1 ? ` after ${tries} tries` : '';
  if (attributes['failure'] !== undefined && attributes['failure'] !== null) {
    const reason = failureText(attributes['failure']);
    return [event(at, 'step.failed', `${name}${after}: ${reason}`, { step: name, tries, reason })];
  }
  const decision = decisionOf(taskId, name, asRecord(result));
  if (decision === null) return [event(at, 'step.completed', `${name}${after}`, { step: name, tries })];
  const { code, params, text } = decision;
  return [{ at, type: 'decision', code, params: { step: name, tries, ...params }, durationMs: null, summary: `${name}${after}: ${text}` }];
}

interface Decision {
  readonly code: string;
  readonly params: Params;
  readonly text: string;
}

/** What a plan or a failed attempt says about what follows; null: nothing to decide. */
function decisionOf(taskId: string, name: string, result: JsonRecord): Decision | null {
  if (name === 'planMedia') {
    if (result['rateAgainMs'] !== undefined) return { code: 'decision.rate', params: {}, text: 'waits for the rate of its key' };
    const routes = listOf(result['routes']).map((route) => `${textOf(route['provider'])} (${textOf(route['model'])})`);
    const calls = listOf(result['calls']).map((call) => `${textOf(call['provider'])}: ${textOf(call['code'])}`);
    const open = asRecord(result['open']);
    const resumed = open['n'] === undefined ? null : numberOf(open['n']);
    const text = [
      `routes in order: ${routes.length === 0 ? 'none' : routes.join(', ')}`,
      ...(calls.length === 0 ? [] : [`failed so far: ${calls.join(', ')}`]),
      ...(resumed === null ? [] : [`resumes attempt ${resumed} (${textOf(open['state'])})`]),
    ].join('; ');
    return { code: 'decision.routes', params: { routes: routes.join(', '), failed: calls.join(', '), resumes: resumed }, text };
  }
  const failed = listOf(result['failed']).find((entry) => entry['taskId'] === taskId);
  if (failed === undefined) return null;
  const failure = asRecord(failed['failure']);
  if (failure['code'] === undefined) return { code: 'decision.open', params: {}, text: 'no route was chosen yet' };
  const [provider, model, errorCode] = [textOf(failure['provider']), textOf(failure['model']), textOf(failure['code'])];
  return {
    code: 'decision.failure',
    params: { provider, model, error_code: errorCode },
    text: `${provider} (${model}) failed with ${errorCode}`,
  };
}

function stepName(name: string, input: unknown): string {
  const { n, provider, model, code, charge } = asRecord(input);
  const facts = [
    ...(typeof n === 'number' ? [`attempt ${n}`] : []),
    ...(typeof provider === 'string' ? [`${provider} (${textOf(model)})`] : []),
    ...(typeof code === 'string' ? [code] : []),
    ...(typeof charge === 'string' ? [`charge: ${charge}`] : []),
  ];
  return facts.length === 0 ? name : `${name} ${facts.join(', ')}`;
}

function stepMs(step: Step | undefined, at: Date): number | null {
  return step === undefined ? null : at.getTime() - step.scheduledAt.getTime();
}

function stepEnd(step: Step | undefined, at: Date): string {
  if (step === undefined) return 'a step';
  const tries = step.tries > 1 ? `, ${step.tries} tries` : '';
  return `${step.name} after ${((at.getTime() - step.scheduledAt.getTime()) / 1_000).toFixed(2)} s${tries}`;
}

function resultText(result: unknown): string {
  const state = asRecord(result)['state'];
  return typeof state === 'string' ? `: ${state}` : '';
}

/** The code of a failure; its message may repeat what was asked for. */
function failureText(failure: unknown): string {
  const { applicationFailureInfo, timeoutFailureInfo, cause } = asRecord(failure);
  const type = asRecord(applicationFailureInfo)['type'];
  if (typeof type === 'string' && type !== '') return type;
  if (timeoutFailureInfo !== undefined) return 'timeout';
  return cause === undefined || cause === null ? 'failed' : failureText(cause);
}

function membersOf(first: HistoryEventJson | undefined): readonly string[] {
  const input = asRecord(contentOf(attributesOf(first ?? {})['input']));
  const ids = input['taskIds'];
  return Array.isArray(ids) ? ids.filter((id): id is string => typeof id === 'string') : [];
}

function attributesOf(recorded: HistoryEventJson): JsonRecord {
  return asRecord(Object.entries(recorded).find(([name]) => name.endsWith('EventAttributes'))?.[1]);
}

function nameOf(type: unknown): string {
  return textOf(asRecord(type)['name']);
}

function listOf(value: unknown): readonly JsonRecord[] {
  return Array.isArray(value) ? value.map(asRecord) : [];
}
