import { quote as quoteBy, type Quote } from '../../domain/admission/quote';
import type { QuoteRequest } from '../../domain/admission/request';
import type { GenerationInput } from '../../domain/task/generation';
import { templateFacts } from '../../domain/records/request';
import { placeOf } from '../../domain/provider/routing';
import type { Admission } from '../../domain/task/store';
import { rateTokensOf } from '../../domain/admission/rate-tokens';
import type { ApiContext } from '../deps';
import { idempotencyRoute, requestHash } from './idempotency';
import type { Submission } from './submission';

/** `quote` by the state of providers that this process knows. */
export function quote({ routeState: state }: Pick<ApiContext, 'routeState'>, submission: QuoteRequest): Quote {
  return quoteBy({ state, random: Math.random }, submission);
}

/** The admission of a quoted request, whose first attempt begins in this process if its lane has a place for it. */
export function admissionOf(
  context: Pick<ApiContext, 'newId' | 'settings'>,
  submission: Submission<GenerationInput>,
  { model, boundMicroUsd, routes, skipped, routing }: Quote,
): Admission {
  const { idempotencyKey: key, externalId, input } = submission;
  const needsHash = key !== null || (externalId !== undefined && externalId !== null);
  const first = routes[0];
  return {
    task: {
      id: context.newId('task'),
      type: model.modality,
      operation: input.operation,
      endpoint: submission.endpoint,
      model: model.name,
      input,
      caller: submission.caller,
      request: { ...submission.origin.facts, ...templateFacts(submission.template) },
      externalId: externalId ?? null,
      metadata: submission.metadata ?? {},
      callbackUrl: submission.callbackUrl ?? null,
      priority: submission.priority ?? 'normal',
      deadlineAt: submission.deadlineAt ?? null,
      replayOf: submission.replayOf ?? null,
      campaignId: null,
      skippedRoutes: skipped,
      routing,
      requestHash: needsHash ? requestHash(submission.fingerprint?.() ?? { model: model.name, input }) : '',
    },
    catalogue: submission.catalogue,
    reserveMicroUsd: boundMicroUsd,
    idempotency: key === null ? null : { route: idempotencyRoute(submission.endpoint), key },
    ...rateTokensOf(submission.caller, model, input),
    firstAttempt: first === undefined ? null : { ...placeOf(first), instanceId: context.settings.instanceId },
  };
}
