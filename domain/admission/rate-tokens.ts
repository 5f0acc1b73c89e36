import type { Caller } from '../access/caller';
import { rationedTokens } from '../money/pricing';
import type { Model } from '../provider/catalogue';
import type { GenerationInput } from '../task/generation';
import type { Admission } from '../task/store';

/** The tokens of an admission, for a key that has a limit of them. */
export function rateTokensOf({ bounds }: Caller, model: Model, input: GenerationInput): Pick<Admission, 'rateTokens'> {
  return bounds.rate.tokensPerMinute === null ? {} : { rateTokens: Math.ceil(rationedTokens(model, input)) };
}
