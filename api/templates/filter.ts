import { templateReference } from '../../domain/template/reference';

/** The filter of lists for "product-shot" or "product-shot@2". @throws AppError `invalid_value` */
export function templateFilter(text: string): { readonly name: string; readonly version?: number } {
  const { idOrName, version } = templateReference(text);
  return { name: idOrName, ...(version === null ? {} : { version }) };
}
