import type { Request } from 'express';
import { AppError } from '../../../domain/errors';
import { discardRest } from '../../uploads/discard-rest';
import { describeBytes } from '../../uploads/limits';
import { CAMPAIGN_LIMITS } from './limits';
import { createJsonSplitter } from './split-json';
import type { Spool } from './spool';

/** What came in, not checked yet. */
export interface RawCampaign {
  readonly campaign: unknown;
  /** One item a line. */
  readonly items: Spool;
  /** A broken line is an item at fault (JSONL), or the whole body is no JSON. */
  readonly form: 'jsonl' | 'json';
}

/** Keeps the lines of the items. */
export type KeepLines = (lines: AsyncIterable<string>) => Promise<Spool>;

/**
 * Reads a campaign that is one JSON object, its items piece by piece.
 * @throws AppError `invalid_json`, `request_too_large`
 */
export async function readCampaignJson(request: Request, keep: KeepLines): Promise<RawCampaign> {
  const splitter = createJsonSplitter();
  let bytes = 0;
  async function* items(): AsyncGenerator<string> {
    // Not destroyed at a fault: the client is to read the answer.
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > CAMPAIGN_LIMITS.maxTotalBytes) {
        throw new AppError('request_too_large', `The body is larger than ${describeBytes(CAMPAIGN_LIMITS.maxTotalBytes)}.`);
      }
      yield* splitter.push(chunk);
    }
  }
  let spool: Spool;
  try {
    spool = await keep(items());
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
    return JSON.parse(text.replace(/^\uFEFF/, '')) as unknown;
  } catch {
    throw new AppError('invalid_json', 'The body is not valid JSON. Check quotes, commas, brackets and escapes.');
  }
}
