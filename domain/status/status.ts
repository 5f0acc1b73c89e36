import type { NoticeLanguage } from '../alert/rule';

export const PART_STATES = ['operational', 'degraded', 'outage'] as const;
export type PartState = (typeof PART_STATES)[number];

/** How serious what operators say is. `info` and `maintenance` change nothing of the state. */
export const NOTICE_LEVELS = ['info', 'maintenance', 'degraded', 'outage'] as const;
export type NoticeLevel = (typeof NOTICE_LEVELS)[number];

/** What operators say on the status page. */
export interface StatusNotice {
  readonly level: NoticeLevel;
  /** In one language at least. */
  readonly text: Readonly<Partial<Record<NoticeLanguage, string>>>;
  /** It is shown until then; null: until it is taken away. */
  readonly until: Date | null;
}

/** What everybody is told of an incident. */
export interface PublicIncident {
  readonly id: string;
  readonly text: string;
  readonly language: NoticeLanguage;
  readonly openedAt: Date;
}

/** What the status page takes from Postgres. */
export interface StatusStore {
  /** Null: none, or it is over. */
  notice(now: Date): Promise<StatusNotice | null>;
  setNotice(notice: StatusNotice | null): Promise<void>;
  /** Incidents that are not resolved and whose note is for everybody, the newest first. */
  publicIncidents(limit: number): Promise<readonly PublicIncident[]>;
}

/** How the installation is. */
export interface Status {
  readonly overall: PartState;
  readonly api: PartState;
  readonly workers: PartState;
  readonly storage: PartState;
  /** Null: not told. */
  readonly providers: readonly { readonly name: string; readonly state: PartState }[] | null;
  readonly notice: StatusNotice | null;
  readonly incidents: readonly PublicIncident[];
  readonly at: Date;
}

/** The state of the whole: an outage of the api or the workers is one of all; anything else that fails degrades it. */
export function overallOf({ api, workers, storage, providers, notice }: Omit<Status, 'overall' | 'at' | 'incidents'>): PartState {
  if (api === 'outage' || workers === 'outage' || notice?.level === 'outage') return 'outage';
  const isWhole = [api, workers, storage, ...(providers ?? []).map(({ state }) => state)].every((state) => state === 'operational');
  return isWhole && notice?.level !== 'degraded' ? 'operational' : 'degraded';
}

/** The notice in a language, else in the other one. */
export function noticeText({ text }: StatusNotice, language: NoticeLanguage): string {
  return text[language] ?? text.en ?? text.zh ?? '';
}
