import { mayUseModel, requireModel } from '../access/caller';
import { AppError, isAppError } from '../errors';
import type { Modality, Model } from '../provider/catalogue';
import { fallbackModels } from '../provider/plan';
import { isMediaInput, type GenerationInput } from '../task/generation';
import { checkCapabilities } from './capabilities';
import { resolveModel } from './resolve-model';
import type { QuoteRequest } from './request';

type Request = QuoteRequest;

/** The models that may serve a request: the one its task is named after, and those that are tried, in order. */
export interface CandidateModels {
  readonly main: Model;
  readonly models: readonly Model[];
}

/**
 * Finds the models of a request that are able to do it: of several those that cannot are left out; one that is too small for the request is
 * replaced by its fallbacks.
 * @throws AppError of `resolveModel`, `invalid_value` for names in hints that are unknown, of `checkCapabilities` when none is able
 */
export function candidateModels(request: Request): CandidateModels {
  checkProviders(request);
  const [main, ...others] = namedModels(request);
  const failures: AppError[] = [];
  const models = [main, ...others].flatMap((model) => {
    try {
      checkCapabilities(model, request.input, request.endpoint);
      return [model];
    } catch (error) {
      if (!isAppError(error)) throw error;
      failures.push(error);
      return error.code === 'context_length_exceeded' ? (ableFallbacks(request, model).context_window ?? []) : [];
    }
  });
  if (failures[0] !== undefined && models.length === 0) throw failures[0];
  return { main, models: models.filter((model, index) => models.indexOf(model) === index) };
}

/** The fallbacks of a model, by cause: those that have a price, that this caller may use and that can do the request. */
export function ableFallbacks(request: Request, main: Model): ReturnType<typeof fallbackModels> {
  return fallbackModels(request.catalogue, main, (model) => isAble(request, model));
}

function isAble({ caller, input, endpoint }: Request, model: Model): boolean {
  if (!mayUseModel(caller, model)) return false;
  try {
    checkCapabilities(model, input, endpoint);
    return true;
  } catch (error) {
    if (isAppError(error)) return false;
    throw error;
  }
}

/** `models` in their order; `model` before them unless it is one of them. */
function namedModels({ catalogue, caller, model, input, routing }: Request): readonly [Model, ...Model[]] {
  const listed = (routing?.models ?? []).map((name, index) => {
    const param = `models[${String(index)}]`;
    const known = catalogue.models.get(name);
    if (known === undefined)
      throw new AppError('invalid_value', `The model ${JSON.stringify(name.slice(0, 200))} does not exist.`, { param });
    requireModel(caller, known);
    return resolveModel(catalogue, caller, name, modalityOf(input));
  });
  const [first, ...rest] = listed;
  if (first !== undefined && listed.some(({ name }) => name === model)) return [first, ...rest];
  return [resolveModel(catalogue, caller, model, modalityOf(input)), ...listed];
}

function checkProviders({ catalogue, routing: { hints = {} } = {} }: Request): void {
  for (const option of ['providers', 'exclude'] as const) {
    const index = (hints[option] ?? []).findIndex((name) => !catalogue.providers.has(name));
    if (index === -1) continue;
    const name = JSON.stringify(hints[option]?.[index]?.slice(0, 200));
    throw new AppError('invalid_value', `There is no provider ${name}. GET /v1/tasks/{id} shows by name who served a task.`, {
      param: `routing.${option}[${String(index)}]`,
    });
  }
}

function modalityOf(input: GenerationInput): Modality {
  return isMediaInput(input) ? input.operation : 'text';
}
