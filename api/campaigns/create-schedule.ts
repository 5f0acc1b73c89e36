import type { Caller } from '../../domain/access/caller';
import type { CreateScheduleOutcome, Recurrence } from '../../domain/campaign/schedule';
import { AppError, isAppError } from '../../domain/errors';
import type { ApiContext } from '../deps';
import { ceilingOf } from '../tasks/create';
import { CAMPAIGN_ROUTE } from './idempotency';
import type { CheckedItems } from './items/validate';
import type { CampaignBody } from './schema';

/** Active schedules of one team. */
const MOST_OF_TEAM = 100;
/** How a checked item names an asset; a quote that a user writes is escaped. */
const ASSET = /"assetId":"([^"\\]+)"/g;

type Deps = Pick<ApiContext, 'logger' | 'newId' | 'objects' | 'scheduleRunner' | 'schedules'>;

/** Who sends a recurring campaign, and as what. */
export interface SentSchedule {
  readonly caller: Caller;
  readonly body: CampaignBody;
  readonly recurrence: Omit<Recurrence, 'id'>;
  readonly callbackUrl: string | null;
  readonly hash: string;
  readonly key: string | null;
}

/**
 * Stores a schedule with its checked items, and tells Temporal; the worker tells it later when it is away.
 * @throws AppError `invalid_value` for a recurrence that Temporal refuses, `conflict` when the team has too many
 */
export async function createSchedule(
  context: Deps,
  { caller, body, recurrence, callbackUrl, hash, key }: SentSchedule,
  items: CheckedItems,
): Promise<{ readonly id: string; readonly outcome: CreateScheduleOutcome }> {
  const id = context.newId('sched');
  const itemsKey = `schedules/${id}/items.jsonl`;
  const assets = new Set<string>();
  await items.keepMedia();
  await context.objects.putStream(itemsKey, bytesOf(items.lines(), assets), 'application/x-ndjson');
  const outcome = await context.schedules
    .create(
      {
        id,
        ...recurrence,
        caller,
        campaign: {
          name: body.name ?? null,
          concurrency: body.concurrency,
          maxCostMicroUsd: ceilingOf(body.budget),
          callbackUrl,
          metadata: body.metadata ?? {},
        },
        itemsKey,
        itemCount: items.count,
        estimatedMicroUsd: items.estimatedMicroUsd,
        assets: [...assets],
        requestHash: hash,
        idempotency: key === null ? null : { route: CAMPAIGN_ROUTE, key },
      },
      MOST_OF_TEAM,
    )
    .catch(async (error: unknown) => {
      await context.objects.delete(itemsKey).catch(() => undefined);
      throw error;
    });
  if (outcome.kind === 'created') await tellTemporal(context, { id, ...recurrence });
  else await context.objects.delete(itemsKey).catch(() => undefined);
  return { id, outcome };
}

async function* bytesOf(lines: AsyncIterable<string>, assets: Set<string>): AsyncGenerator<Uint8Array> {
  let index = 0;
  for await (const line of lines) {
    index += 1;
    // The first campaign would take the id, and every later one would fail.
    if ((JSON.parse(line) as { readonly externalId: string | null }).externalId !== null) {
      throw new AppError('invalid_value', `Item ${index} has an external_id, which is unique: a recurring campaign has none.`, {
        param: 'external_id',
      });
    }
    for (const [, id = ''] of line.matchAll(ASSET)) assets.add(id);
    yield Buffer.from(`${line}\n`);
  }
}

async function tellTemporal({ schedules, scheduleRunner, logger }: Deps, recurrence: Recurrence): Promise<void> {
  try {
    await scheduleRunner.keep(recurrence);
  } catch (error) {
    if (isAppError(error) && error.code === 'invalid_value') {
      await schedules.remove(recurrence.id);
      throw error;
    }
    logger.warn({ err: error, schedule_id: recurrence.id }, 'Temporal could not be told of a schedule now; the worker will tell it.');
  }
}
