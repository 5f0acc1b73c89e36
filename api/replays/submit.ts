import { requireModel, type Caller } from '../../domain/access/caller';
import { AppError } from '../../domain/errors';
import type { GenerationInput } from '../../domain/task/generation';
import { templateFacts } from '../../domain/records/request';
import { isTextInput } from '../../domain/task/replay';
import type { Admission } from '../../domain/task/store';
import type { Task } from '../../domain/task/task';
import type { ApiContext, Sourcing, SubmittingMedia } from '../deps';
import { callName } from '../../domain/provider/limits';
import { admitText, asAdmitted } from '../submit/admit-text';
import { submittedOf } from '../submit/outcome';
import { admissionOf, quote } from '../submit/prepare';
import { requestHash } from '../submit/idempotency';
import type { RequestOrigin } from '../http/request-origin';
import type { Submission, Submitted } from '../submit/submission';
import { replayInput, withFetchedInputs } from './overrides';

type Overrides = Parameters<typeof replayInput>[3];

/** A checked request for a replay. */
export interface ReplayRequest {
  readonly caller: Caller;
  readonly origin: RequestOrigin;
  readonly parent: Task;
  readonly callbackUrl: string | null;
  readonly idempotency: { readonly route: string; readonly key: string } | null;
  readonly fingerprint: () => unknown;
  /** Counts what the request holds until the function is called that this answers. */
  readonly keepHeld: () => () => void;
}

type BuyAnewDeps = Sourcing & SubmittingMedia & Pick<ApiContext, 'catalogue' | 'lane'>;

/**
 * A new run that buys the generation anew, by the stored request with the overrides.
 * @throws AppError of the overrides, `quote` and `submittedOf`
 */
export async function buyAnew(context: BuyAnewDeps, request: ReplayRequest, overrides: Overrides): Promise<Submitted> {
  const { caller, parent } = request;
  const replayed = replayInput(context, caller, parent, overrides);
  const submission: Submission<GenerationInput> = {
    catalogue: context.catalogue.current(),
    caller,
    origin: request.origin,
    endpoint: 'tasks',
    model: replayed.model ?? parent.model,
    input: replayed.draft,
    idempotencyKey: request.idempotency?.key ?? null,
    fingerprint: request.fingerprint,
    metadata: parent.metadata,
    callbackUrl: request.callbackUrl,
    priority: parent.priority,
    replayOf: parent.id,
    template: parent.template,
  };
  // What can be refused without keeping a file is refused first.
  const quoted = quote(context, submission);
  await checkCallback(context, request);
  const input = await replayed.complete();
  const admission = { ...admissionOf(context, { ...submission, input }, quoted), idempotency: request.idempotency };
  if (!isTextInput(input)) return admitMedia(context, request, admission);
  const first = admission.firstAttempt;
  const hasRoom = first !== null && context.routeState.enter(first.provider, callName(admission.task.id, 1));
  const placed = hasRoom ? admission : { ...admission, firstAttempt: null };
  const outcome = await admitText(context, placed);
  const submitted = submittedOf(placed, outcome, request.origin);
  if (!submitted.isRepeat) context.lane.background(asAdmitted(placed, outcome), request.keepHeld());
  return submitted;
}

type TakeUpDeps = Pick<ApiContext, 'assets' | 'catalogue' | 'egress' | 'mediaLane' | 'newId' | 'tasks'>;

/**
 * A new run that takes up what the parent's provider had delivered. It holds nothing, as the parent paid, and needs neither the
 * model nor a provider any more.
 */
export async function takeUp(context: TakeUpDeps, request: ReplayRequest): Promise<Submitted> {
  const { caller, parent, idempotency } = request;
  if (isTextInput(parent.input)) throw new AppError('internal', 'A text has no delivered results to reuse.');
  const { name, tier } = context.catalogue.current().models.get(parent.model) ?? { name: parent.model, tier: null };
  requireModel(caller, { name, tier });
  await checkCallback(context, request);
  const input = { ...(await withFetchedInputs(context, parent, parent.input)), resumes: parent.id };
  const admission: Admission = {
    task: {
      id: context.newId('task'),
      type: parent.type,
      operation: parent.operation,
      endpoint: 'tasks',
      model: parent.model,
      input,
      caller,
      request: { ...request.origin.facts, ...templateFacts(parent.template) },
      externalId: null,
      metadata: parent.metadata,
      callbackUrl: request.callbackUrl,
      priority: parent.priority,
      deadlineAt: null,
      replayOf: parent.id,
      campaignId: null,
      skippedRoutes: [],
      requestHash: idempotency === null ? '' : requestHash(request.fingerprint()),
    },
    reserveMicroUsd: 0n,
    idempotency,
    firstAttempt: null,
  };
  return admitMedia(context, request, admission);
}

async function admitMedia(context: Pick<ApiContext, 'mediaLane'>, { origin }: ReplayRequest, admission: Admission): Promise<Submitted> {
  return submittedOf(admission, await context.mediaLane.submit(admission, { keepsContents: false }), origin);
}

async function checkCallback(context: Pick<ApiContext, 'egress'>, { callbackUrl }: ReplayRequest): Promise<void> {
  if (callbackUrl !== null) await context.egress.check(callbackUrl, 'callback_url');
}
