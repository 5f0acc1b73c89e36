import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import { csv } from '../../domain/csv';
import type { NewCampaignItem } from '../../domain/campaign/campaign';
import { formatUsd, type MicroUsd } from '../../domain/money/money';
import { requestObject } from '../../domain/task/object';
import type { ApiContext, Sourcing, UsingTemplates } from '../deps';
import { callerOf } from '../http/context';
import { parseWith } from '../http/faults';
import { sendJson } from '../http/send';
import { withCampaignBody } from './body';
import { bufferLines, type LineBuffer } from './body/line-buffer';
import { parseCampaign } from './create';
import type { ItemFault } from './items/check';
import { openItems } from './items/open';
import { surveyItems, type Survey } from './items/survey';
import { estimateQuery } from './schema';

type Deps = Sourcing & UsingTemplates & Pick<ApiContext, 'campaigns' | 'catalogue' | 'objects' | 'routeState'>;

/** Faults that the answer lists; all of them are in the CSV. */
const MOST_FAULTS = 100;
/** Items that are shown as they would be sent, so that a wrong column is seen before it is paid for. */
const MOST_PREVIEWS = 3;
const COLUMNS = ['index', 'key', 'line', 'column', 'param', 'message'];

/** POST /v1/campaigns/estimate: what a campaign would cost and take, and what is wrong with it; nothing is stored. */
export async function estimateCampaign(context: Deps, request: Request, response: Response): Promise<void> {
  const { format } = parseWith(estimateQuery, request.query);
  const caller = callerOf(response);
  await withCampaignBody(context, request, async (raw) => {
    const body = parseCampaign(raw);
    const survey = surveyItems(context, caller, body.defaults ?? {}, await openItems(context, caller.teamId, raw, body));
    try {
      if (format === 'csv') await sendFaults(context, response, survey);
      else sendJson(response, 200, await summaryOf(context, survey, body.concurrency));
    } finally {
      await survey.media.discard();
    }
  });
}

async function summaryOf(context: Pick<ApiContext, 'campaigns'>, survey: Survey, concurrency: number) {
  const faults: ItemFault[] = [];
  const perModel = new Map<string, number>();
  const preview: object[] = [];
  const counts = { total: 0, valid: 0, faults: 0 };
  let estimated: MicroUsd = 0n;
  for await (const checked of survey.items()) {
    counts.total += 1;
    if ('item' in checked) {
      counts.valid += 1;
      estimated += checked.item.boundMicroUsd;
      if (preview.length < MOST_PREVIEWS) preview.push(previewOf(checked.item));
      perModel.set(checked.item.model, (perModel.get(checked.item.model) ?? 0) + 1);
      continue;
    }
    counts.faults += checked.faults.length;
    faults.push(...checked.faults.slice(0, MOST_FAULTS - faults.length));
  }
  return {
    object: 'campaign.estimate',
    total: counts.total,
    valid: counts.valid,
    invalid: counts.total - counts.valid,
    cost: { currency: 'USD', estimated: formatUsd(estimated) },
    duration_s: await durationOf(context, perModel, concurrency),
    faults_total: counts.faults,
    faults,
    preview,
  };
}

/** An item as its task would show it. */
function previewOf({ index, key, type, model, input, template, boundMicroUsd }: NewCampaignItem) {
  return {
    index,
    key,
    type,
    model,
    template: template ?? null,
    ...requestObject(input),
    output: 'output' in input ? input.output : {},
    cost: { currency: 'USD', estimated: formatUsd(boundMicroUsd) },
  };
}

/** How long the items take side by side, by the usual time of their models; null: there is none to go by. */
async function durationOf(
  { campaigns }: Pick<ApiContext, 'campaigns'>,
  perModel: ReadonlyMap<string, number>,
  concurrency: number,
): Promise<number | null> {
  const usual = await campaigns.usualSeconds();
  let seconds = 0;
  let longest = 0;
  let items = 0;
  for (const [model, count] of perModel) {
    const each = usual.get(model)?.p50;
    if (each === undefined) return null;
    seconds += each * count;
    longest = Math.max(longest, each);
    items += count;
  }
  return items === 0 ? null : Math.ceil(Math.max(seconds / Math.min(concurrency, items), longest));
}

async function sendFaults(context: Pick<ApiContext, 'objects' | 'newId'>, response: Response, survey: Survey): Promise<void> {
  const kept = await bufferLines(context.objects, `uploads/${context.newId('up')}/faults.jsonl`, faultLines(survey));
  try {
    await send(response, kept);
  } finally {
    await kept.discard();
  }
}

async function* faultLines(survey: Survey): AsyncGenerator<string> {
  for await (const checked of survey.items()) {
    if ('faults' in checked) for (const fault of checked.faults) yield JSON.stringify(fault);
  }
}

async function send(response: Response, kept: LineBuffer): Promise<void> {
  response.status(200).setHeader('content-type', 'text/csv; charset=utf-8');
  response.setHeader('content-disposition', 'attachment; filename="faults.csv"');
  async function* rows(): AsyncGenerator<string> {
    yield csv([COLUMNS]);
    for await (const line of kept.lines()) {
      const { index, key, line: row = null, column = null, param, message } = JSON.parse(line) as ItemFault;
      yield csv([[index, key, row, column, param, message]]);
    }
  }
  await pipeline(Readable.from(rows()), response);
}
