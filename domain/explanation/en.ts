import type { Modality } from '../provider/catalogue';
import type { TaskStatus } from '../task/task';
import { dollars, durationIn, type Language, type MoneyFacts } from './language';

const THING: Readonly<Record<Modality, string>> = { text: 'text', image: 'image', video: 'video' };
const STATUS: Readonly<Record<TaskStatus, string>> = {
  queued: 'is waiting',
  running: 'is running',
  succeeded: 'succeeded',
  failed: 'failed',
  cancelled: 'was cancelled',
  expired: 'ran out of time',
};
const duration = durationIn({ h: 'h', min: 'min', s: 's' });
const NOT_CHANGED = 'Sending the same request again would end the same way.';
const LATER = 'Replay the task in a few minutes.';

function list(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1) ?? ''}`;
}

function skippedWhy(reason: string): string {
  if (reason.startsWith('parameter:')) return `it cannot do "${reason.slice('parameter:'.length)}", which the request asks for`;
  switch (reason) {
    case 'breaker_open':
      return 'it had failed repeatedly just before and was being left alone';
    case 'class':
      return 'it is closed to keys of this class';
    case 'rate_limit':
      return 'its limit of requests was used up at that moment';
    case 'disabled':
      return 'an operator has switched it off';
    default:
      return reason;
  }
}

function charged({ status, isRefused, held, estimated, actual, refunded, lines, isCounted }: MoneyFacts): string {
  if (status === 'queued' || status === 'running') {
    return held === 0n
      ? 'Nothing is held: the model is free.'
      : `Nothing yet. ${dollars(held)} is held, and no more than that will be charged.`;
  }
  if (isRefused) return 'Nothing. The request was refused before any provider was called.';
  if (actual === 0n) {
    if (estimated === 0n) return 'Nothing. The model is free.';
    return `Nothing. The ${dollars(estimated)} that had been held was given back.`;
  }
  const bill =
    lines.length === 0 ? '' : ` (${lines.map(({ item, quantity, usd: price }) => `${String(quantity)} × ${item}: $${price}`).join('; ')})`;
  const back = estimated > actual ? ` ${dollars(estimated - actual)} of the ${dollars(estimated)} held was given back.` : '';
  const why = status === 'succeeded' ? '' : ' It pays for what the provider had already done or delivered.';
  const counted = isCounted ? ' The provider reported no usage, so it was counted here.' : '';
  const refund = refunded === 0n ? '' : ` ${dollars(refunded)} of it was refunded after the end.`;
  return `${dollars(actual)}${bill}.${why}${counted}${back}${refund}`;
}

/** English. */
export const en: Language = {
  reasons: {
    invalid: { why: 'the request was not valid', todo: ['Correct what the message names and send the request again.'] },
    rejected: {
      why: 'the provider refused the request as not valid',
      todo: ['Correct what the provider names and send the request again.', NOT_CHANGED],
    },
    blocked: {
      why: 'a safety rule of the provider blocked the request or its result',
      todo: ['Change the prompt or the images.', NOT_CHANGED, 'If you think the block is a mistake, try another model.'],
    },
    input_unreachable: {
      why: 'an image or video that was given by URL could not be fetched',
      todo: ['Check that the URL opens without signing in, or upload the file and name it by its asset_id.'],
    },
    not_permitted: { why: 'the key may not do this', todo: ['Use another key or model, or ask your team’s manager to allow it.'] },
    unknown_name: {
      why: 'the model or object that it names does not exist here',
      todo: ['Take the name from GET /v1/models, exactly as listed.'],
    },
    conflict: { why: 'it conflicts with the present state', todo: ['Read the present state and decide how to go on.'] },
    cancelled: { why: 'someone asked for it to be cancelled', todo: ['Nothing. If it was a mistake, replay the task.'] },
    too_many_requests: {
      why: 'the key’s rate limit was used up',
      todo: [
        'Wait for the time given in retry-after and send it again.',
        'Send it as a task: tasks wait for their turn instead of being refused.',
      ],
    },
    over_budget: {
      why: 'it could have cost more than what was left of a budget',
      todo: [
        'Ask your team’s manager to raise the budget, or wait until it starts anew.',
        'Or ask for less: fewer images, a shorter video, or a lower max_tokens.',
      ],
    },
    over_ceiling: {
      why: 'it could have cost more than the limit set for a single request',
      todo: ['Raise the limit of the request or of the key, or ask for less: fewer images, a shorter video, or a lower max_tokens.'],
    },
    provider_busy: {
      why: 'the provider was limiting requests',
      todo: [LATER, 'If it happens often, ask your operator to add another provider to the model.'],
    },
    provider_down: { why: 'the provider could not be reached or had an internal failure', todo: [LATER, 'Or replay it on another model.'] },
    provider_slow: { why: 'the provider did not answer in time', todo: [LATER, 'Or replay it on a faster model, or ask for less.'] },
    provider_garbled: { why: 'the provider sent a response that could not be understood', todo: [LATER, 'Or replay it on another model.'] },
    provider_account: {
      why: 'the provider refused this installation’s account (its key or its bill)',
      todo: ['Tell your operator: the provider’s key or billing has to be put right. It is not your doing.', 'Then replay the task.'],
    },
    provider_route: {
      why: 'the provider does not know the model that the route names',
      todo: ['Tell your operator: the model’s route has to be corrected. It is not your doing.', 'Then replay the task.'],
    },
    outcome_unknown: {
      why: 'the request was sent and no answer came back, so the provider may or may not have carried it out',
      todo: ['Decide whether to replay it: that buys it again, and the provider may already have done it once.'],
    },
    stream_cut: { why: 'the provider’s stream broke off in the middle', todo: ['Replay it for a whole answer.'] },
    not_stored: { why: 'the provider delivered, but the result could not be stored', todo: ['Tell your operator: storage failed.'] },
    out_of_time: {
      why: 'it did not finish within its time limit',
      todo: ['Replay it with more time (deadline.finish_within_s), or on a faster model.'],
    },
    away: { why: 'a part of this installation was not responding', todo: [LATER, 'If it lasts, tell your operator.'] },
    internal: {
      why: 'something went wrong in this installation',
      todo: ['Tell your operator and send them the id of the task.', 'A replay may succeed.'],
    },
  },
  outcomes: {
    succeeded: 'succeeded',
    failed: 'failed',
    cancelled: 'was cancelled',
    unknown: 'ended without an answer',
    running: 'is under way',
    accepted: 'was accepted and is being worked on',
  },
  summaryFailed: (type, status, reason) =>
    status === 'cancelled'
      ? `The ${THING[type]} was cancelled: ${en.reasons[reason].why}.`
      : `The ${THING[type]} ${STATUS[status]}: ${en.reasons[reason].why}.`,
  summarySucceeded: (type, by, tookMs) =>
    `The ${THING[type]} was generated${by === null ? '' : ` by ${by.provider} (${by.model})`} in ${duration(tookMs)}.`,
  summaryPartial: (type, delivered, asked) =>
    `${String(delivered)} of the ${String(asked)} ${THING[type]}s asked for came; the others are missing.`,
  summaryOpen: (type, phase) => {
    const doing: Readonly<Record<typeof phase, string>> = {
      waiting_rate: "is waiting until the key's rate lets it through",
      waiting_capacity: 'is waiting for its turn',
      calling_provider: 'is being handed to the provider',
      waiting_provider: 'is being made by the provider',
      waiting_retry: 'is waiting to be tried again',
      storing: 'was delivered and is being stored',
      settling: 'is being charged',
    };
    return `The ${THING[type]} ${doing[phase]}.`;
  },
  accepted: ({ team, key, class: keyClass, held, model }) =>
    `Accepted for the team ${team} by the key ${key} (${keyClass}) for the model ${model}; ${held === 0n ? 'nothing had to be held' : `up to ${dollars(held)} was held`}.`,
  replayOf: (id) => `It is a replay of ${id}.`,
  skipped: (provider, reason) => `The provider ${provider} was left out: ${skippedWhy(reason)}.`,
  attempt: ({ n, provider, model, outcome, tookMs, reason, said }) =>
    `Attempt ${String(n)} at ${provider} (${model}) ${en.outcomes[outcome]}${outcome === 'running' || outcome === 'accepted' ? ` for ${duration(tookMs)} so far` : ` after ${duration(tookMs)}`}${reason === null ? '' : `: ${en.reasons[reason].why}`}.${said === null ? '' : ` It said: “${said}”`}`,
  cancelRequested: 'It was asked to be cancelled.',
  stored: (outputs) => `${outputs === 1 ? 'One file was' : `${String(outputs)} files were`} stored.`,
  missing: (index, reason, message) => `Output ${String(index)} is missing: ${en.reasons[reason].why}. ${message}`,
  details: (message) => `The message was: “${message}”`,
  contentsExpired: 'Its input and results were removed later, when the team’s retention had passed.',
  ended: (status) => `It ${STATUS[status]}.`,
  charged,
  noFallbackNeeded: (provider) => `None was needed: ${provider}, the first choice, served it.`,
  repeated: (provider, calls) => `None: ${provider} was called ${String(calls)} times.`,
  fellBack: (failed, served) =>
    served === null
      ? `Yes: ${list(failed)} were tried in turn, and none could serve it.`
      : `Yes: ${list(failed)} could not serve it, so ${served} did.`,
  noFallback: (why) => {
    switch (why) {
      case 'same_request':
        return 'None: another provider would have been given the same request.';
      case 'may_be_paid':
        return 'None: the provider may have carried it out, and it must not be paid for twice.';
      case 'no_other_route':
        return 'None: no other provider could serve this request.';
      case 'not_called':
        return 'None: no provider was called.';
      case 'not_yet':
        return 'None so far.';
    }
  },
  todoTakeUp: 'Replay the task: it takes up what the provider delivered and buys nothing again.',
  todoReplay: LATER,
  todoPartial: 'Replay the task for a new set, or keep what came: you pay for that only.',
  todoWait: (mayCancel) => [
    'Wait, or read it again later: nothing is lost when you close the connection.',
    ...(mayCancel ? ['Cancel it if it is no longer needed: nothing has been bought yet.'] : []),
  ],
  todoParam: (param) => `The parameter at fault is ${param}.`,
};
