import type { Request } from 'express';
import { AppError } from '../../../domain/errors';
import type { ApiContext } from '../../deps';
import { expectReadable } from '../../http/body-content';
import { describeBytes } from '../../uploads/limits';
import { CAMPAIGN_LIMITS } from './limits';
import { readCampaignForm } from './read-form';
import { readCampaignJson, type KeepLines, type RawCampaign } from './read-json';
import { bufferLines } from './line-buffer';

export type { RawCampaign } from './read-json';

/**
 * Reads the body of a campaign as a stream and works with it; what was kept of it is removed when the work is done or has failed.
 * @throws AppError of the readers and what `work` throws
 */
export async function withCampaignBody<Result>(
  context: Pick<ApiContext, 'objects' | 'newId'>,
  request: Request,
  work: (raw: RawCampaign) => Promise<Result>,
): Promise<Result> {
  const isForm = /^multipart\/form-data\b/i.test(request.headers['content-type'] ?? '');
  const key = `uploads/${context.newId('up')}/items.jsonl`;
  const keep: KeepLines = (lines) => bufferLines(context.objects, key, lines);
  const raw = await (isForm ? readCampaignForm : readCampaignJson)(request, keep);
  try {
    return await work(raw);
  } finally {
    await raw.items.discard();
  }
}

/** Refuses a body by its headers alone. @throws AppError `request_too_large`, `unsupported_media_type` */
export function expectCampaign(request: Request): void {
  const type = request.headers['content-type'];
  if (type === undefined || !/^(multipart\/form-data|application\/(?:[\w.+-]+\+)?json)\b/i.test(type)) {
    const given = type === undefined ? 'no content type' : `"${type.slice(0, 100)}"`;
    throw new AppError(
      'unsupported_media_type',
      `Send application/json, or multipart/form-data with the parts campaign and items; the request has ${given}.`,
    );
  }
  if (Number(request.headers['content-length'] ?? 0) > CAMPAIGN_LIMITS.maxTotalBytes) {
    throw new AppError('request_too_large', `The body is larger than ${describeBytes(CAMPAIGN_LIMITS.maxTotalBytes)}.`);
  }
  expectReadable(request);
}
