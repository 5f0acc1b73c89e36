import { z } from 'zod';
import type { Batch, BatchFault } from '../../../../domain/batch/batch';
import type { NewCampaignItem } from '../../../../domain/campaign/campaign';
import { AppError, errorPolicy, isAppError } from '../../../../domain/errors';
import { readJsonExactly } from '../../../../domain/large-integers';
import type { ApiContext, Sourcing } from '../../../deps';
import { isJsonObject, isNestedWithin } from '../../../campaigns/merge';
import { parseWith } from '../../../http/faults';
import { quote } from '../../../submit/prepare';
import { storable } from '../../../tasks/schema';
import type { NumberedLine } from '../../../http/text-lines';
import { keepImages, placeholders } from '../../input-images';
import { readingOf, type LineAsker } from './requests';

const DEEPEST = 64;
const customId = storable(255);

/** A line around its body; unknown fields are let pass, as at OpenAI. */
const envelope = z.looseObject({
  custom_id: customId,
  method: z.string(),
  url: z.string(),
  body: z.looseObject({}),
});

export type CheckedLine = { readonly item: NewCampaignItem } | { readonly fault: BatchFault };

/** Checks the lines of one batch, in order. */
export interface LineChecker {
  /** Takes the next line: its custom_id is claimed at once, so that the later of two is the one at fault. */
  next(line: NumberedLine): Promise<CheckedLine>;
}

export function createLineChecker(
  context: Sourcing & Pick<ApiContext, 'routeState'>,
  { endpoint: url }: Pick<Batch, 'endpoint'>,
  asker: LineAsker,
): LineChecker {
  const reading = readingOf({ endpoint: url });
  const { catalogue, caller } = asker;
  const claimed = new Set<string>();
  let index = 0;

  /** Claims the custom_id and answers the body, or what is wrong around it. */
  function opened(own: Readonly<Record<string, unknown>>): Opened {
    const { custom_id: key, method, url: given, body } = parseWith(envelope, own);
    if (claimed.has(key)) {
      const message = `The custom_id ${JSON.stringify(key)} belongs to an earlier line. Each line needs its own.`;
      return { code: 'duplicate_custom_id', message, param: 'custom_id' };
    }
    claimed.add(key);
    if (method !== 'POST') {
      return { code: 'invalid_method', message: `The method must be "POST", not ${JSON.stringify(method.slice(0, 20))}.`, param: 'method' };
    }
    if (given !== url) {
      const message = `The url ${JSON.stringify(given.slice(0, 100))} is not the endpoint of the batch, ${JSON.stringify(url)}.`;
      return { code: 'mismatched_url', message, param: 'url' };
    }
    return { key, body };
  }

  async function itemOf(key: string, body: unknown, at: number): Promise<NewCampaignItem> {
    const { model: name, images, metadata, routing, answer, input } = await reading.read(asker, body);
    const wish = routing === undefined ? {} : { routing };
    const terms = { catalogue, caller, endpoint: reading.endpoint, model: name, idempotencyKey: null, ...wish };
    const { model, boundMicroUsd } = quote(context, { ...terms, input: input(placeholders(images)) });
    return {
      index: at,
      key,
      type: reading.type,
      model: model.name,
      input: input(await keepImages(context, caller, images)),
      externalId: null,
      metadata,
      finishWithinS: null,
      maxCostMicroUsd: null,
      ...wish,
      ...(answer === undefined ? {} : { answer }),
      boundMicroUsd,
      requestHash: '',
    };
  }

  async function check(own: Readonly<Record<string, unknown>>, at: number, line: number): Promise<CheckedLine> {
    if (!isNestedWithin(own, DEEPEST)) throw new AppError('invalid_value', `The line is nested deeper than ${DEEPEST} levels.`);
    const around = opened(own);
    if (!('key' in around)) return { fault: { ...around, line } };
    try {
      return { item: await itemOf(around.key, around.body, at) };
    } catch (error) {
      return { fault: faultOf(error, line, 'body.') };
    }
  }

  return {
    async next({ number, text }) {
      index += 1;
      const at = index;
      const own = parseJson(text);
      if (!isJsonObject(own)) {
        const message = own === undefined ? 'The line is not valid JSON.' : 'The line must be a JSON object.';
        return { fault: { code: 'invalid_json_line', message, param: null, line: number } };
      }
      try {
        return await check(own, at, number);
      } catch (error) {
        return { fault: faultOf(error, number, '') };
      }
    },
  };
}

/** What is wrong around a body, without the line. */
type Opened = { readonly key: string; readonly body: unknown } | Omit<BatchFault, 'line'>;

/** A caller's mistake as a fault; what is ours is thrown on. */
function faultOf(error: unknown, line: number, prefix: string): BatchFault {
  if (!isAppError(error) || errorPolicy(error.code).status >= 500 || error.code === 'rate_limit_exceeded') throw error;
  const { param } = error.facts;
  return { code: error.code, message: error.message, param: param === undefined ? null : `${prefix}${param}`, line };
}

/** undefined: it is no JSON. */
function parseJson(text: string): unknown {
  try {
    return readJsonExactly(text);
  } catch {
    return undefined;
  }
}
