import { routeOf, type Catalogue, type Model } from '../../domain/provider/catalogue';
import { AppError, toAppError, type ErrorCode } from '../../domain/errors';
import { maxOutputTokens, outputTokenEstimate } from '../../domain/money/pricing';
import type { ChatChunk, ProviderRegistry, TextProvider } from '../../domain/provider/provider';
import type { CallObserver } from '../../domain/provider/health';
import { callName, type CallPlaces } from '../../domain/provider/limits';
import type { PlannedRoute } from '../../domain/provider/routing';
import { withLogFields } from '../../lib/log-context';
import { chatResult, embeddingResult, moderationResult, type FinishedText } from './answer';
import { inputOf, type TextRun } from './run';
import { createSpeech, type SpeechDeps } from './speech';
import { forwardEvents, openRecording, transcriptionResult, type TranscriptionDeps } from './transcription';

export interface CallDeps extends SpeechDeps, TranscriptionDeps {
  readonly catalogue: () => Catalogue;
  readonly providers: ProviderRegistry;
  readonly now: () => Date;
  readonly state: CallObserver & CallPlaces;
}

/** One call of one provider. Chunks go to the listener as they come; the answer comes back whole. @throws AppError */
export function callProvider(deps: CallDeps, run: TextRun, n: number, route: PlannedRoute): Promise<FinishedText> {
  return withLogFields({ task_id: run.task.id, provider: route.provider, provider_attempt: n }, () => call(deps, run, n, route));
}

async function call(deps: CallDeps, run: TextRun, n: number, route: PlannedRoute): Promise<FinishedText> {
  const text = textProvider(deps, run, route);
  run.provider = route.provider;
  run.served = servedModel(deps, run, route);
  const configured = routeOf(deps.catalogue(), run.served.name, route);
  run.cost = configured?.cost ?? null;
  void run.listener?.({ kind: 'provider', provider: route.provider, model: run.served.name });
  const deadline = armDeadline(run, deps.now());
  const context = {
    model: route.model,
    signal: run.abort.signal,
    operationKey: callName(run.task.id, n),
    timeouts: run.served.timeouts,
  };
  const beganAt = deps.now();
  const ended = (code: ErrorCode | null): void => deps.state.ended({ route, code, beganAt });
  const frame = { taskId: run.task.id, model: run.served.name, createdAt: run.task.createdAt };
  try {
    const input = inputOf(run);
    if (input.operation === 'embedding') {
      const embedded = await text.embed({ ...context, input });
      ended(null);
      return embeddingResult(frame, input, embedded);
    }
    if (input.operation === 'moderation') {
      if (text.moderate === undefined) throw cannot(route, 'moderations');
      const moderated = await text.moderate({ ...context, input });
      ended(null);
      return moderationResult(frame, input, moderated);
    }
    const options = configured?.options === undefined ? {} : { options: configured.options };
    if (input.operation === 'speech') {
      const speak = text.speak?.bind(text);
      if (speak === undefined) throw cannot(route, 'speech');
      const speech = createSpeech(run);
      const { usage } = await speak({ ...context, ...options, input, onAudio: speech.add });
      ended(null);
      return await speech.keep(deps, input, usage);
    }
    if (input.operation === 'transcription') {
      const transcribe = text.transcribe?.bind(text);
      if (transcribe === undefined) throw cannot(route, 'transcriptions');
      const file = await openRecording(deps, run, input);
      const onEvent = forwardEvents(run);
      const answer = await transcribe({ ...context, ...options, input, file, ...(run.stream ? { onEvent } : {}) });
      ended(null);
      return transcriptionResult(input, answer);
    }
    const answer = await text.chat({
      ...context,
      input,
      maxOutputTokens: maxOutputTokens(run.served, input),
      ...options,
      ...(run.stream ? { onChunk: forwardChunks(run) } : {}),
    });
    ended(null);
    return chatResult(frame, input, answer);
  } catch (caught) {
    const reason: unknown = run.abort.signal.reason;
    const error = run.abort.signal.aborted ? toAppError(reason) : toAppError(caught);
    ended(error.code);
    throw error;
  } finally {
    clearTimeout(deadline);
  }
}

function textProvider(deps: CallDeps, run: TextRun, { provider: name, key }: PlannedRoute): TextProvider {
  const provider = deps.catalogue().providers.get(name) ?? run.task.catalogue.providers.get(name);
  const text = provider === undefined ? undefined : deps.providers(provider, key).text;
  if (text === undefined) throw new AppError('provider_not_found', `The provider "${name}" is not configured for text.`);
  return text;
}

function cannot({ provider }: PlannedRoute, what: string): AppError {
  return new AppError('provider_not_found', `The provider "${provider}" serves no ${what}.`);
}

/** @throws AppError `provider_not_found` when it left the configuration: what it would cost is not known any more */
function servedModel(deps: CallDeps, run: TextRun, { served }: PlannedRoute): Model {
  if (served === undefined || served === null || served === run.task.model.name) return run.task.model;
  const model = run.task.catalogue.models.get(served) ?? deps.catalogue().models.get(served);
  if (model === undefined) throw new AppError('provider_not_found', `The model "${served}" is not configured any more.`);
  return model;
}

/** Hands chunks on; a chunk that only names the role waits for content, so that a failure before it can still go to another provider. */
function forwardChunks(run: TextRun): (chunk: ChatChunk) => void | Promise<void> {
  let held: ChatChunk[] = [];
  return (chunk) => {
    if (!run.delivered.hasContent() && chunk.choices.every(isEmpty)) {
      held.push(chunk);
      return;
    }
    const ready = [...held, chunk];
    held = [];
    return ready
      .map((part) => {
        run.delivered.add(part);
        return run.listener?.({ kind: 'chunk', chunk: part });
      })
      .at(-1);
  };
}

function isEmpty(choice: ChatChunk['choices'][number]): boolean {
  return choice.finish_reason === null && outputTokenEstimate(choice.delta) === 0;
}

function armDeadline(run: TextRun, now: Date): NodeJS.Timeout | undefined {
  if (run.task.deadlineAt === null) return undefined;
  const leftMs = Math.max(0, run.task.deadlineAt.getTime() - now.getTime());
  const timer = setTimeout(() => {
    run.abort.abort(new AppError('expired', 'The task did not finish within its time limit.'));
  }, leftMs);
  timer.unref();
  return timer;
}
