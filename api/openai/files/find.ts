import type { Response } from 'express';
import { AppError } from '../../../domain/errors';
import type { StoredFile } from '../../../domain/file/file';
import type { ApiContext } from '../../deps';
import { scopeOf } from '../../http/context';

/** A file within the scope of the request. @throws AppError `not_found` */
export async function findFile(context: Pick<ApiContext, 'files'>, response: Response, id: string, param?: string): Promise<StoredFile> {
  const file = await context.files.get(id, scopeOf(response).teamId);
  if (file === null) throw noFile(id, param);
  return file;
}

export function noFile(id: string, param?: string): AppError {
  return new AppError('not_found', `There is no file ${JSON.stringify(id.slice(0, 100))}.`, param === undefined ? {} : { param });
}
