import type { Capabilities, Model } from '../provider/catalogue';
import { AppError } from '../errors';
import { TEXT_OPERATIONS, type TextOperation } from '../task/generation';

interface Trade {
  /** The capability that says so; null: chats need none. */
  readonly capability: keyof Capabilities | null;
  /** "does not ...". */
  readonly verb: string;
  readonly endpoint: string;
}

const TRADES: Readonly<Record<TextOperation, Trade>> = {
  chat: { capability: null, verb: 'chat', endpoint: 'POST /v1/chat/completions' },
  embedding: { capability: 'embeddings', verb: 'create embeddings', endpoint: 'POST /v1/embeddings' },
  moderation: { capability: 'moderations', verb: 'moderate', endpoint: 'POST /v1/moderations' },
  speech: { capability: 'speech', verb: 'create speech', endpoint: 'POST /v1/audio/speech' },
  transcription: { capability: 'transcriptions', verb: 'transcribe', endpoint: 'POST /v1/audio/transcriptions' },
};
/** A model that says it does one of these does nothing else unless it says so. */
const SPECIAL: readonly TextOperation[] = ['moderation', 'speech', 'transcription'];

/**
 * Refuses a text model at an endpoint that is for others. What nothing is said about is the provider's to judge.
 * @throws AppError `invalid_value` that names the endpoint the model is for
 */
export function checkOperation(model: Model, operation: TextOperation): void {
  const { capability, verb } = TRADES[operation];
  const said = operationsSaid(model);
  const isSpecial = [operation, ...said].some((name) => SPECIAL.includes(name));
  const isServed = model.routes.some(({ serves }) => serves?.includes(operation) ?? true);
  const isDenied = capability !== null && model.capabilities[capability] === false;
  if (isServed && (said.includes(operation) || (!isDenied && (!isSpecial || said.length === 0)))) return;
  const fitting =
    said.length > 0 ? said : TEXT_OPERATIONS.filter((name) => model.routes.some(({ serves }) => serves?.includes(name) === true));
  const endpoints = fitting.filter((name) => name !== operation).map((name) => TRADES[name].endpoint);
  const hint = endpoints.length === 0 ? 'GET /v1/models says what each model is for.' : `It is for ${endpoints.join(' and ')}.`;
  throw new AppError('invalid_value', `The model "${model.name}" does not ${verb}. ${hint}`, { param: 'model' });
}

/** What the configuration says a text model does; empty: nothing, it may be anything. */
export function operationsSaid({
  capabilities,
  contextWindow,
  price,
}: Pick<Model, 'capabilities' | 'contextWindow' | 'price'>): readonly TextOperation[] {
  const isChat =
    capabilities.tools === true || capabilities.imageInput === true || capabilities.maxN !== undefined || contextWindow !== null;
  return TEXT_OPERATIONS.filter((name) => {
    if (name === 'speech' && price?.kind === 'per_character') return true;
    if (name === 'transcription' && price?.kind === 'per_minute') return true;
    const { capability } = TRADES[name];
    return capability === null ? isChat : capabilities[capability] === true;
  });
}
