import type { AnomalySubject } from '../rule';

/** What was spent in an hour of the log by a key for a model. Amounts are micro-US-dollars as numbers: here they are only compared. */
export interface SpendRow {
  /** Its beginning, epoch milliseconds. */
  readonly hourMs: number;
  readonly teamId: number;
  readonly team: string;
  readonly credentialId: number;
  readonly credential: string;
  readonly model: string;
  readonly microUsd: number;
}

/** What a subject spent by the hour. */
export interface HourHistory {
  /** By the hour's beginning; an hour that is missing cost nothing. */
  readonly byHour: ReadonlyMap<number, number>;
  /** Since when the subject is there, epoch milliseconds. */
  readonly sinceMs: number;
}

export const HOUR_MS = 3_600_000;

/** By what a subject is named: the id of a key or team, the name of a model. */
export function subjectIdOf(by: AnomalySubject, row: Pick<SpendRow, 'credentialId' | 'model' | 'teamId'>): string {
  if (by === 'credential') return String(row.credentialId);
  return by === 'model' ? row.model : String(row.teamId);
}
