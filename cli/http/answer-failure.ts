import { CliFailure } from '../failure';
import { asObject, asText, parseJson } from '../json-value';

const ADVICE: Readonly<Record<string, string>> = {
  invalid_api_key: 'Give a key that is valid here: --key, ATELIER_KEY, or --credential NAME of the home. `atelier keys list` shows them.',
  admin_required: 'Give the admin key (admin_key in credentials.json): --key, ATELIER_ADMIN_KEY or ATELIER_KEY.',
  insufficient_quota: 'Ask the operator to raise the limit, or wait for the next month if it is the monthly one.',
  budget_exceeded: 'Raise --budget; `atelier tasks estimate` shows what the task would reserve.',
  invalid_campaign_items: 'Fix the items and send the file again; --json lists the first hundred faults.',
  campaign_state: '`atelier campaigns get ID` shows its status and what you can do.',
  model_not_found: '`atelier models list` shows what there is.',
  model_not_allowed: 'Use another model, or a key that may use this one: `atelier models list`.',
  model_not_priced: 'Operators: give the model a price in the configuration.',
  idempotency_key_reuse: 'Use a new --idempotency-key for a new task.',
  rate_limited: 'Try again in a while.',
  rate_limit_exceeded: 'Try again in a while, or send a task, which waits for its turn: `atelier tasks submit`.',
  service_unavailable: 'Try again in a while; GET /readyz says what is missing.',
  internal: 'Try again. If it keeps happening, give the request id to your operator.',
};

/** The failure that an error answer stands for. */
export function answerFailure(response: Response, text: string): CliFailure {
  const { status, headers, url } = response;
  const error = asObject(asObject(parseJson(text))?.['error']);
  const ids = { status, requestId: headers.get('x-request-id'), taskId: headers.get('x-atelier-run-id') };
  const message = asText(error?.['message']);
  if (message === null) return strangerFailure(response);
  const code = asText(error?.['code']) ?? `http_${status}`;
  const advice = ADVICE[code];
  return new CliFailure(message, {
    ...ids,
    code,
    param: asText(error?.['param']),
    advice: advice === undefined ? (code === 'not_found' ? [`Asked: ${url}`] : []) : [advice],
    ...(error?.['details'] === undefined ? {} : { details: error['details'] }),
  });
}

/** Something answered that is not Atelier's API. */
export function strangerFailure({ status, url, headers }: Response): CliFailure {
  const type = headers.get('content-type') ?? 'no content type';
  const location = headers.get('location');
  if (location !== null) {
    return new CliFailure(`${url} redirects to ${location}`, {
      code: 'redirected',
      status,
      advice: ['Use that address as the base URL, ending in /v1.'],
    });
  }
  return new CliFailure(`${url} answered with status ${status} and ${type}: that is not the API of Atelier.`, {
    code: 'not_atelier',
    status,
    advice: ['Check host, port and path of the base URL; it ends in /v1. `atelier doctor` finds out more.'],
  });
}
