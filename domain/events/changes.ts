/** Says which rows changed, as it happens; a hint only: readers must also look by themselves now and then. */
export interface ChangeFeed {
  /** Calls back with the ids of changed tasks (and campaigns). Returns the unsubscribe. */
  onTask(listener: (taskId: string) => void): () => void;
  /** The catalogue changed. */
  onCatalogue(listener: () => void): () => void;
  /** A breaker opened, closed or half-opened. */
  onBreaker(listener: () => void): () => void;
  /** What a person may do changed, or one of their sessions ended; with the id of the user. */
  onPeople(listener: (userId: number) => void): () => void;
  /** A running text task's cancel was asked for. */
  onCancel(listener: (taskId: string) => void): () => void;
}
