import type { Request, Response } from 'express';
import type { InputImage, MediaInput } from '../../domain/task/generation';
import type { Endpoint, TaskSummary } from '../../domain/task/task';
import type { ApiContext, Sourcing, SubmittingMedia } from '../deps';
import { callerOf, catalogueOf } from '../http/context';
import { idempotencyKeyOf } from '../http/request-headers';
import { setRun } from '../http/send';
import { findTwin, submitMedia } from '../submit';
import { quote } from '../submit/prepare';
import type { Body } from '../uploads/read-body';
import { noteParams } from './dropped';
import { keepPictures, placeholders, type GivenPicture } from './input-pictures';

/** A checked request of a compatible media endpoint, its pictures still where they came in. */
export interface MediaRequest {
  readonly endpoint: Endpoint;
  readonly model: string;
  readonly pictures: readonly GivenPicture[];
  readonly callbackUrl?: string | null;
  readonly metadata?: Readonly<Record<string, string>>;
  /** Parameters that are accepted and go to no provider, if they were given. */
  readonly aside?: Readonly<Record<string, unknown>>;
  input(images: readonly InputImage[]): MediaInput;
}

type Deps = Sourcing & SubmittingMedia & Pick<ApiContext, 'catalogue' | 'droppedParams'>;

/**
 * Makes a task of the request, or finds the earlier one of its idempotency key; names the run in the answer's headers. What can be
 * refused is refused before a picture is kept.
 * @returns the task's id
 */
export async function submitCompatible(
  context: Deps,
  request: Request,
  response: Response,
  body: Pick<Body, 'fingerprint'>,
  media: MediaRequest,
): Promise<string> {
  const caller = callerOf(response);
  const idempotencyKey = idempotencyKeyOf(request);
  const { endpoint, model, callbackUrl = null, metadata = {} } = media;
  const fingerprint = (): unknown => body.fingerprint;
  const { operation, params } = media.input([]);
  noteParams(context, response, { operation, model, params, ...(media.aside === undefined ? {} : { aside: media.aside }) });
  const earlier = await findTwin(context, { caller, endpoint, key: idempotencyKey, fingerprint });
  if (earlier !== null) return named(response, earlier, true);

  const submission = {
    catalogue: catalogueOf(context, response),
    caller,
    endpoint,
    model,
    idempotencyKey,
    fingerprint,
    callbackUrl,
    metadata,
  };
  quote({ ...submission, input: media.input(placeholders(media.pictures)) });
  if (callbackUrl !== null) await context.egress.check(callbackUrl, 'callback_url');
  const images = await keepPictures(context, caller, media.pictures);
  const { taskId, isTwin } = await submitMedia(context, { ...submission, input: media.input(images) });
  return named(response, taskId, isTwin);
}

function named(response: Response, taskId: string, isTwin: boolean): string {
  setRun(response, taskId);
  if (isTwin) response.setHeader('idempotent-replayed', 'true');
  return taskId;
}

/** The provider that served the task, or is at it; null before one is chosen. */
export function providerOf(task: TaskSummary): string | null {
  const served = task.attempts.findLast((attempt) => attempt.outcome === 'succeeded') ?? task.attempts.at(-1);
  return served?.provider ?? null;
}
