import type { Incident, NoticeKind, NoticeState } from './incident';
import type { Alert, Channel, QuietHours } from './rule';

/** A notice whose turn it is. */
export interface Notice {
  /** `ntc_` and 32 hex digits: the same for every try, so that receivers can tell a repeat. */
  readonly id: string;
  readonly kind: NoticeKind;
  readonly alert: Alert;
  readonly channel: Channel;
  /** null: a test of the channel. */
  readonly incident: Incident | null;
  readonly createdAt: Date;
  /** Tries made before this one. */
  readonly triesBefore: number;
}

/** `early`: come back later. `closed`: there is nothing to do. */
export type NoticeTurn =
  { readonly kind: 'due'; readonly notice: Notice } | { readonly kind: 'early'; readonly dueInMs: number } | { readonly kind: 'closed' };

/** What came of a try. */
export interface NoticeAttempt {
  readonly at: Date;
  /** Null: it was delivered. */
  readonly error: string | null;
}

/** Notices in Postgres: an outbox. */
export interface NoticeStore {
  /** Takes the turn of a notice that is due: nobody else makes this try. */
  takeTurn(id: string): Promise<NoticeTurn>;
  /** Writes down what came of it. `againInMs` null: that was the last try. Repeating changes nothing. */
  endTurn(notice: Pick<Notice, 'id' | 'triesBefore'>, attempt: NoticeAttempt, againInMs: number | null): Promise<void>;
  /** Quiet hours: it waits until then, and no try was made. */
  hold(id: string, until: Date): Promise<void>;
  /** Notices that are due and that nobody is at. */
  takeDue(limit: number): Promise<readonly string[]>;
  /** A notice to each channel of an alert that says it is a test. */
  test(alert: Alert): Promise<readonly NoticeState[]>;
  find(ids: readonly string[]): Promise<readonly NoticeState[]>;
}

/** What is sent by a channel; throws when it could not be delivered. */
export interface MailSender {
  /** @param id - makes the Message-ID: the same for every try */
  send(mail: { readonly id: string; readonly to: readonly string[]; readonly subject: string; readonly text: string }): Promise<void>;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** Pauses after tries, the last one for all that follow. */
const PAUSES_MS = [5 * SECOND, 15 * SECOND, MINUTE, 5 * MINUTE, 15 * MINUTE, 60 * MINUTE];
/** After a day it is old news. */
const MOST_TRIES = 30;

/** The pause before the next try, in ms; null: no more. `triesMade` at least 1, `chance` 0..1. */
export function nextNoticeInMs(triesMade: number, chance: number, scale = 1): number | null {
  if (triesMade >= MOST_TRIES) return null;
  const pause = PAUSES_MS[Math.min(triesMade, PAUSES_MS.length) - 1] ?? MINUTE;
  return Math.round(pause * scale * (0.9 + 0.2 * chance));
}

/**
 * Until when quiet hours hold back what is to be told now; null: they do not.
 * @param clockOf - what the clocks of a zone show: "2026-11-30T07:15"
 */
export function quietUntil(hours: QuietHours | null, now: Date, clockOf: (at: Date, timeZone: string) => string): Date | null {
  if (hours === null) return null;
  const minuteOf = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));
  const [from, to, at] = [minuteOf(hours.from), minuteOf(hours.to), minuteOf(clockOf(now, hours.timeZone).slice(11))];
  const DAY = 1_440;
  const length = from === to ? DAY : (to - from + DAY) % DAY;
  const since = (at - from + DAY) % DAY;
  if (since >= length) return null;
  const end = new Date(now.getTime() + (length - since) * MINUTE);
  return new Date(Math.floor(end.getTime() / MINUTE) * MINUTE);
}

/** Starts the workflows of notices. */
export interface NoticeRunner {
  /** Makes sure that the notice's workflow runs (workflow id = notice id). Repeating is harmless. @throws AppError `service_unavailable` */
  deliverNotice(noticeId: string): Promise<void>;
}

/** The workflow that looks at the alerts, on its schedule. */
export interface AlertSchedule {
  /** Makes sure that it fires. Repeating is harmless. @throws AppError `service_unavailable` */
  keep(): Promise<void>;
}
