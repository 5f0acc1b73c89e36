import type { Modality } from '../provider/catalogue';
import type { CredentialClass } from './classes';

export { CREDENTIAL_CLASSES, type CredentialClass } from './classes';

/** How a generated image is answered: inline in base64, or as a link that works for an hour. */
export type ImagesDefault = (typeof IMAGES_DEFAULTS)[number];
export const IMAGES_DEFAULTS = ['b64_json', 'url'] as const;

/** What a key's requests mean when they do not say: set for clients that cannot be told. */
export interface AnswerDefaults {
  /** `response_format` of images. */
  readonly images: ImagesDefault;
  /** `modality` of `GET /v1/models`; null: all are listed. */
  readonly models: Modality | null;
}

/** Of a key for which nothing was set. */
export const ANSWER_DEFAULTS: AnswerDefaults = { images: 'b64_json', models: null };

/** The caller behind a key. */
export interface Caller {
  readonly credentialId: number;
  readonly credentialName: string;
  readonly credentialClass: CredentialClass;
  readonly teamId: number;
  readonly teamName: string;
  /** `["*"]` or the names of the models the key may use. */
  readonly models: readonly string[];
  readonly defaults: AnswerDefaults;
}

/** May this key use the model? */
export function mayUseModel(caller: Caller, model: string): boolean {
  return caller.models.includes('*') || caller.models.includes(model);
}
