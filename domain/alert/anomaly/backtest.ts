import type { AnomalySubject } from '../rule';
import { findAnomalies, type Anomaly, type AnomalyRule } from './find';
import { HOUR_MS, subjectIdOf, type HourHistory, type SpendRow } from './spending';
import { usualOf, type Usual } from './usual';

/** An anomaly that lasted: hours of one subject that follow each other. */
export interface PastAnomaly {
  /** Its dearest hour. */
  readonly worst: Anomaly;
  readonly fromMs: number;
  /** When its last hour ended. */
  readonly toMs: number;
  readonly hours: number;
}

/** Hours between two of a subject that still make them one. */
const GAP_HOURS = 1;

/**
 * What a rule would have found in the past, hour by hour, each with what was known before it.
 * @param rows - of the hours from `fromMs` to before `toMs`, and of the weeks before
 * @param bornMs - since when a subject is there; null: since its first hour
 */
export function backtestAnomalies(
  rows: readonly SpendRow[],
  rule: AnomalyRule,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  bornMs: (by: AnomalySubject, id: string) => number | null = () => null,
): readonly PastAnomaly[] {
  const hours = new Map<number, SpendRow[]>();
  for (const row of rows) {
    const hour = hours.get(row.hourMs);
    if (hour === undefined) hours.set(row.hourMs, [row]);
    else hour.push(row);
  }
  const usual = usualFrom(rows, rule.by, bornMs);
  const open = new Map<string, PastAnomaly>();
  const past: PastAnomaly[] = [];
  for (const hourMs of [...hours.keys()].filter((at) => at >= fromMs && at < toMs).sort((one, other) => one - other)) {
    for (const anomaly of findAnomalies(hours.get(hourMs) ?? [], rule, (by, id) => usual(by, id, hourMs))) {
      const key = `${anomaly.by}:${anomaly.id}`;
      const before = open.get(key);
      const goesOn = before !== undefined && hourMs - before.toMs <= GAP_HOURS * HOUR_MS;
      if (before !== undefined && !goesOn) past.push(before);
      open.set(key, goesOn ? longer(before, anomaly, hourMs) : { worst: anomaly, fromMs: hourMs, toMs: hourMs + HOUR_MS, hours: 1 });
    }
  }
  return [...past, ...open.values()].sort((one, other) => one.fromMs - other.fromMs);
}

function longer(before: PastAnomaly, anomaly: Anomaly, hourMs: number): PastAnomaly {
  const worst = anomaly.spentMicroUsd > before.worst.spentMicroUsd ? anomaly : before.worst;
  return { worst, fromMs: before.fromMs, toMs: hourMs + HOUR_MS, hours: before.hours + 1 };
}

/** The usual of subjects out of these rows, as it was known in an hour. */
export function usualFrom(
  rows: readonly SpendRow[],
  subjects: readonly AnomalySubject[],
  bornMs: (by: AnomalySubject, id: string) => number | null = () => null,
): (by: AnomalySubject, id: string, hourMs: number) => Usual | null {
  const histories = new Map<string, { byHour: Map<number, number>; sinceMs: number }>();
  for (const by of subjects) {
    for (const row of rows) {
      const name = `${by}:${subjectIdOf(by, row)}`;
      const history = histories.get(name) ?? { byHour: new Map<number, number>(), sinceMs: bornMs(by, subjectIdOf(by, row)) ?? row.hourMs };
      histories.set(name, history);
      history.sinceMs = Math.min(history.sinceMs, row.hourMs);
      history.byHour.set(row.hourMs, (history.byHour.get(row.hourMs) ?? 0) + row.microUsd);
    }
  }
  return (by, id, hourMs) => {
    const history: HourHistory | undefined = histories.get(`${by}:${id}`);
    return history === undefined || history.sinceMs >= hourMs ? null : usualOf(history, hourMs);
  };
}
