import { mayUseModel, requireModel, type Caller } from '../access/caller';
import { type Catalogue, type Modality, type Model } from '../provider/catalogue';
import { AppError } from '../errors';
import { closeNames } from '../../lib/close-names';

const ARTICLE: Readonly<Record<Modality, string>> = { text: 'a text', image: 'an image', video: 'a video' };

/**
 * The model a request names, which its caller may use and which has a price.
 * @throws AppError `model_not_found` (it is switched off, too), `model_not_allowed`, `invalid_value` (another modality), `model_not_priced`
 */
export function resolveModel(catalogue: Catalogue, caller: Caller, name: string, modality: Modality): Model {
  const model = catalogue.models.get(name);
  if (model === undefined)
    throw new AppError(
      'model_not_found',
      notFoundMessage(catalogue, (candidate) => mayUseModel(caller, candidate), name),
      { param: 'model' },
    );
  requireModel(caller, model);
  if (model.disabled === true) {
    const what = `The model ${quote(name)} is switched off. Use another one, or ask your operator to switch it on.`;
    throw new AppError('model_not_found', what, { param: 'model' });
  }
  if (model.modality !== modality) {
    throw new AppError(
      'invalid_value',
      `${quote(name)} is ${ARTICLE[model.modality]} model; this request needs ${ARTICLE[modality]} model.`,
      {
        param: 'model',
      },
    );
  }
  if (model.price === null) {
    throw new AppError(
      'model_not_priced',
      `The model ${quote(name)} has no price yet, so it cannot be used. Ask your operator to set one.`,
      {
        param: 'model',
      },
    );
  }
  return model;
}

/** What to say about a name that is no model: the names that are close to it. */
export function notFoundMessage(catalogue: Catalogue, isVisible: (model: Model) => boolean, name: string): string {
  const usable = [...catalogue.models.values()].filter(isVisible).map((model) => model.name);
  const close = closeNames(name, usable);
  const hint = close.length > 0 ? `Did you mean ${close.map(quote).join(' or ')}?` : 'GET /v1/models lists the models of this key.';
  return `The model ${quote(name.slice(0, 200))} does not exist. ${hint}`;
}

function quote(name: string): string {
  return JSON.stringify(name);
}
