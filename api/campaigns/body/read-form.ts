import busboy from 'busboy';
import type { Request } from 'express';
import { setImmediate as turn } from 'node:timers/promises';
import { AppError, toAppError } from '../../../domain/errors';
import { decodeText, textFaultMessage } from '../../../domain/text-bytes';
import { contentOf, feed } from '../../http/body-content';
import { fieldText } from '../../http/text-chunks';
import { discardRest } from '../../http/discard-rest';
import { describeBytes } from '../../uploads/limits';
import { csvText } from '../table/text';
import { CAMPAIGN_LIMITS, limitedItems } from './limits';
import { splitLines } from './lines';
import { createPartCharsets } from './part-charset';
import type { ItemsForm, KeepLines, RawCampaign } from './read-json';
import type { LineBuffer } from './line-buffer';

const PARTS = ['campaign', 'items'];
const PIECE_BYTES = 256 * 1024;

/**
 * Reads a campaign of multipart/form-data: the parts `campaign` (JSON) and `items` (JSONL, CSV or .xlsx), in any order, each a field or a file.
 * @throws AppError `invalid_multipart`, `invalid_json`, `unknown_parameter`, `missing_required_parameter`, `request_too_large`
 */
export async function readCampaignForm(request: Request, keep: KeepLines): Promise<RawCampaign> {
  const parts: Parts = { campaign: null, items: null, form: 'jsonl' };
  try {
    await collect(request, keep, parts);
    const [text, items] = await Promise.all([parts.campaign, parts.items]);
    for (const [name, part] of [
      ['campaign', text],
      ['items', items],
    ] as const) {
      if (part === null)
        throw new AppError('missing_required_parameter', `Missing required parameter: ${name}. It is a part of the form.`, { param: name });
    }
    if (items === null) throw broken();
    return { campaign: parseCampaign(text ?? ''), items, form: parts.form };
  } catch (error) {
    discardRest(request);
    await parts.items?.then((spool) => spool.discard()).catch(() => undefined);
    throw toAppError(error);
  }
}

interface Parts {
  campaign: Promise<string> | null;
  items: Promise<LineBuffer> | null;
  /** How the items are written. */
  form: ItemsForm;
}

/** What a part says of itself. */
interface PartFacts {
  readonly mimeType: string;
  readonly filename?: string | undefined;
}

function itemsFormOf({ mimeType, filename = '' }: PartFacts): ItemsForm {
  if (/^application\/vnd\.openxmlformats-officedocument\.spreadsheetml\.sheet$/i.test(mimeType) || /\.xls[xm]?$/i.test(filename))
    return 'xlsx';
  return /^text\/(?:csv|tab-separated-values)$/i.test(mimeType) || /\.(?:csv|tsv)$/i.test(filename) ? 'csv' : 'jsonl';
}

/** The bytes of a workbook as lines that can be kept. */
async function* asBase64(content: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let bytes = 0;
  for await (const chunk of content) {
    bytes += chunk.length;
    if (bytes > CAMPAIGN_LIMITS.maxWorkbookBytes) {
      const most = describeBytes(CAMPAIGN_LIMITS.maxWorkbookBytes);
      throw new AppError('request_too_large', `The workbook is larger than ${most}. Save the sheet with the items as CSV.`, {
        param: 'items',
      });
    }
    yield Buffer.from(chunk).toString('base64');
  }
}

/** A CSV text as lines that can be kept. */
async function* asLines(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const piece of pieces) yield JSON.stringify(piece);
}

