/** A row of the table `events`, as those follow it that are outside the transaction. */
export interface FollowedEvent {
  /** Its place among all rows; `EventRows.after` goes on from it. Opaque text without spaces. */
  readonly position: string;
  readonly id: string;
  /** One of EVENT_TYPES, or what a newer version tells of. */
  readonly type: string;
  readonly taskId: string | null;
  readonly campaignId: string | null;
  readonly teamId: number;
  readonly at: Date;
}

/** Reads the rows of `events` in their order, skipping none (docs/decisions, "One port for events"). */
export interface EventRows {
  /** The place from which on nothing is missed of what is committed after this call. */
  now(): Promise<string>;
  /** The rows behind a place, the oldest first. Null: the text is no place. */
  after(position: string, limit: number): Promise<readonly FollowedEvent[] | null>;
  /** As `after`, of one team, no further back than `withinMs`. Null: rows may be missing, as the place is older. @param teamId - null: of all */
  resume(
    position: string,
    options: { readonly teamId: number | null; readonly limit: number; readonly withinMs: number },
  ): Promise<readonly FollowedEvent[] | null>;
}
