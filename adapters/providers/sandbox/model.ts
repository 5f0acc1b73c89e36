import { AppError } from '../../../domain/errors';
import type { TextOperation } from '../../../domain/task/generation';

/** How a sandbox model misbehaves; `well` is the model without a suffix. */
export type Variant = 'well' | 'flaky' | 'down' | 'slow' | 'moderated' | 'lost';

const BASES = ['sandbox-text', 'sandbox-moderation', 'sandbox-speech', 'sandbox-transcription', 'sandbox-image', 'sandbox-video'] as const;
const VARIANTS = ['flaky', 'down', 'slow', 'moderated', 'lost'] as const;
export type Base = (typeof BASES)[number];

/** All models of the sandbox. */
const SANDBOX_MODELS: readonly string[] = BASES.flatMap((base) => [base, ...VARIANTS.map((variant) => `${base}-${variant}`)]);

/** What a text model of this name does. */
export function operationsOf(model: string): readonly TextOperation[] {
  if (model.startsWith('sandbox-moderation')) return ['moderation'];
  if (model.startsWith('sandbox-transcription')) return ['transcription'];
  return model.startsWith('sandbox-speech') ? ['speech'] : ['chat', 'embedding'];
}

/**
 * The variant a model's name asks for.
 * @throws AppError `provider_not_found` for a name that is not `base` with or without a suffix
 */
export function variantOf(model: string, base: Base): Variant {
  if (model === base) return 'well';
  const variant = VARIANTS.find((name) => model === `${base}-${name}`);
  if (variant !== undefined) return variant;
  const names = SANDBOX_MODELS.filter((name) => name.startsWith(base)).join(', ');
  throw new AppError('provider_not_found', `The sandbox has no model ${JSON.stringify(model)} for this kind of work. It has: ${names}.`);
}
