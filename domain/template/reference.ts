import { AppError } from '../errors';

/** Names of templates. */
export const TEMPLATE_NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** A template as requests name it: "product-shot" (its published version), "product-shot@2", or its id in place of the name. */
export interface TemplateReference {
  readonly idOrName: string;
  /** null: the published one. */
  readonly version: number | null;
}

/** @throws AppError `invalid_value` for a text that names no template */
export function templateReference(text: string): TemplateReference {
  const match = /^([a-z0-9][a-z0-9-]{0,62}|tmpl_[0-9a-f]{32})(?:@([1-9]\d{0,8}))?$/.exec(text);
  if (match?.[1] === undefined) {
    throw new AppError('invalid_value', 'Invalid template: write its name, such as "product-shot", or a version of it: "product-shot@2".', {
      param: 'template',
    });
  }
  return { idOrName: match[1], version: match[2] === undefined ? null : Number(match[2]) };
}
