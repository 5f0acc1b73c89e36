import type { Request, Response } from 'express';
import { AppError } from '../../domain/errors';
import type { FollowedEvent } from '../../domain/events/follow';
import { isTerminal, type TaskSummary } from '../../domain/task/task';
import type { ApiContext } from '../deps';
import { scopeOf } from '../http/context';
import { parseWith } from '../http/faults';
import { startEventStream, type EventStream } from '../http/sse';
import { statesOf, type EventHub, type Told } from './hub';
import { campaignState, taskState } from './present';
import { eventsQuery } from './schema';

/** Streams of a process, and of one team in it. */
const MOST_STREAMS = 1_000;
const MOST_OF_TEAM = 100;
/** What may wait for a slow reader, who then comes again and reads anew. */
const MAX_BACKLOG_BYTES = 1024 * 1024;
/** Who was away longer, or missed more, is told to read anew. */
const RESUMED_WITHIN_MS = 10 * 60_000;
const MOST_RESUMED = 1_000;
const RETRY_AFTER_MS = 5_000;

type Deps = Pick<ApiContext, 'draining' | 'eventRows' | 'now' | 'tasks'>;

/** Counts the streams that are open. */
export interface StreamCount {
  /** @throws AppError `rate_limit_exceeded` */
  open(teamId: number | null): () => void;
}

export function createStreamCount(): StreamCount {
  const ofTeam = new Map<number | null, number>();
  let all = 0;
  return {
    open(teamId) {
      const own = ofTeam.get(teamId) ?? 0;
      if (all >= MOST_STREAMS || own >= MOST_OF_TEAM) {
        throw new AppError(
          'rate_limit_exceeded',
          `Too many event streams are open${own >= MOST_OF_TEAM ? ` for this team (${String(MOST_OF_TEAM)})` : ''}. Close one, or share one among your windows.`,
          { retryAfterMs: RETRY_AFTER_MS },
        );
      }
      all += 1;
      ofTeam.set(teamId, own + 1);
      return () => {
        all -= 1;
        const left = (ofTeam.get(teamId) ?? 1) - 1;
        if (left === 0) ofTeam.delete(teamId);
        else ofTeam.set(teamId, left);
      };
    },
  };
}

/** GET /v1/events: what happens in the team, each with the ids and the newest state. */
export async function streamTeam(
  context: Deps,
  { hub, count }: { readonly hub: EventHub; readonly count: StreamCount },
  request: Request,
  response: Response,
): Promise<void> {
  const { types, after } = parseWith(eventsQuery, request.query);
  const { teamId } = scopeOf(response);
  const lastSeen = request.headers['last-event-id'] ?? after;
  const done = count.open(teamId);
  response.once('close', done);
  const waiting: Told[] = [];
  const sender: { send: ((told: Told) => void) | null } = { send: null };
  const { position, stop } = await hub.follow(teamId, (told) => {
    if (sender.send === null) waiting.push(told);
    else sender.send(told);
  });
  response.once('close', stop);
  const missed =
    typeof lastSeen === 'string' && lastSeen !== ''
      ? await context.eventRows.resume(lastSeen, { teamId, limit: MOST_RESUMED + 1, withinMs: RESUMED_WITHIN_MS })
      : [];
  const resumed = missed === null || missed.length > MOST_RESUMED ? null : missed;
  const states = await statesOf(context, new Set(resumed?.flatMap(({ taskId }) => taskId ?? [])));
  if (response.destroyed) return;

  const stream = startEventStream(response, { maxBacklogBytes: MAX_BACKLOG_BYTES });
  const end = (): void => stream.end();
  context.draining.addEventListener('abort', end);
  response.once('close', () => context.draining.removeEventListener('abort', end));
  if (context.draining.aborted) {
    end();
    return;
  }
  const teller = createTeller(context, stream, { teamId, wants: wantsOf(types) });
  if (resumed === null) teller.gap(position);
  else teller.tell({ ends: resumed, tasks: states, campaigns: [], position, hasGap: false });
  stream.send(JSON.stringify({ type: 'ready', at: context.now().toISOString() }), { event: 'ready', id: position });
  // The one reader may be a moment behind what was resumed.
  const told = new Set(resumed?.map(({ id }) => id));
  const tell = (next: Told): void => teller.tell({ ...next, ends: next.ends.filter(({ id }) => !told.has(id)) });
  for (const next of waiting) tell(next);
  sender.send = tell;
}

interface Teller {
  readonly tell: (told: Told) => void;
  readonly gap: (position: string) => void;
}

/** Sends what the hub tells of, as far as the stream wants it. */
function createTeller(
  { now }: Pick<Deps, 'now'>,
  stream: EventStream,
  { teamId, wants }: { readonly teamId: number | null; readonly wants: (type: string) => boolean },
): Teller {
  const isOwn = (thing: { readonly teamId: number }): boolean => teamId === null || thing.teamId === teamId;

  function gap(position: string): void {
    const message = 'Events may be missing here: read again what you show.';
    stream.send(JSON.stringify({ type: 'gap', at: now().toISOString(), message }), { event: 'gap', id: position });
  }

  function send(type: string, position: string, at: Date, more: object): void {
    if (wants(type)) stream.send(JSON.stringify({ type, at: at.toISOString(), ...more }), { event: type, id: position });
  }

  return {
    gap,
    tell({ ends, tasks, campaigns, position, hasGap }) {
      for (const task of tasks.values()) {
        if (isOwn(task) && !isTerminal(task.status)) send('task.updated', position, now(), { task: taskState(task) });
      }
      for (const end of ends) if (isOwn(end)) send(end.type, end.position, end.at, idsOf(end, tasks));
      for (const campaign of campaigns) {
        if (isOwn(campaign)) send('campaign.progress', position, now(), { campaign: campaignState(campaign) });
      }
      if (hasGap) gap(position);
    },
  };
}

function idsOf(end: FollowedEvent, states: ReadonlyMap<string, TaskSummary>): object {
  const task = end.taskId === null ? undefined : states.get(end.taskId);
  return {
    id: end.id,
    ...(end.taskId === null ? {} : { task_id: end.taskId }),
    ...(end.campaignId === null ? {} : { campaign_id: end.campaignId }),
    ...(task === undefined ? {} : { task: taskState(task) }),
  };
}

function wantsOf(types: readonly string[] | undefined): (type: string) => boolean {
  if (types === undefined || types.includes('*')) return () => true;
  const kinds = new Set(types.filter((type) => type.endsWith('.*')).map((type) => type.slice(0, -1)));
  const exact = new Set(types);
  return (type) => exact.has(type) || kinds.has(`${type.split('.')[0] ?? ''}.`);
}
