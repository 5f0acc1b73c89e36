/** One limit of a key, as an answer tells it. `resetMs`: until all of it is there again. */
export interface RateLevel {
  readonly limit: number;
  readonly remaining: number;
  readonly resetMs: number;
}

/** What is left of the minute of a key; absent: no such limit. */
export interface RateState {
  readonly requests?: RateLevel;
  readonly tokens?: RateLevel;
  /** Generations at once, at most. */
  readonly concurrent?: number;
}

/** Why a key's rate lets nothing through now, and when to ask again. */
export interface RateLack {
  readonly lack: 'requests' | 'tokens' | 'concurrent';
  readonly waitMs: number;
}
