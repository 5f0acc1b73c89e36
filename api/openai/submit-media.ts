import type { Request, Response } from 'express';
import { type Caller, mayUseModel } from '../../domain/access/caller';
import { AppError } from '../../domain/errors';
import type { Catalogue, Modality } from '../../domain/provider/catalogue';
import type { InputImage, MediaInput } from '../../domain/task/generation';
import type { Endpoint, TaskSummary } from '../../domain/task/task';
import type { ApiContext, Sourcing, SubmittingMedia } from '../deps';
import { callerOf, catalogueOf } from '../http/context';
import { originOf } from '../http/request-origin';
import { idempotencyKeyOf } from '../http/request-headers';
import { setMade } from '../http/send';
import { findEarlier, submitMedia, type Submitted } from '../submit';
import { quote } from '../submit/prepare';
import type { TemplateUse } from '../../domain/template/use';
import type { RoutingWish } from '../../domain/admission/request';
import type { Body } from '../uploads/read-body';
import { noteParams } from './params';
import { keepImages, placeholders, type GivenImage } from './input-images';

/** A checked request of a compatible media endpoint, its images still where they came in. */
export interface MediaRequest {
  readonly endpoint: Endpoint;
  readonly model: string;
  /** The status of an answer that does not wait for the end. */
  readonly answered?: { readonly status: number };
  readonly images: readonly GivenImage[];
  readonly callbackUrl?: string | null;
  readonly metadata?: Readonly<Record<string, string>>;
  /** What it asks of the routing (`wishOf`). */
  readonly routing?: RoutingWish;
  /** What it was rendered from. */
  readonly template?: TemplateUse | null;
  /** Parameters that are accepted and go to no provider, if they were given. */
  readonly aside?: Readonly<Record<string, unknown>>;
  input(images: readonly InputImage[]): MediaInput;
}

type Deps = Sourcing & SubmittingMedia & Pick<ApiContext, 'catalogue' | 'droppedParams'>;

/**
 * Makes a task of the request, or finds the earlier one of its idempotency key; names the run in the answer's headers. What can be
 * refused is refused before an image is kept.
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
  const earlier = await findEarlier(context, { caller, endpoint, key: idempotencyKey, fingerprint });
  if (earlier !== null) return named(response, { taskId: earlier, isRepeat: true });

  const submission = {
    catalogue: catalogueOf(context, response),
    caller,
    origin: originOf(request, response, media.answered),
    endpoint,
    model,
    idempotencyKey,
    fingerprint,
    callbackUrl,
    metadata,
    template: media.template ?? null,
    ...(media.routing === undefined ? {} : { routing: media.routing }),
  };
  quote(context, { ...submission, input: media.input(placeholders(media.images)) });
  if (callbackUrl !== null) await context.egress.check(callbackUrl, 'callback_url');
  const images = await keepImages(context, caller, media.images);
  return named(response, await submitMedia(context, { ...submission, input: media.input(images) }));
}

function named(response: Response, submitted: Submitted): string {
  setMade(response, submitted);
  if (submitted.isRepeat) response.setHeader('idempotent-replayed', 'true');
  return submitted.taskId;
}

/** The provider that served the task, or is at it; null before one is chosen. */
export function providerOf(task: TaskSummary): string | null {
  const served = task.attempts.findLast((attempt) => attempt.outcome === 'succeeded') ?? task.attempts.at(-1);
  return served?.provider ?? null;
}

/** The model of a request that names none: the first of its modality that the caller may use and that has a price. */
export function defaultModel(catalogue: Catalogue, caller: Caller, modality: Modality): string {
  for (const model of catalogue.models.values()) {
    if (model.modality === modality && model.price !== null && mayUseModel(caller, model)) return model.name;
  }
  throw new AppError('missing_required_parameter', 'Missing required parameter: model. GET /v1/models lists the models of this key.', {
    param: 'model',
  });
}
