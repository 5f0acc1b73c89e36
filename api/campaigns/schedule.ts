import { cronFault } from '../../domain/campaign/cron';
import type { Recurrence } from '../../domain/campaign/schedule';
import { AppError } from '../../domain/errors';
import { isTimeZone } from '../../domain/time-zone';
import type { CampaignBody, CampaignSchedule } from './schema';

const DEFAULT_CATCHUP_S = 24 * 3_600;
const FARTHEST_MS = 366 * 24 * 3_600_000;

/** The time of `schedule.start_at`. @throws AppError `invalid_value` unless it lies ahead, within a year */
export function futureTime(text: string): Date {
  const at = new Date(text);
  const aheadMs = at.getTime() - Date.now();
  if (aheadMs > 0 && aheadMs <= FARTHEST_MS) return at;
  const what = aheadMs <= 0 ? 'is in the past' : 'is more than a year ahead';
  throw new AppError('invalid_value', `Invalid schedule.start_at: ${text} ${what}.`, { param: 'schedule.start_at' });
}

/** When a campaign starts by itself; null: it has no such time. @throws AppError `invalid_value` */
export function startTimeOf({ schedule, start }: CampaignBody): Date | null {
  const text = schedule?.start_at;
  if (text === undefined) return null;
  if (!start) throw new AppError('invalid_value', 'Invalid start: a campaign with a schedule starts by itself.', { param: 'start' });
  return futureTime(text);
}

/** The times of a recurring campaign; null: it is none. @throws AppError `invalid_value` naming the field at fault */
export function recurrenceOf(body: CampaignBody): Omit<Recurrence, 'id'> | null {
  const { schedule } = body;
  if (schedule?.cron === undefined) return null;
  if (!body.start) throw new AppError('invalid_value', 'Invalid start: a campaign with a schedule starts by itself.', { param: 'start' });
  if (body.trial !== undefined && body.trial !== null) {
    throw new AppError('invalid_value', 'Invalid trial: nobody would look at the trial of a recurring campaign.', { param: 'trial' });
  }
  return { cron: cronOf(schedule.cron), timeZone: zoneOf(schedule), catchupS: schedule.catchup_s ?? DEFAULT_CATCHUP_S };
}

function cronOf(text: string): string {
  const fault = cronFault(text);
  if (fault !== null) throw new AppError('invalid_value', `Invalid schedule.cron: ${fault}`, { param: 'schedule.cron' });
  return text.trim().split(/\s+/).join(' ');
}

function zoneOf({ time_zone: zone = 'UTC' }: CampaignSchedule): string {
  if (isTimeZone(zone)) return zone;
  throw new AppError('invalid_value', `Invalid schedule.time_zone: ${JSON.stringify(zone)} is no time zone such as "Asia/Shanghai".`, {
    param: 'schedule.time_zone',
  });
}
