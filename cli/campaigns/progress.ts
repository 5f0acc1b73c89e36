import type { Sink } from '../output';
import { hasEnded, type CampaignObject } from './campaign-object';
import { campaignCostText, countsText, endedOf } from './campaign-text';

const BAR = 20;
/** The rate is that of the last while: a campaign that was paused or raised is not what it was. */
const WINDOW_MS = 60_000;
/** On screens that cannot be redrawn, a line whenever a further twentieth is done. */
const STEPS = 20;

/** Shows how a campaign goes on: one line redrawn in place on a terminal, plain lines elsewhere. */
export interface CampaignProgress {
  show(campaign: CampaignObject): void;
  note(text: string): void;
}

/** @param now - milliseconds of a clock that never jumps */
export function createCampaignProgress(screen: Sink, now: () => number): CampaignProgress {
  const rate = createRate(now);
  const isLive = screen.isTTY === true;
  let shown = '';
  const clear = () => (isLive && shown !== '' ? '\r\x1b[K' : '');
  return {
    show(campaign) {
      const line = lineOf(campaign, rate(endedOf(campaign)));
      if (isLive) {
        const width = Math.max(20, (screen.columns ?? 80) - 1);
        screen.write(`${clear()}${line.slice(0, width)}${hasEnded(campaign) ? '\n' : ''}`);
        shown = hasEnded(campaign) ? '' : line;
        return;
      }
      const state = `${campaign.status} ${Math.floor(campaign.progress * STEPS)}`;
      if (state !== shown) screen.write(`${line}\n`);
      shown = state;
    },
    note(text) {
      screen.write(`${clear()}${text}\n`);
      if (isLive) shown = '';
    },
  };
}

/** Items a second over the last minute; null while nothing can be said. */
function createRate(now: () => number): (ended: number) => number | null {
  const seen: { readonly atMs: number; readonly ended: number }[] = [];
  return (ended) => {
    const atMs = now();
    // After a retry the count begins anew.
    if ((seen.at(-1)?.ended ?? 0) > ended) seen.length = 0;
    seen.push({ atMs, ended });
    while (seen.length > 2 && (seen[1]?.atMs ?? atMs) < atMs - WINDOW_MS) seen.shift();
    const first = seen[0] ?? { atMs, ended };
    const passedS = (atMs - first.atMs) / 1_000;
    return passedS < 1 || ended <= first.ended ? null : (ended - first.ended) / passedS;
  };
}

function lineOf(campaign: CampaignObject, rate: number | null): string {
  const filled = Math.floor(campaign.progress * BAR);
  const bar = `[${'#'.repeat(filled)}${'.'.repeat(BAR - filled)}] ${Math.floor(campaign.progress * 100)} %`;
  const left = campaign.counts.total - endedOf(campaign);
  const speed = rate === null || hasEnded(campaign) ? [] : [rateText(rate), `${durationText(left / rate)} left`];
  return [bar, campaign.status.replace('_', ' '), countsText(campaign), campaignCostText(campaign), ...speed].join(' · ');
}

function rateText(perSecond: number): string {
  return perSecond >= 1 ? `${perSecond.toFixed(1)}/s` : `${(perSecond * 60).toFixed(1)}/min`;
}

/** `4 min 10 s` */
export function durationText(seconds: number): string {
  const whole = Math.max(1, Math.round(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3_600), Math.floor((whole % 3_600) / 60), whole % 60];
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${rest} s` : `${rest} s`;
}
