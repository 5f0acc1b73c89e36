/** What is left of an account with a provider, as the provider tells it. */
export interface Balance {
  /** Decimal text: "110.00", "-0.5". */
  readonly amount: string;
  /** ISO 4217, or `credits` where the provider counts in credits of its own. Nothing is converted. */
  readonly currency: string;
}

/** A key of a provider: keys may belong to different accounts. */
export interface BalancePlace {
  readonly provider: string;
  readonly key: string;
}

/** The last that is known of an account. */
export interface KnownBalance extends BalancePlace {
  /** Empty: it has not told any yet, or says that it has no limit. */
  readonly balances: readonly Balance[];
  /** When it told them; null: never. */
  readonly at: Date | null;
  readonly askedAt: Date;
  /** Why it could not be asked the last time; null: it answered. */
  readonly error: string | null;
}

/** Whose turn it is to be asked, and what they told; shared by all processes. */
export interface BalanceStore {
  /** Of these places, those whose time has come: the asker is to ask, and nobody else until `everyS` has passed. */
  claimTurns(places: readonly BalancePlace[], everyS: number): Promise<readonly BalancePlace[]>;
  /** Keeps what was told; after a failure what was told before stays. */
  save(place: BalancePlace, told: { readonly balances: readonly Balance[] } | { readonly error: string }, at: Date): Promise<void>;
  /** Of providers that are configured and enabled. */
  last(): Promise<readonly KnownBalance[]>;
}
