import type { CampaignStore, NewCampaignItem } from '../../domain/campaign/campaign';
import { itemOfLine } from '../../domain/campaign/item-line';
import type { Schedule, ScheduleStore } from '../../domain/campaign/schedule';
import { AppError, errorPolicy, isAppError } from '../../domain/errors';
import type { Logger } from '../../domain/log';
import type { BackgroundRunner } from '../../domain/runner';
import type { ObjectStore } from '../../domain/storage';
import { taskErrorOf } from '../../domain/task/error';
import { firstShown, wallClock } from '../../domain/time-zone';

export interface ScheduledDeps {
  readonly schedules: Pick<ScheduleStore, 'get' | 'noteFiring'>;
  readonly campaigns: Pick<CampaignStore, 'create' | 'get'>;
  readonly objects: Pick<ObjectStore, 'get'>;
  readonly runner: Pick<BackgroundRunner, 'wakeCampaign'>;
  /** SHA-256 of a text, hex. */
  readonly digest: (text: string) => string;
  readonly logger: Logger;
}

/** Items inserted by one statement. */
const BATCH = 100;
const NEWLINE = 0x0a;

/**
 * Makes the campaign of a schedule's firing. The campaign's id follows from schedule and time, so that repeats, and firings that are made up
 * for twice, find it there.
 * @param at - the time that the firing is for, ISO 8601
 */
export async function makeScheduledCampaign(deps: ScheduledDeps, scheduleId: string, at: string): Promise<void> {
  const schedule = await deps.schedules.get(scheduleId, null);
  const firedFor = new Date(at);
  if (schedule === null || firedFor < schedule.createdAt) return;
  const time = timeOf(schedule, firedFor);
  const id = campaignIdOf(deps.digest, schedule, time);
  try {
    if ((await deps.campaigns.get(id, null)) === null) await make(deps, schedule, id, time);
  } catch (error) {
    // Another try made it in the meantime.
    if ((await deps.campaigns.get(id, null)) === null) {
      if (!isAppError(error) || errorPolicy(error.code).status >= 500) throw error;
      deps.logger.warn({ err: error, schedule_id: scheduleId }, 'a schedule could not make its campaign');
      await deps.schedules.noteFiring(scheduleId, { at: time, campaignId: null, error: taskErrorOf(error) });
      return;
    }
  }
  await deps.runner.wakeCampaign(id);
  await deps.schedules.noteFiring(scheduleId, { at: time, campaignId: id, error: null });
}

async function make({ campaigns, objects }: ScheduledDeps, schedule: Schedule, id: string, at: Date): Promise<void> {
  if (schedule.refusal !== null) {
    const what = `The key ${JSON.stringify(schedule.caller.credentialName)} of the schedule is ${schedule.refusal}.`;
    throw new AppError('invalid_api_key', `${what} Delete the schedule and create it with another key.`);
  }
  const { campaign } = schedule;
  await campaigns.create(
    {
      id,
      caller: schedule.caller,
      ...campaign,
      name: campaign.name === null ? null : `${campaign.name} ${at.toISOString().slice(0, 16)}Z`,
      start: true,
      scheduleId: schedule.id,
      requestHash: '',
      idempotency: null,
    },
    batchesOf((await objects.get(schedule.itemsKey)).body),
  );
}

/**
 * The time that a firing counts for. A time of day that comes twice, when clocks are set back, is its first time, whichever firing is carried
 * out first; but of a schedule for every hour both hours count.
 */
function timeOf({ cron, timeZone }: Schedule, at: Date): Date {
  return isOfEveryHour(cron) ? at : firstShown(at, timeZone);
}

const isOfEveryHour = (cron: string): boolean => /[*/]/.test(cron.split(' ')[1] ?? '');

/** `camp_` and a UUIDv7 of the time as the clocks show it, so that lists are in order, whose other digits are the schedule's. */
function campaignIdOf(digest: ScheduledDeps['digest'], { id, cron, timeZone }: Schedule, at: Date): string {
  const shown = isOfEveryHour(cron) ? at : new Date(`${wallClock(at, timeZone)}Z`);
  const time = shown.getTime().toString(16).padStart(12, '0');
  const rest = digest(`${id} ${shown.toISOString()}`);
  return `camp_${time}7${rest.slice(0, 3)}8${rest.slice(3, 18)}`;
}

async function* batchesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<readonly NewCampaignItem[]> {
  let batch: NewCampaignItem[] = [];
  for await (const line of linesOf(chunks)) {
    batch.push(itemOfLine(line));
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let held: Buffer[] = [];
  for await (const bytes of chunks) {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      yield Buffer.concat([...held, chunk.subarray(start, end)]).toString('utf8');
      held = [];
      start = end + 1;
    }
    held.push(chunk.subarray(start));
  }
  const last = Buffer.concat(held).toString('utf8');
  if (last !== '') yield last;
}
