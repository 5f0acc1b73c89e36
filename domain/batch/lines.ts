import type { NewCampaignItem } from '../campaign/campaign';
import type { Caller } from '../access/caller';
import type { Batch, BatchFault, BatchFiles, BatchUsage } from './batch';

/** A file whose lines are all in order, not stored yet. */
export interface CheckedLines {
  /** Makes the images that came as data known: the batch is about to begin. */
  keepMedia(): Promise<void>;
  items(): AsyncIterable<readonly NewCampaignItem[]>;
  /** Frees what the check kept. */
  discard(): Promise<void>;
}

/**
 * Reads the input file of a batch and writes its output files: the formats of lines, requests and answers are the API's, so that is where this
 * port is made. Files are streams; memory holds a few lines at once, whatever their size.
 */
export interface BatchLines {
  /**
   * Checks every line as its endpoint would check the request.
   * @param signal - ends it early, with what it throws
   * @returns the faults, at most 100, or the lines
   * @throws AppError `service_unavailable` while a part of ours is away
   */
  check(batch: Batch, caller: Caller, signal: AbortSignal): Promise<readonly BatchFault[] | CheckedLines>;
  /** Writes what became of the lines of a batch whose campaign has ended. The same batch gives the same files, byte by byte. */
  write(batch: Batch, signal: AbortSignal): Promise<{ readonly files: BatchFiles; readonly usage: BatchUsage | null }>;
}
