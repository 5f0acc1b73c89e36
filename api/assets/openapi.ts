import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { assetAnswerSchema } from './schema';
import { fileAnswers, json, operation } from '../openapi/describe';

/** Paths of assets. */
export const assetPaths: ZodOpenApiPathsObject = {
  '/v1/assets/{id}': {
    get: operation({
      id: 'getAsset',
      tag: 'Assets',
      summary: 'Retrieve a stored file',
      path: ['id'],
      answers: { '200': json('The asset.', assetAnswerSchema) },
    }),
  },
  '/v1/assets/{id}/content': {
    get: operation({ id: 'getAssetContent', tag: 'Assets', summary: 'Download a stored file', path: ['id'], answers: fileAnswers }),
  },
  '/v1/assets/{id}/thumbnail': {
    get: operation({
      id: 'getAssetThumbnail',
      tag: 'Assets',
      summary: 'Download the thumbnail of a file',
      path: ['id'],
      answers: fileAnswers,
    }),
  },
};
