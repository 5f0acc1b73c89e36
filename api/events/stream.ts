import type { Request, Response } from 'express';
import { AppError } from '../../domain/errors';
import type { FollowedEvent } from '../../domain/events/follow';
import { isTerminal, type TaskSummary } from '../../domain/task/task';
import { inParallel } from '../../lib/parallel';
import type { ApiContext } from '../deps';
import { scopeOf } from '../http/context';
import { parseWith } from '../http/faults';
import { startEventStream, type EventStream } from '../http/sse';
import type { EventHub, Told } from './hub';
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
const CAMPAIGNS_AT_ONCE = 4;
const RETRY_AFTER_MS = 5_000;

type Deps = Pick<ApiContext, 'campaigns' | 'draining' | 'eventRows' | 'logger' | 'now' | 'tasks'>;

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
  const { position, stop } = await hub.follow((told) => {
    if (sender.send === null) waiting.push(told);
    else sender.send(told);
  });
  response.once('close', stop);
  const missed =
    typeof lastSeen === 'string' && lastSeen !== ''
      ? await context.eventRows.resume(lastSeen, { teamId, limit: MOST_RESUMED + 1, withinMs: RESUMED_WITHIN_MS })
      : [];
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
  if (missed === null || missed.length > MOST_RESUMED) teller.gap(position);
  else teller.tell({ ends: missed, changed: new Set(), position, hasGap: false });
  stream.send(JSON.stringify({ type: 'ready', at: context.now().toISOString() }), { event: 'ready', id: position });
  for (const told of waiting) teller.tell(told);
  sender.send = teller.tell;
}

interface Teller {
  readonly tell: (told: Told) => void;
  readonly gap: (position: string) => void;
}

/** Sends one after the other what the hub tells of, as far as the stream wants it. */
function createTeller(
  { tasks, campaigns, logger, now }: Deps,
  stream: EventStream,
  { teamId, wants }: { readonly teamId: number | null; readonly wants: (type: string) => boolean },
): Teller {
  let turn: Promise<void> = Promise.resolve();

  function gap(position: string): void {
    const message = 'Events may be missing here: read again what you show.';
    stream.send(JSON.stringify({ type: 'gap', at: now().toISOString(), message }), { event: 'gap', id: position });
  }

  function send(type: string, position: string, at: Date, more: object): void {
    if (wants(type)) stream.send(JSON.stringify({ type, at: at.toISOString(), ...more }), { event: type, id: position });
  }

  async function tellNow({ ends, changed, position, hasGap }: Told): Promise<void> {
    const own = ends.filter((end) => (teamId === null || end.teamId === teamId) && wants(end.type));
    const ended = own.flatMap((end) => (end.taskId !== null && end.type.startsWith('task.') ? [end.taskId] : []));
    const running = wants('task.updated') ? [...changed].filter((id) => id.startsWith('task_')) : [];
    const ids = [...new Set([...ended, ...running])];
    const found = ids.length === 0 ? [] : (await tasks.findMany(ids)).filter((task) => teamId === null || task.teamId === teamId);
    const states = new Map(found.map((task) => [task.id, task]));
    for (const id of running) {
      const task = states.get(id);
      if (task !== undefined && !isTerminal(task.status)) send('task.updated', position, now(), { task: taskState(task) });
    }
    for (const end of own) send(end.type, end.position, end.at, idsOf(end, states));
    await tellCampaigns(changed, position);
    if (hasGap) gap(position);
  }

  async function tellCampaigns(changed: ReadonlySet<string>, position: string): Promise<void> {
    const ids = wants('campaign.progress') ? [...changed].filter((id) => id.startsWith('camp_')) : [];
    const found = await inParallel(ids, CAMPAIGNS_AT_ONCE, (id) => campaigns.get(id, teamId));
    for (const campaign of found) {
      if (campaign !== null) send('campaign.progress', position, now(), { campaign: campaignState(campaign) });
    }
  }

  return {
    gap,
    tell(told) {
      turn = turn
        .then(() => tellNow(told))
        .catch((error: unknown) => {
          logger.warn({ err: error }, 'Events could not be sent; the client is told to read anew.');
          gap(told.position);
        });
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
