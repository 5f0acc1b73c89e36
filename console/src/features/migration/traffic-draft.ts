import type { ImportTraffic, NewImportTraffic } from '../../api/imports';

/** A share of its own for a team, as it is typed. */
export interface TeamShare {
  readonly team: string;
  readonly percent: number;
}

/** Traffic as it is set in the form. */
export interface TrafficDraft {
  readonly percent: number;
  readonly splitBy: ImportTraffic['split_by'];
  readonly teams: readonly TeamShare[];
  readonly keys: ImportTraffic['keys'];
  /** Of the old gateway; asked for the first time alone. */
  readonly address: string;
}

export const draftOf = (traffic: ImportTraffic): TrafficDraft => ({
  percent: traffic.percent,
  splitBy: traffic.split_by,
  teams: traffic.teams,
  keys: traffic.keys,
  address: traffic.base_url ?? '',
});

/** Does the form say what holds already? */
export const isSame = (draft: TrafficDraft, traffic: ImportTraffic): boolean => JSON.stringify(draft) === JSON.stringify(draftOf(traffic));

export const toSend = ({ percent, splitBy, teams, keys, address }: TrafficDraft): NewImportTraffic => ({
  percent,
  split_by: splitBy,
  teams: [...teams],
  keys: [...keys],
  ...(address.trim() === '' ? {} : { base_url: address.trim() }),
});

/** A whole share from 0 to 100 out of what was typed. */
export const shareOf = (typed: string): number => {
  const share = Math.round(Number(typed));
  return Number.isNaN(share) ? 0 : Math.min(100, Math.max(0, share));
};
