import { moneyOf } from './money';
import type { Language } from './text';

/** Figures, money and times as people of a language read them. */
export interface Format {
  /** "$0.16"; under a cent four digits; never rounded to nothing. @param usd - a decimal string as the API gives it */
  readonly money: (usd: string) => string;
  /** Today "9:42", else "27 Nov 9:42" or "11月27日 9:42". */
  readonly time: (iso: string) => string;
  /** "27 Nov 2026", "2026年11月27日" */
  readonly date: (iso: string) => string;
  /** The hour: "9:00". */
  readonly hour: (iso: string, zone?: string) => string;
  /** "27 Nov", "11月27日". @param zone - whose day it is; by default the person's */
  readonly day: (iso: string, zone?: string) => string;
  /** "Nov 2026", "2026年11月" */
  readonly month: (iso: string, zone?: string) => string;
  /** "1,240", "4.1 M", "410 万" */
  readonly compact: (value: number) => string;
  /** Whole seconds: "210 s". */
  readonly seconds0: (seconds: number) => string;
  /** "99.4 %" */
  readonly percent1: (share: number) => string;
  /** To the second, with the zone: for tooltips. */
  readonly exactTime: (iso: string) => string;
  /** "27 Nov 9:41:07": for logs. */
  readonly stamp: (iso: string) => string;
  /** "9:41:07" */
  readonly clock: (iso: string) => string;
  /** "11 s", "4 min", "1 h 12 min". */
  readonly duration: (ms: number) => string;
  /** "0.02 s", "60.0 s": for tables that compare. */
  readonly seconds: (ms: number) => string;
  readonly percent: (share: number) => string;
  readonly number: (value: number) => string;
  /** "tin, cup", in Chinese with the comma of lists. */
  readonly list: (words: readonly string[]) => string;
  /** "1.2 MB" */
  readonly bytes: (bytes: number) => string;
}

export function formatFor(language: Language, timeZone: string | undefined): Format {
  const locale = language === 'zh' ? 'zh-CN' : 'en-GB';
  const zone = timeZone === undefined ? {} : { timeZone };
  const inZone = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat => new Intl.DateTimeFormat(locale, { ...zone, ...options });
  const hour = { hour: 'numeric', minute: '2-digit', hour12: false } as const;
  const clock = inZone(hour);
  const withSeconds = inZone({ ...hour, second: '2-digit' });
  const day = inZone({ day: 'numeric', month: 'short' });
  const date = inZone({ day: 'numeric', month: 'short', year: 'numeric' });
  const exact = inZone({ dateStyle: 'medium', timeStyle: 'long' });
  const inOther = (other: string | undefined, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
    new Intl.DateTimeFormat(locale, { ...(other === undefined ? zone : { timeZone: other }), ...options });
  const short = new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 });
  const plain = new Intl.NumberFormat(locale);
  const [minute, second, hours] = language === 'zh' ? ['分', '秒', '小时'] : ['min', 's', 'h'];
  return {
    money: moneyOf,
    time: (iso) => {
      const date = new Date(iso);
      return day.format(date) === day.format(new Date()) ? clock.format(date) : `${day.format(date)} ${clock.format(date)}`;
    },
    hour: (iso, other) => (other === undefined ? clock : inOther(other, hour)).format(new Date(iso)),
    day: (iso, other) => (other === undefined ? day : inOther(other, { day: 'numeric', month: 'short' })).format(new Date(iso)),
    month: (iso, other) => inOther(other, { month: 'short', year: 'numeric' }).format(new Date(iso)),
    compact: (value) => (Math.abs(value) < 10_000 ? plain : short).format(value),
    seconds0: (seconds) => `${plain.format(Math.round(seconds))} ${second}`,
    percent1: (share) => {
      const value = (share * 100).toFixed(share === 1 || share === 0 ? 0 : 1);
      return language === 'zh' ? `${value}%` : `${value} %`;
    },
    date: (iso) => date.format(new Date(iso)),
    exactTime: (iso) => exact.format(new Date(iso)),
    stamp: (iso) => `${day.format(new Date(iso))} ${withSeconds.format(new Date(iso))}`,
    clock: (iso) => withSeconds.format(new Date(iso)),
    duration: (ms) => {
      const whole = Math.max(0, Math.round(ms / 1_000));
      if (whole < 60) return `${whole} ${second}`;
      if (whole < 3_600) return `${Math.round(whole / 60)} ${minute}`;
      return `${Math.floor(whole / 3_600)} ${hours} ${Math.round((whole % 3_600) / 60)} ${minute}`;
    },
    seconds: (ms) => `${(ms / 1_000).toFixed(ms < 1_000 ? 2 : 1)} ${second}`,
    percent: (share) => (language === 'zh' ? `${Math.round(share * 100)}%` : `${Math.round(share * 100)} %`),
    number: (value) => plain.format(value),
    list: (words) => words.join(language === 'zh' ? '、' : ', '),
    bytes: (bytes) => (bytes < 1_000_000 ? `${plain.format(Math.ceil(bytes / 1_000))} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`),
  };
}
