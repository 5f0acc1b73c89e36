import { AppError } from '../errors';
import { formatUsd, type MicroUsd, type PriceFactor } from '../money/money';
import type { Modality, Model } from '../provider/catalogue';
import type { CredentialClass } from './classes';
import type { BodyPolicy } from '../records/bodies';
import type { EndpointName } from './endpoints';

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

/** How fast a key may ask: its minute drains steadily, so after a rest all of it may come at once. null: no bound. */
export interface KeyRate {
  /** Generations. */
  readonly requestsPerMinute: number | null;
  /** Input and the most output of texts when they are admitted, what they used once they have ended. */
  readonly tokensPerMinute: number | null;
  /** Generations that have not ended. */
  readonly concurrent: number | null;
}

/** What binds a key beside its models and its money. All of it is checked in memory. null: no bound. */
export interface KeyBounds {
  readonly expiresAt: Date | null;
  /** CIDRs of both families: "10.0.0.0/8", "2001:db8::/32", "192.0.2.7/32". */
  readonly ipAllow: readonly string[] | null;
  readonly endpoints: readonly EndpointName[] | null;
  /** Of the key and of its class in the team, both. */
  readonly modelTiers: readonly string[] | null;
  /** What one request may cost at most. */
  readonly maxCostPerRequestMicroUsd: MicroUsd | null;
  readonly rate: KeyRate;
}

/** Of a key for which nothing was set. */
export const UNBOUND: KeyBounds = {
  expiresAt: null,
  ipAllow: null,
  endpoints: null,
  modelTiers: null,
  maxCostPerRequestMicroUsd: null,
  rate: { requestsPerMinute: null, tokensPerMinute: null, concurrent: null },
};

/** The caller behind a key. */
export interface Caller {
  readonly credentialId: number;
  readonly credentialName: string;
  readonly credentialClass: CredentialClass;
  readonly teamId: number;
  readonly teamName: string;
  /** The project whose spending it is; null: none. */
  readonly project: { readonly id: number; readonly name: string } | null;
  /** The person who answers for the key; null: nobody in particular. */
  readonly ownerId: number | null;
  /** `["*"]` or the names of the models the key may use. */
  readonly models: readonly string[];
  readonly defaults: AnswerDefaults;
  readonly bounds: KeyBounds;
  /** Of its team; absent: 1. */
  readonly priceFactor?: PriceFactor;
  /** The provider that stands for the gateway it comes from and serves it for now; absent: it is served here. */
  readonly oldGateway?: string;
  /** What its team keeps of the bodies of its calls; null: nothing. */
  readonly logBodies: BodyPolicy | null;
  /** The incident that froze the key, or `operator`: somebody did by hand; null: it is not frozen. */
  readonly frozenBy: string | null;
  /** Why somebody froze it by hand. */
  readonly frozenReason?: string | null;
  /** The incident that `maxCostPerRequestMicroUsd` comes from; null: it is the key's own. */
  readonly limitedBy: string | null;
  /** When this very key ends because another one replaced it; null: it is the credential's newest, or the caller has no key. */
  readonly replacedAt: Date | null;
}

/** What `frozenBy` says of a key that a person froze. */
export const FROZEN_BY_HAND = 'operator';

/** @throws AppError `credential_frozen` when an incident or a person froze the key */
export function requireThawed({ frozenBy, frozenReason = null }: Pick<Caller, 'frozenBy' | 'frozenReason'>): void {
  if (frozenBy === null) return;
  if (frozenBy === FROZEN_BY_HAND) {
    throw new AppError(
      'credential_frozen',
      `This API key was frozen by whoever operates this installation: ${frozenReason ?? 'no reason was given'}. Nothing was started. Ask them to unfreeze it, or ` +
        'use another key.',
      { details: { incident: null, reason: frozenReason } },
    );
  }
  throw new AppError(
    'credential_frozen',
    `This API key was frozen by the incident ${frozenBy}. Nothing was started. Ask whoever operates this installation to look at the incident ` +
      'and to resolve it, or use another key.',
    { details: { incident: frozenBy } },
  );
}

/** What decides who may use a model. */
export type NamedModel = Pick<Model, 'name' | 'tier'>;

/** May this key use the model? */
export function mayUseModel({ models, bounds: { modelTiers } }: Caller, { name, tier }: NamedModel): boolean {
  if (!models.includes('*') && !models.includes(name)) return false;
  return modelTiers === null || (tier !== null && modelTiers.includes(tier));
}

/** @throws AppError `model_not_allowed` unless the key may use the model */
export function requireModel(caller: Caller, model: NamedModel): void {
  if (mayUseModel(caller, model)) return;
  const { modelTiers } = caller.bounds;
  const isNamed = mayUseModel({ ...caller, bounds: { ...caller.bounds, modelTiers: null } }, model);
  const may =
    isNamed && modelTiers !== null
      ? `It may use models of the tiers ${modelTiers.join(', ')}; this one ${model.tier === null ? 'has no tier' : `is ${model.tier}`}.`
      : `It may use: ${caller.models.join(', ')}.`;
  throw new AppError('model_not_allowed', `This key may not use the model ${JSON.stringify(model.name)}. ${may}`, { param: 'model' });
}

/**
 * Refuses a request that may cost more than the key may ask for at once.
 * @throws AppError `cost_ceiling_exceeded`
 */
export function requireCeiling({ bounds: { maxCostPerRequestMicroUsd }, limitedBy }: Caller, boundMicroUsd: MicroUsd): void {
  if (maxCostPerRequestMicroUsd === null || boundMicroUsd <= maxCostPerRequestMicroUsd) return;
  const [most, ceiling] = [formatUsd(boundMicroUsd), formatUsd(maxCostPerRequestMicroUsd)];
  throw new AppError(
    'cost_ceiling_exceeded',
    `This request may cost up to ${most} USD, and one request of this key may cost at most ${ceiling} USD. Nothing was started. ` +
      `Ask for less (fewer images, seconds or output tokens), or use a cheaper model.${
        limitedBy === null
          ? ''
          : ` The incident ${limitedBy} keeps the key to this price until somebody who looks after alerts resolves it.`
      }`,
    { details: { estimated_usd: most, max_cost_per_request_usd: ceiling, ...(limitedBy === null ? {} : { incident: limitedBy }) } },
  );
}
