import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { fileAnswers, fileSchema, json, jsonBody, operation } from '../openapi/describe';
import {
  archiveBody,
  assetAnswerSchema,
  assetChanges,
  assetDeletedAnswer,
  assetListAnswer,
  assetListQuery,
  contentQuery,
  deleteQuery,
  lineageAnswer,
  thumbnailQuery,
  uploadForm,
} from './schema';

const TAG = 'Assets';
const asset = json('The asset.', assetAnswerSchema);

/** Paths of assets. */
export const assetPaths: ZodOpenApiPathsObject = {
  '/v1/assets': {
    post: operation({
      id: 'uploadAsset',
      tag: TAG,
      summary: 'Upload an image, a video or a sound into the library',
      body: { required: true, content: { 'multipart/form-data': { schema: uploadForm } } },
      answers: { '201': asset },
    }),
    get: operation({
      id: 'listAssets',
      tag: TAG,
      summary: "List the team's files, newest first",
      query: assetListQuery,
      answers: { '200': json('A page.', assetListAnswer) },
    }),
  },
  '/v1/assets/archive': {
    post: operation({
      id: 'archiveAssets',
      tag: TAG,
      summary: 'Download up to 500 files as a ZIP, images converted if you like',
      body: jsonBody(archiveBody),
      answers: { '200': { description: 'The ZIP.', content: { 'application/zip': { schema: fileSchema } } } },
    }),
  },
  '/v1/assets/{id}': {
    get: operation({
      id: 'getAsset',
      tag: TAG,
      summary: 'Retrieve a stored file',
      path: ['id'],
      answers: { '200': asset },
    }),
    patch: operation({
      id: 'changeAsset',
      tag: TAG,
      summary: 'Name a file, tag it, make it a favourite',
      path: ['id'],
      body: jsonBody(assetChanges),
      answers: { '200': asset },
    }),
    delete: operation({
      id: 'deleteAsset',
      tag: TAG,
      summary: 'Delete a file; 409 names what needs it in `error.details`',
      path: ['id'],
      query: deleteQuery,
      answers: { '200': json('It is deleted.', assetDeletedAnswer) },
    }),
  },
  '/v1/assets/{id}/lineage': {
    get: operation({
      id: 'getAssetLineage',
      tag: TAG,
      summary: 'What a file was made of, and what was made of it',
      path: ['id'],
      answers: { '200': json('Its kin.', lineageAnswer) },
    }),
  },
  '/v1/assets/{id}/content': {
    get: operation({
      id: 'getAssetContent',
      tag: TAG,
      summary: 'Download a stored file',
      path: ['id'],
      query: contentQuery,
      answers: fileAnswers,
    }),
  },
  '/v1/assets/{id}/thumbnail': {
    get: operation({
      id: 'getAssetThumbnail',
      tag: TAG,
      summary: 'Download the thumbnail of a file, or the poster of a video',
      path: ['id'],
      query: thumbnailQuery,
      answers: fileAnswers,
    }),
  },
};
