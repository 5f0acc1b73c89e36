import { createHash } from 'node:crypto';
import type { Caller } from '../../domain/access/caller';
import { AppError } from '../../domain/errors';
import type { Endpoint } from '../../domain/task/task';
import type { ApiContext } from '../deps';

const ROUTES: Readonly<Record<Endpoint, string>> = {
  tasks: 'POST /v1/tasks',
  'chat.completions': 'POST /v1/chat/completions',
  completions: 'POST /v1/completions',
  messages: 'POST /v1/messages',
  responses: 'POST /v1/responses',
  'responses.background': 'POST /v1/responses',
  embeddings: 'POST /v1/embeddings',
  moderations: 'POST /v1/moderations',
  'audio.speech': 'POST /v1/audio/speech',
  'audio.transcriptions': 'POST /v1/audio/transcriptions',
  'audio.translations': 'POST /v1/audio/translations',
  'images.generations': 'POST /v1/images/generations',
  'images.edits': 'POST /v1/images/edits',
  videos: 'POST /v1/videos',
  'video.generations': 'POST /v1/video/generations',
  campaigns: 'POST /v1/campaigns',
};

/** The route that an idempotency key belongs to. */
export function idempotencyRoute(endpoint: Endpoint): string {
  return ROUTES[endpoint];
}

/** The error of a key that came before with another request. */
export function keyReused(taskId: string): AppError {
  return new AppError(
    'idempotency_key_reuse',
    `This Idempotency-Key was used before with another request (${taskId}). Use a new key for a new request.`,
    { param: 'Idempotency-Key', details: { task_id: taskId } },
  );
}

/**
 * Looks for the earlier task of a key before heavy work (uploads) begins; admission decides again, so a race is no harm.
 * @returns its id, null when the key is new or there is no key
 * @throws AppError `idempotency_key_reuse` for another request with the same key
 */
export async function findEarlier(
  context: Pick<ApiContext, 'tasks'>,
  request: { readonly caller: Caller; readonly endpoint: Endpoint; readonly key: string | null; readonly fingerprint: () => unknown },
): Promise<string | null> {
  if (request.key === null) return null;
  const earlier = await context.tasks.findByIdempotencyKey(request.caller.teamId, idempotencyRoute(request.endpoint), request.key);
  if (earlier === null) return null;
  if (earlier.requestHash !== requestHash(request.fingerprint())) throw keyReused(earlier.taskId);
  return earlier.taskId;
}

/** JSON with the keys of every object in order, so that two spellings of one request are one text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return value === undefined ? 'null' : JSON.stringify(value);
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  entries.sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0));
  return `{${entries.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(',')}}`;
}

/** SHA-256 of the canonical request, hex. */
export function requestHash(request: unknown): string {
  return createHash('sha256').update(canonicalJson(request)).digest('hex');
}
