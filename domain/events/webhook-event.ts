import { EVENT_TYPES } from './event';

/**
 * What webhook endpoints may be told of: the ends of tasks, campaigns and batches (`EVENT_TYPES`), the same ends as OpenAI tells of them, and what
 * a team is told by `tell_team`.
 *
 * To tell of something new, add its type here and call `select tell_team(team_id, type, key, data)` in the transaction in which it happens. `data` is
 * a JSON object of ids and small facts and becomes the event's `data`; `key` names what happened ("budget:42:2026-11:80"), so that a repeat has the
 * same event id. Nothing else is needed: endpoints of the team that subscribe to the type, or to its family ("budget.*"), get the event, signed,
 * numbered and tried for 72 h.
 */
export const WEBHOOK_EVENT_TYPES = [
  ...EVENT_TYPES,
  'task.late_outputs',
  'response.completed',
  'response.failed',
  'response.cancelled',
  'response.incomplete',
  'video.completed',
  'video.failed',
  'budget.threshold',
  'incident.opened',
  'incident.acknowledged',
  'incident.resolved',
  'webhook_endpoint.disabled',
] as const;
export type WebhookEventType = (typeof WEBHOOK_EVENT_TYPES)[number];

/** The families of the types: `task.*` stands for all that begin with `task.`, those of later versions too. */
export const WEBHOOK_EVENT_FAMILIES: readonly string[] = [...new Set(WEBHOOK_EVENT_TYPES.map((type) => `${familyOf(type)}.*`))];

/** OpenAI's own events: `{id, object, created_at, type, data: {id}}` and not a field more. */
const THIN: ReadonlySet<string> = new Set(['batch', 'response', 'video']);

/** True for events whose shape is OpenAI's. */
export function isThin(type: string): boolean {
  return THIN.has(familyOf(type));
}

function familyOf(type: string): string {
  return type.slice(0, type.indexOf('.'));
}

/** What a webhook carries, apart from its data. */
export interface EventFrame {
  /** `evt_` + 32 hex digits; the `webhook-id` of every attempt. */
  readonly id: string;
  readonly type: string;
  readonly createdAt: Date;
  /** The number of the delivery at its endpoint; null: of a `callback_url`, which has none. */
  readonly sequence: number | null;
}

/** The body of an event, as JSON text. `data`: ids alone in OpenAI's events, the task or campaign in ours. */
export function eventJson({ id, type, createdAt, sequence }: EventFrame, data: object, extra: { readonly test?: true } = {}): string {
  const common = { id, object: 'event', type, created_at: Math.floor(createdAt.getTime() / 1_000) };
  if (isThin(type)) return JSON.stringify({ ...common, data });
  return JSON.stringify({ ...common, timestamp: createdAt.toISOString(), ...(sequence === null ? {} : { sequence }), ...extra, data });
}

/** What a test event says: ids of nothing that exists. */
export function sampleData(type: WebhookEventType): object {
  const [family, what] = type.split('.') as [string, string];
  const id = `${SAMPLE_PREFIX[family] ?? family}_${'0'.repeat(32)}`;
  if (isThin(type)) return { id };
  if (family === 'budget') return { budget: 'team', period: 'monthly', percent: 80, limit_usd: '100', spent_usd: '80' };
  if (type === 'task.late_outputs') {
    return { id, object: 'task', status: 'cancelled', campaign_id: null, late_outputs: { attempt: 1, count: 1 } };
  }
  if (family === 'task' || family === 'campaign') return { id, object: family, status: what };
  return { id, object: family };
}

const SAMPLE_PREFIX: Readonly<Record<string, string>> = {
  response: 'resp',
  video: 'task',
  campaign: 'camp',
  incident: 'inc',
  webhook_endpoint: 'whe',
};
