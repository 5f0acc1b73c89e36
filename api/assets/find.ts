import type { Response } from 'express';
import type { LibraryAsset } from '../../domain/asset/library';
import { AppError } from '../../domain/errors';
import type { Asset } from '../../domain/task/task';
import type { ApiContext } from '../deps';
import { scopeOf } from '../http/context';

/** A file that the request may see: the team's own, or one that a template shares with it. @throws AppError `not_found` */
export async function seenAsset(
  context: Pick<ApiContext, 'assets' | 'library'>,
  response: Response,
  id: string,
): Promise<Asset | LibraryAsset> {
  const { teamId } = scopeOf(response);
  return (await context.library.get(id, teamId)) ?? (await context.assets.get(id, teamId)) ?? unknownAsset(id);
}

/** The team's own file. @throws AppError `not_found` */
export async function ownAsset(
  context: Pick<ApiContext, 'library'>,
  response: Response,
  id: string,
  param?: string,
): Promise<LibraryAsset> {
  return (await context.library.get(id, scopeOf(response).teamId)) ?? unknownAsset(id, param);
}

export function unknownAsset(id: string, param?: string): never {
  throw new AppError('not_found', `There is no asset ${JSON.stringify(id.slice(0, 100))} here.`, param === undefined ? {} : { param });
}
