import type { Caller } from '../../domain/access/caller';
import { AppError, isAppError } from '../../domain/errors';
import type { NewAsset } from '../../domain/storage';
import type { Asset } from '../../domain/task/task';
import type { ApiContext } from '../deps';
import type { UploadedFile } from './stage-file';

type Deps = Pick<ApiContext, 'assetWriter' | 'assets' | 'newId'>;

/**
 * Keeps an input as an asset of the caller's team.
 * @param param - the field, for the error
 * @returns the asset's id
 * @throws AppError `invalid_image`, `asset_storage_failed`
 */
export async function keepAsset(...given: Parameters<typeof keepFile>): Promise<string> {
  return (await keepFile(...given)).id;
}

/** As `keepAsset`, with all that is known of it. */
export async function keepFile(
  deps: Deps,
  caller: Caller,
  file: {
    readonly source: NewAsset['source'];
    readonly expect: NewAsset['expect'];
    readonly param: string;
    readonly purpose?: Asset['purpose'] | undefined;
  },
): Promise<Asset> {
  try {
    const written = await deps.assetWriter.write({
      id: deps.newId('asset'),
      teamId: caller.teamId,
      taskId: null,
      index: null,
      expect: file.expect,
      source: file.source,
      revisedPrompt: null,
      watermark: null,
      format: null,
      compression: null,
    });
    const asset: Asset = file.purpose === undefined ? written : { ...written, purpose: file.purpose };
    await deps.assets.insert([asset]);
    return asset;
  } catch (error) {
    if (isAppError(error) && error.code === 'invalid_image') {
      throw new AppError('invalid_image', `Invalid ${file.param}: ${error.message}`, { ...error.facts, param: file.param }, error);
    }
    throw error;
  }
}

/** What an image of this role is for, if it is of no use by itself. */
export function purposeOf(role: string): Asset['purpose'] {
  return role === 'mask' ? 'mask' : undefined;
}

/** Keeps an uploaded image. @throws as `keepAsset` */
export function keepUpload(deps: Deps, caller: Caller, file: UploadedFile, purpose?: Asset['purpose']): Promise<string> {
  return keepAsset(deps, caller, { source: { stagedKey: file.stagedKey }, expect: 'image', param: file.param, purpose });
}
