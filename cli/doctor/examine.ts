import { toFailure } from '../failure';
import { lookAtBudget } from './budget';
import { lookAtChat } from './chat';
import { lookAtCors } from './cors';
import { lookAtImage, lookAtMessages, lookAtResponses, lookAtTools } from './full';
import { lookAtHealthz, lookAtReadyz } from './health';
import { lookAtKey, lookAtModels } from './key';
import { lookAtName } from './name';
import { lookAtPaths } from './paths';
import { skipped, type Finding, type FullStepName, type Patient, type StepName } from './step';
import { lookAtStream } from './stream';
import { lookAtTls } from './tls';

const STEPS: readonly (readonly [StepName, (patient: Patient) => Promise<Finding>])[] = [
  ['name', lookAtName],
  ['tls', lookAtTls],
  ['healthz', lookAtHealthz],
  ['readyz', lookAtReadyz],
  ['key', lookAtKey],
  ['models', lookAtModels],
  ['paths', lookAtPaths],
  ['cors', lookAtCors],
  ['budget', lookAtBudget],
  ['chat', lookAtChat],
  ['stream', lookAtStream],
];
const FULL_STEPS: readonly (readonly [FullStepName, (patient: Patient) => Promise<Finding>])[] = [
  ['responses', lookAtResponses],
  ['messages', lookAtMessages],
  ['tools', lookAtTools],
  ['image', lookAtImage],
];

const ASK_MS = 15_000;

export interface ExaminationRequest {
  readonly baseUrl: string;
  readonly key: string;
  readonly model: string | null;
  readonly pageOrigin: string | null;
  /** Also asks by Responses and Messages, for a tool call and an image. */
  readonly isFull: boolean;
  readonly fetch: typeof globalThis.fetch;
  /** Told of each step as it ends. */
  readonly onStep: (name: StepName, finding: Finding) => void;
}

/** Looks at one thing after the other; what cannot work any more is left out. */
export async function examine({
  baseUrl,
  key,
  model,
  pageOrigin,
  isFull,
  fetch,
  onStep,
}: ExaminationRequest): Promise<readonly (readonly [StepName, Finding])[]> {
  const base = baseUrl.replace(/\/+$/, '');
  const patient: Patient = {
    base,
    root: base.replace(/(\/v1)+$/, ''),
    key,
    wantedModel: model,
    pageOrigin,
    models: [],
    listedInMs: 0,
    ask: (url, { method, body, headers, timeoutMs = ASK_MS } = {}) =>
      fetch(url, {
        method: method ?? (body === undefined ? 'GET' : 'POST'),
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
        headers: {
          'user-agent': 'atelier-doctor',
          // The health paths ask for no key, and strangers get none.
          ...(/\/(?:healthz|readyz)$/.test(new URL(url).pathname) ? {} : (headers ?? { authorization: `Bearer ${key}` })),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
  };
  const found: (readonly [StepName, Finding])[] = [];
  let isOver = false;
  for (const [name, look] of [...STEPS, ...(isFull ? FULL_STEPS : [])]) {
    const finding: Finding = isOver ? skipped('Not checked.') : await look(patient).catch(unexpected);
    isOver ||= finding.isEnd === true;
    found.push([name, finding]);
    onStep(name, finding);
  }
  return found;
}

function unexpected(error: unknown): Finding {
  const { message, facts } = toFailure(error);
  return { ok: false, message, advice: facts.advice ?? [] };
}