function collect(request: Request, keep: KeepLines, parts: Parts): Promise<void> {
  const parser = createParser(request);
  const charsets = createPartCharsets(request.headers['content-type'] ?? '');
  let bytes = 0;
  let hasFailed = false;
  let unpipe = (): void => undefined;
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => {
      if (hasFailed) return;
      hasFailed = true;
      unpipe();
      parser.destroy();
      // A part that is still being kept ends by the parser's end; only then may its rest be removed.
      void Promise.allSettled([parts.campaign, parts.items]).then(() => reject(toAppError(error)));
    };
    const count = (chunk: Buffer): void => {
      charsets.see(chunk);
      bytes += chunk.length;
      const { maxTotalBytes } = CAMPAIGN_LIMITS;
      if (bytes > maxTotalBytes) fail(new AppError('request_too_large', `The body is larger than ${describeBytes(maxTotalBytes)}.`));
    };
    const keepItems = (content: AsyncIterable<Uint8Array>, charset: string | null): Promise<LineBuffer> => {
      if (parts.form === 'csv') return keep(asLines(csvText(content, charset)));
      if (parts.form === 'xlsx') return keep(asBase64(content));
      return keep(limitedItems(splitLines(content, CAMPAIGN_LIMITS.maxItemBytes)));
    };
    const take = (name: string | undefined, content: AsyncIterable<Uint8Array>, facts: PartFacts, charset: string | null): void => {
      if (name === 'campaign' && parts.campaign === null) {
        parts.campaign = readText(content);
        parts.campaign.catch(fail);
      } else if (name === 'items' && parts.items === null) {
        parts.form = itemsFormOf(facts);
        parts.items = keepItems(content, charset);
        parts.items.catch(fail);
      } else {
        fail(unexpected(name));
      }
    };
    const takeField = (name: string | undefined, value: string, facts: PartFacts): void => {
      try {
        // The parser has decoded a field already.
        take(name, inPieces(Buffer.from(fieldText(name ?? '', value))), facts, null);
      } catch (error) {
        fail(error);
      }
    };
    parser.on('field', (name: string | undefined, value, info) => {
      if (info.valueTruncated)
        fail(new AppError('request_too_large', `The part ${name ?? ''} is too large for a field; send it as a file.`));
      else takeField(name, value, info);
    });
    parser.on('file', (name: string | undefined, stream, info) => {
      // A destroyed parser destroys its open file with an error that nobody else may be listening to.
      stream.on('error', () => undefined);
      take(name, stream as AsyncIterable<Uint8Array>, info, charsets.of(name ?? ''));
      if (name === undefined || !PARTS.includes(name)) stream.resume();
    });
    parser.on('partsLimit', () => fail(broken('The form has more parts than campaign and items.')));
    parser.on('error', () => fail(broken()));
    parser.on('close', () => {
      if (!hasFailed) resolve();
    });
    const content = contentOf(request, CAMPAIGN_LIMITS.maxTotalBytes, 'invalid_multipart');
    content.on('error', fail);
    for (const event of ['close', 'error'] as const) {
      request.on(event, () => {
        if (!request.complete) fail(broken('The connection ended before the whole form had arrived.'));
      });
    }
    unpipe = feed(content, request, parser, count);
  });
}

function createParser(request: Request): busboy.Busboy {
  const limits = { parts: 10, fieldSize: CAMPAIGN_LIMITS.maxFieldBytes };
  try {
    return busboy({ headers: request.headers, defParamCharset: 'utf8', limits });
  } catch {
    throw broken('The Content-Type names no usable multipart boundary.');
  }
}

async function readText(content: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of content) {
    bytes += chunk.length;
    if (bytes > CAMPAIGN_LIMITS.maxCampaignBytes) {
      const most = describeBytes(CAMPAIGN_LIMITS.maxCampaignBytes);
      throw new AppError('request_too_large', `The part campaign is larger than ${most}. The items belong in the part items.`, {
        param: 'campaign',
      });
    }
    chunks.push(chunk);
  }
  const decoded = decodeText(Buffer.concat(chunks));
  if ('fault' in decoded) throw new AppError('invalid_json', textFaultMessage(decoded.fault, 'The part campaign'), { param: 'campaign' });
  return decoded.text;
}

function parseCampaign(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new AppError('invalid_json', 'The part campaign is not valid JSON. Check quotes, commas and escapes.', { param: 'campaign' });
  }
}

function unexpected(name: string | undefined): AppError {
  if (name === undefined) return broken('A part of the form has no name.');
  const shown = name.slice(0, 100);
  if (PARTS.includes(name)) return broken(`The form has the part ${shown} twice.`);
  return new AppError('unknown_parameter', `Unknown parameter: ${shown}. The parts of the form are campaign and items.`, { param: shown });
}

function broken(message = 'The multipart body is broken or ends too early: check the boundary and the closing line.'): AppError {
  return new AppError('invalid_multipart', message);
}

/** In pieces, so that a large field does not keep everybody else waiting. */
async function* inPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += PIECE_BYTES) {
    yield bytes.subarray(start, start + PIECE_BYTES);
    await turn();
  }
}
