/** How an id leads to a run. */
export const LOOKUP_KINDS = ['task', 'response', 'callback', 'campaign', 'batch', 'asset', 'external_id', 'provider', 'request'] as const;
export type LookupKind = (typeof LOOKUP_KINDS)[number];

/** A run, or a campaign of runs, that an id leads to. */
export interface FoundRun {
  readonly matched: LookupKind;
  /** Null: the id is a campaign's or a batch's, or of a request that made no run. */
  readonly taskId: string | null;
  readonly campaignId: string | null;
  /** In the call log, where the id is of a request. */
  readonly callId?: string;
}

/** Finds runs of all teams by whatever id someone has in their hands. */
export interface RunLookup {
  /**
   * @param id - of a task, response, callback, campaign, batch, asset or request, an `external_id`, or a provider's own id of a job or answer
   * @returns at most `LOOKUP_LIMIT`, newest first
   */
  find(id: string): Promise<readonly FoundRun[]>;
}
export const LOOKUP_LIMIT = 20;
