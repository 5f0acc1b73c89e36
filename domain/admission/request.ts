import type { Caller } from '../access/caller';
import type { MicroUsd } from '../money/money';
import type { Catalogue } from '../provider/catalogue';
import type { RoutingHints } from '../provider/plan';
import type { GenerationInput } from '../task/generation';
import type { Endpoint } from '../task/task';

/** A caller's wish, in names that are not looked up yet. */
export interface RoutingWish {
  readonly hints?: RoutingHints;
  /** Models to be tried in order. */
  readonly models?: readonly string[];
}

/** What a generation is quoted by: a single request, or an item of a campaign whose turn has come. */
export interface QuoteRequest<Input = GenerationInput> {
  /** What is configured, for this request. */
  readonly catalogue: Catalogue;
  readonly caller: Caller;
  readonly endpoint: Endpoint;
  /** The model as the caller named it. */
  readonly model: string;
  readonly input: Input;
  /** The request's own ceiling; null: none. */
  readonly maxCostMicroUsd?: MicroUsd | null;
  /** What the caller asks of the routing; absent: nothing. */
  readonly routing?: RoutingWish;
}
