import type { Request } from 'express';
import { AppError } from '../../../domain/errors';
import { textFaultMessage } from '../../../domain/text-bytes';
import { contentOf, refuseUtf16 } from '../../http/body-content';
import { utf8Chunks, type TextSource } from '../../http/text-chunks';
import { discardRest } from '../../http/discard-rest';
import { describeBytes } from '../../uploads/limits';
import { CAMPAIGN_LIMITS, limitedItems } from './limits';
import { createJsonSplitter } from './split-json';
import type { LineBuffer } from './line-buffer';

/** How the part `items` of a form is written. */
export type ItemsForm = 'jsonl' | 'csv' | 'xlsx';

/** What came in, not checked yet. */
export interface RawCampaign {
  readonly campaign: unknown;
  /** One item a line; of a CSV file, its text in pieces, each as a JSON string; of a workbook, its bytes in pieces, in base64. */
  readonly items: LineBuffer;
  /** How the items came. A broken line is an item at fault (JSONL), or the whole body is no JSON. */
  readonly form: 'json' | ItemsForm;
}

const JSON_TEXT: TextSource = {
  onHead: refuseUtf16,
  faultOf: (fault, base) => new AppError('invalid_json', textFaultMessage(fault, 'The body', base)),
};

/** Keeps the lines of the items. */
export type KeepLines = (lines: AsyncIterable<string>) => Promise<LineBuffer>;

/**
 * Reads a campaign that is one JSON object, its items piece by piece.
 * @throws AppError `invalid_json`, `request_too_large`, `unsupported_media_type`
 */
export async function readCampaignJson(request: Request, keep: KeepLines): Promise<RawCampaign> {
  const splitter = createJsonSplitter();
  const content = contentOf(request, CAMPAIGN_LIMITS.maxTotalBytes, 'invalid_json');
  let bytes = 0;
  async function* bounded(): AsyncGenerator<Buffer> {
    // Not destroyed at a fault: the client is to read the answer.
    for await (const chunk of content.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > CAMPAIGN_LIMITS.maxTotalBytes) {
        throw new AppError('request_too_large', `The body is larger than ${describeBytes(CAMPAIGN_LIMITS.maxTotalBytes)}.`);
      }
      yield chunk;
    }
  }
  async function* items(): AsyncGenerator<string> {
    for await (const chunk of utf8Chunks(bounded(), JSON_TEXT)) yield* splitter.push(chunk);
  }
  let spool: LineBuffer;
  try {
    spool = await keep(limitedItems(items()));
  } catch (error) {
    discardRest(request);
    throw request.readableAborted ? new AppError('invalid_json', 'The connection closed before the body was complete.') : error;
  }
  try {
    return { campaign: parseRest(splitter.rest()), items: spool, form: 'json' };
  } catch (error) {
    await spool.discard();
    throw error;
  }
}

function parseRest(text: string): unknown {
  if (text.trim() === '') throw new AppError('invalid_json', 'The body is empty. Send a JSON object.');
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new AppError('invalid_json', 'The body is not valid JSON. Check quotes, commas, brackets and escapes.');
  }
}
