import type { AnomalySubject } from '../rule';
import { subjectIdOf, type SpendRow } from './spending';
import type { Usual } from './usual';

/** How unusual spending must be. */
export interface AnomalyRule {
  readonly by: readonly AnomalySubject[];
  /** Times the usual, at least. */
  readonly factor: number;
  /** What the hour must have cost, in micro-US-dollars. */
  readonly minMicroUsd: number;
}

/** An hour of a subject that cost far more than usual. */
export interface Anomaly {
  readonly by: AnomalySubject;
  readonly id: string;
  readonly teamId: number | null;
  readonly team: string | null;
  readonly credentialId: number | null;
  readonly credential: string | null;
  readonly model: string | null;
  readonly spentMicroUsd: number;
  /** null: it is new and has no usual. */
  readonly usualMicroUsd: number | null;
  /** null: there is no usual to compare with. */
  readonly times: number | null;
  /** Who and what made most of it, with its share in per cent; null: it is the subject itself. */
  readonly topCredential: { readonly name: string; readonly id: number; readonly teamId: number; readonly percent: number } | null;
  readonly topModel: { readonly name: string; readonly percent: number } | null;
}

/** Spread of a normal distribution by its median absolute deviation. */
const SPREAD_OF_MAD = 1.4826;
/** Spreads above the median, at least. */
const SPREADS = 6;
/** A subject whose hours are all alike is allowed this part of its median as spread. */
const LEAST_SPREAD = 0.15;
/** Spending is unusual above what the same hours of the day reach but rarely, by this much. */
const ABOVE_PEAK = 1.75;
/** A key without a usual is reported from so many times the least amount. */
const NEW_TIMES = 10;
/** A key that explains this share of what its team or model spent too much: that one is not reported as well. */
const EXPLAINS = 0.5;

/** From what an hour's spending is unusual, in micro-US-dollars; null: nothing can be said. `usual` null: the subject is new. */
export function unusualFrom(by: AnomalySubject, usual: Usual | null, { factor, minMicroUsd }: AnomalyRule): number | null {
  if (usual === null) return by === 'credential' ? minMicroUsd * NEW_TIMES : null;
  if (usual.peak === 0) return minMicroUsd * NEW_TIMES;
  const spread = Math.max(usual.mad * SPREAD_OF_MAD, usual.median * LEAST_SPREAD);
  return Math.max(minMicroUsd, usual.median * factor, usual.median + SPREADS * spread, usual.peak * ABOVE_PEAK);
}

/**
 * The subjects that have spent far more in an hour than they usually do. A team or model is left out when a key that is reported explains it.
 * @param rows - the spending of one hour
 * @param usual - of a subject in that hour; null: it is too new
 */
export function findAnomalies(
  rows: readonly SpendRow[],
  rule: AnomalyRule,
  usual: (by: AnomalySubject, id: string) => Usual | null,
): readonly Anomaly[] {
  const found = (['credential', 'model', 'team'] as const)
    .filter((by) => rule.by.includes(by))
    .flatMap((by) => [...groupBy(rows, (row) => subjectIdOf(by, row))].flatMap(([id, own]) => anomalyOf(by, id, own, rule, usual(by, id))));
  const keys = found.filter(({ by }) => by === 'credential');
  const models = found.filter(({ by }) => by === 'model');
  return found.filter((one) => {
    if (one.by === 'credential') return true;
    const narrower = one.by === 'model' ? keys : [...keys, ...models];
    const explained = narrower.filter((other) => isWithin(one, other, rows)).reduce((sum, other) => sum + excessOf(other), 0);
    return explained < excessOf(one) * EXPLAINS;
  });
}

function anomalyOf(by: AnomalySubject, id: string, own: readonly SpendRow[], rule: AnomalyRule, usual: Usual | null): readonly Anomaly[] {
  const spent = sumOf(own);
  const from = unusualFrom(by, usual, rule);
  const [first] = own;
  if (first === undefined || from === null || spent < rule.minMicroUsd || spent < from) return [];
  const level = usual === null ? null : usual.isIrregular ? usual.peak : usual.median;
  const isOneTeam = own.every(({ teamId }) => teamId === first.teamId);
  return [
    {
      by,
      id,
      teamId: isOneTeam ? first.teamId : null,
      team: isOneTeam ? first.team : null,
      credentialId: by === 'credential' ? first.credentialId : null,
      credential: by === 'credential' ? first.credential : null,
      model: by === 'model' ? id : null,
      spentMicroUsd: spent,
      usualMicroUsd: level,
      times: level === null || level === 0 ? null : spent / level,
      topCredential: by === 'credential' ? null : topCredentialOf(own, spent),
      topModel: by === 'model' ? null : topModelOf(own, spent),
    },
  ];
}

function excessOf({ spentMicroUsd, usualMicroUsd }: Anomaly): number {
  return spentMicroUsd - (usualMicroUsd ?? 0);
}

/** Does what the narrower one spent lie within the wider one? */
function isWithin(wider: Anomaly, narrower: Anomaly, rows: readonly SpendRow[]): boolean {
  return rows.some((row) => subjectIdOf(wider.by, row) === wider.id && subjectIdOf(narrower.by, row) === narrower.id);
}

function topCredentialOf(rows: readonly SpendRow[], spent: number): Anomaly['topCredential'] {
  const [top] = largestFirst(groupBy(rows, ({ credentialId }) => String(credentialId)));
  const first = top?.[0];
  return top === undefined || first === undefined
    ? null
    : { name: first.credential, id: first.credentialId, teamId: first.teamId, percent: percentOf(sumOf(top), spent) };
}

function topModelOf(rows: readonly SpendRow[], spent: number): Anomaly['topModel'] {
  const [top] = largestFirst(groupBy(rows, ({ model }) => model));
  const first = top?.[0];
  return top === undefined || first === undefined ? null : { name: first.model, percent: percentOf(sumOf(top), spent) };
}

function largestFirst(groups: ReadonlyMap<string, readonly SpendRow[]>): readonly (readonly SpendRow[])[] {
  return [...groups.values()].sort((one, other) => sumOf(other) - sumOf(one));
}

function groupBy(rows: readonly SpendRow[], keyOf: (row: SpendRow) => string): ReadonlyMap<string, readonly SpendRow[]> {
  const groups = new Map<string, SpendRow[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group === undefined) groups.set(keyOf(row), [row]);
    else group.push(row);
  }
  return groups;
}

function sumOf(rows: readonly SpendRow[]): number {
  return rows.reduce((sum, { microUsd }) => sum + microUsd, 0);
}

function percentOf(part: number, whole: number): number {
  return Math.round((part / whole) * 100);
}
