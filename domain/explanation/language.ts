import { formatUsd, type MicroUsd } from '../money/money';
import type { Modality } from '../provider/catalogue';
import type { AttemptOutcome, TaskPhase, TaskStatus } from '../task/task';
import type { Reason } from './causes';

/** The languages that people get explanations in. */
export const LANGUAGES = ['en', 'zh'] as const;
export type LanguageName = (typeof LANGUAGES)[number];

/** What is said of one call of a provider. */
export interface AttemptFacts {
  readonly n: number;
  readonly provider: string;
  readonly model: string;
  readonly outcome: AttemptOutcome;
  /** How long it took, or has taken until now. */
  readonly tookMs: number;
  readonly reason: Reason | null;
  /** The provider's own words, redacted. */
  readonly said: string | null;
}

/** What is said of a task's money. Amounts are micro-US-dollars. */
export interface MoneyFacts {
  readonly status: TaskStatus;
  /** No provider was called and nothing was ever held. */
  readonly isRefused: boolean;
  readonly held: MicroUsd;
  readonly estimated: MicroUsd;
  readonly actual: MicroUsd;
  /** Given back of `actual` after the end. */
  readonly refunded: MicroUsd;
  /** Items of the bill: "2 × image". */
  readonly lines: readonly { readonly item: string; readonly quantity: number; readonly usd: string }[];
  /** We counted, as the provider reported nothing. */
  readonly isCounted: boolean;
}

/** Why there was no further provider to try. */
export type NoFallback = 'same_request' | 'may_be_paid' | 'no_other_route' | 'not_called' | 'not_yet';

/** What a task waits for, as far as people care. */
export type Waiting = Extract<
  TaskPhase,
  'waiting_rate' | 'waiting_capacity' | 'calling_provider' | 'waiting_provider' | 'waiting_retry' | 'storing' | 'settling'
>;

/** All sentences of an explanation in one language: each function gives whole sentences, with their full stop. */
export interface Language {
  readonly reasons: Readonly<Record<Reason, { readonly why: string; readonly todo: readonly string[] }>>;
  readonly outcomes: Readonly<Record<'succeeded' | 'failed' | 'cancelled' | 'unknown' | 'running' | 'accepted', string>>;
  readonly summaryFailed: (type: Modality, status: TaskStatus, reason: Reason) => string;
  readonly summarySucceeded: (type: Modality, by: { readonly provider: string; readonly model: string } | null, tookMs: number) => string;
  readonly summaryPartial: (type: Modality, delivered: number, asked: number) => string;
  readonly summaryOpen: (type: Modality, phase: Waiting) => string;
  readonly accepted: (facts: {
    readonly team: string;
    readonly key: string;
    readonly class: string;
    readonly held: MicroUsd;
    readonly model: string;
  }) => string;
  readonly replayOf: (id: string) => string;
  readonly skipped: (provider: string, reason: string) => string;
  readonly attempt: (facts: AttemptFacts) => string;
  readonly cancelRequested: string;
  readonly stored: (outputs: number) => string;
  readonly missing: (index: number, reason: Reason, message: string) => string;
  readonly details: (message: string) => string;
  readonly contentsExpired: string;
  readonly ended: (status: TaskStatus) => string;
  readonly charged: (money: MoneyFacts) => string;
  readonly noFallbackNeeded: (provider: string) => string;
  readonly repeated: (provider: string, calls: number) => string;
  readonly fellBack: (failed: readonly string[], served: string | null) => string;
  readonly noFallback: (why: NoFallback) => string;
  readonly todoTakeUp: string;
  readonly todoReplay: string;
  readonly todoPartial: string;
  readonly todoWait: (mayCancel: boolean) => readonly string[];
  readonly todoParam: (param: string) => string;
}

/** "02:13:05", in UTC. */
export function clock(at: Date): string {
  return at.toISOString().slice(11, 19);
}

/** "2026-11-29 02:13:05 UTC" */
export function dateAndClock(at: Date): string {
  return `${at.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** "$0.02" */
export function dollars(amount: MicroUsd): string {
  return `$${formatUsd(amount)}`;
}

/** Tells how long something took, in the language's words for hours, minutes and seconds: "2.0 s", "45 s", "3 min 5 s", "1 h 12 min". */
export function durationIn(words: { readonly h: string; readonly min: string; readonly s: string }): (ms: number) => string {
  return (ms) => {
    if (ms < 10_000) return `${(ms / 1_000).toFixed(1)} ${words.s}`;
    const seconds = Math.round(ms / 1_000);
    if (seconds < 120) return `${String(seconds)} ${words.s}`;
    const minutes = Math.floor(seconds / 60);
    return minutes < 60
      ? `${String(minutes)} ${words.min} ${String(seconds % 60)} ${words.s}`
      : `${String(Math.floor(minutes / 60))} ${words.h} ${String(minutes % 60)} ${words.min}`;
  };
}
