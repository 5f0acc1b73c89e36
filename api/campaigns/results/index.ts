import type { Request, Response } from 'express';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { campaignItemObject } from '../../../domain/campaign/object';
import { csv, type CsvCell } from '../../../domain/csv';
import { signLinks } from '../../../domain/task/asset-links';
import type { ApiContext, Presenting } from '../../deps';
import { scopeOf } from '../../http/context';
import { parseWith } from '../../http/faults';
import { baseUrlOf } from '../../http/request-headers';
import { sendZip } from '../../http/send-zip';
import { findCampaign } from '../find';
import { resultsQuery } from '../schema';
import { createFileNames, type FileNames } from './names';
import { filesOf, resultRows, type ResultRow } from './rows';
import { zipEntries } from './zip';

type Deps = Presenting & Pick<ApiContext, 'campaigns' | 'logger' | 'objects' | 'tasks'>;

const TYPES = { jsonl: 'application/x-ndjson', csv: 'text/csv; charset=utf-8', zip: 'application/zip' } as const;

/** GET /v1/campaigns/{id}/results: what the campaign has made so far, as a stream, however much it is. */
export async function sendResults(context: Deps, request: Request, response: Response, id: string): Promise<void> {
  const { format, name } = parseWith(resultsQuery, request.query);
  const names = createFileNames(name);
  const campaign = await findCampaign(context, scopeOf(response), id);
  response.status(200).setHeader('content-type', TYPES[format]);
  response.setHeader('content-disposition', `attachment; filename="${campaign.id}.${format}"`);
  response.setHeader('cache-control', 'private, no-store');
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  const rows = resultRows(context, campaign);
  if (format === 'zip') {
    await sendZip(context, response, zipEntries(context, rows, names), campaign.createdAt);
    return;
  }
  const baseUrl = baseUrlOf(context.settings, request);
  const lines = format === 'jsonl' ? jsonLines(context, rows, baseUrl) : csvLines(context, rows, names, baseUrl);
  // A client that leaves early, or a part that is away, ends the connection: what came is not whole.
  await pipeline(Readable.from(lines), response).catch((error: unknown) => {
    context.logger.warn({ err: error, campaign_id: campaign.id }, 'results ended early');
    response.destroy();
  });
}

async function* jsonLines(context: Presenting, rows: AsyncIterable<ResultRow>, baseUrl: string): AsyncGenerator<string> {
  for await (const { item, text } of rows) {
    const links = signLinks(context.links, item.outputs, { baseUrl, now: context.now() });
    yield `${JSON.stringify({ ...campaignItemObject(item, links), text })}\n`;
  }
}

const COLUMNS = [
  'key',
  'index',
  'status',
  'n',
  'file',
  'content_type',
  'width',
  'height',
  'duration_s',
  'bytes',
  'sha256',
  'url',
  'text',
  'task_id',
  'error_code',
  'error_message',
];

/** A line for each file, and one for each item without. */
async function* csvLines(context: Presenting, rows: AsyncIterable<ResultRow>, names: FileNames, baseUrl: string): AsyncGenerator<string> {
  yield csv([COLUMNS]);
  for await (const row of rows) {
    const { item } = row;
    const links = signLinks(context.links, item.outputs, { baseUrl, now: context.now() });
    const { outputs } = campaignItemObject(item, links);
    const end: readonly CsvCell[] = [item.taskId, item.error?.code ?? null, item.error?.message ?? null];
    const files = filesOf(row).map((file): readonly CsvCell[] => {
      const output = outputs[file.n - 1];
      const facts = [output?.content_type, output?.width, output?.height, output?.duration_s, output?.bytes, output?.sha256, output?.url];
      return [file.n, names.nameOf(file), ...facts.map((fact) => fact ?? null), row.text];
    });
    const empty: readonly CsvCell[] = Array.from({ length: 10 }, () => null);
    yield csv((files.length === 0 ? [empty] : files).map((file) => [item.key, item.index, item.status, ...file, ...end]));
  }
}
