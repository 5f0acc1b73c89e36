import { mayUseModel, type Caller } from '../../domain/access/caller';
import { type Catalogue, type Modality } from '../../domain/provider/catalogue';
import { AppError } from '../../domain/errors';

/** The model of a request that names none: the first of its modality that the caller may use and that has a price. */
export function defaultModel(catalogue: Catalogue, caller: Caller, modality: Modality): string {
  for (const model of catalogue.models.values()) {
    if (model.modality === modality && model.price !== null && mayUseModel(caller, model.name)) return model.name;
  }
  throw new AppError('missing_required_parameter', 'Missing required parameter: model. GET /v1/models lists the models of this key.', {
    param: 'model',
  });
}
