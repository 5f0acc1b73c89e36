import { AppError } from '../domain/errors';
import type { LegacySource } from '../domain/migration/source';
import { requireSame } from './apply/apply';
import type { MoveState, OldKey, TargetInstallation, TrafficState, TrafficWish } from './apply/installation';
import type { Plan } from './plan/read';

/** A move that leads its traffic from one side to the other. */

/** Rows of one request. */
const GROUP = 500;
/** What a key of either program is made of; others were never accepted by them with a channel's number behind. */
const KEY = /^[A-Za-z0-9]{8,128}$/;

/** What a person asks of the traffic. */
export interface TrafficRequest {
  readonly percent: number;
  /** Of this team alone. */
  readonly team?: string;
  /** Of this key alone. */
  readonly key?: { readonly team: string; readonly name: string };
  /** All keys of a person on one side. Absent: as before, at first each key for itself. */
  readonly splitBy?: 'key' | 'member';
}

export interface TrafficReport extends TrafficState {
  /** Keys that were handed over now, for calls of the old gateway. */
  readonly handed_over: number;
  /** Legacy ids of keys that the old gateway can't be called with: they are served here. */
  readonly refused: readonly string[];
}

/**
 * Sets which share of the old keys is served here. Keys are handed over the first time, and those that came in since.
 * @throws AppError `conflict` before apply, `missing_required_parameter` where nobody knows the old gateway's address
 */
export async function setTraffic(
  plan: Plan,
  source: LegacySource | null,
  target: TargetInstallation,
  request: TrafficRequest,
): Promise<TrafficReport> {
  const move = await moveOf(plan, target);
  const before = await target.traffic(move.id);
  const address = plan.head.old_gateway.base_url;
  if (before.state === 'off' && address === null) {
    throw new AppError('missing_required_parameter', 'The plan has no address of the old gateway: set old_gateway.base_url in it.');
  }
  const models = await modelsOf(plan);
  // Keys come before the share is lowered: one that is not there would be served here. At first nothing changes: all is served here as before.
  const wish = wishOf(before, request, address, models);
  if (before.state === 'off') await target.setTraffic(move.id, { ...wish, percent: 100, teams: [], keys: [] });
  const sent = source === null ? { kept: 0, refused: [] } : await handOver(source, plan, target, move.id);
  const after = await target.setTraffic(move.id, wish);
  return { ...after, handed_over: sent.kept, refused: sent.refused };
}

/** Whether the source is needed: the old keys are not there yet. */
export async function needsKeys(plan: Plan, target: TargetInstallation): Promise<boolean> {
  const move = await moveOf(plan, target);
  return (await target.traffic(move.id)).old_keys.kept < move.counts.keys;
}

/** @throws AppError `conflict` when nothing was applied yet */
export async function moveOf(plan: Plan, target: TargetInstallation): Promise<MoveState & { readonly id: string }> {
  const { fingerprint, product, location } = plan.head.source;
  const move = await target.begin({ source: fingerprint, product, location, dry_run: true });
  if (move.id === null) throw new AppError('conflict', 'Nothing of this plan came in yet: atelier migrate apply comes first.');
  return { ...move, id: move.id };
}

function wishOf(before: TrafficState, request: TrafficRequest, address: string | null, models: readonly string[]): TrafficWish {
  const { percent, team, key, splitBy = before.split_by } = request;
  const base = { ...(address === null ? {} : { base_url: address }), split_by: splitBy, models };
  if (team !== undefined) {
    const others = before.teams.filter((one) => one.team !== team);
    return { ...base, percent: before.percent, teams: [...others, { team, percent }], keys: before.keys };
  }
  if (key !== undefined) {
    const others = before.keys.filter((one) => one.team !== key.team || one.name !== key.name);
    return { ...base, percent: before.percent, teams: before.teams, keys: [...others, { ...key, percent }] };
  }
  // Of all: whoever had a share of their own goes with the others again.
  return { ...base, percent, teams: [], keys: [] };
}

async function modelsOf(plan: Plan): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { include, name } of plan.entries('models')) if (include !== false) names.push(name);
  return names;
}

async function handOver(source: LegacySource, plan: Plan, target: TargetInstallation, id: string) {
  requireSame(plan, source);
  const wanted = new Set<number>();
  for await (const { include, legacy_id: legacyId } of plan.entries('credentials')) if (include !== false) wanted.add(legacyId);
  const sum = { kept: 0, refused: [] as string[] };
  let group: OldKey[] = [];
  const send = async (): Promise<void> => {
    if (group.length === 0) return;
    const { kept, refused } = await target.keepKeys(id, group);
    sum.kept += kept;
    sum.refused.push(...refused);
    group = [];
  };
  for await (const tokens of source.tokens()) {
    for (const token of tokens) {
      if (!wanted.has(token.id)) continue;
      if (!KEY.test(token.key)) sum.refused.push(String(token.id));
      else group.push({ legacy_id: String(token.id), key: token.key });
      if (group.length === GROUP) await send();
    }
  }
  await send();
  return sum;
}
