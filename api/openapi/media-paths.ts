import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { assetAnswerSchema } from '../assets/schema';
import { editSchema, generationSchema, imageAnswerSchema } from '../openai/images/schema';
import {
  contentSchema,
  listSchema,
  remixSchema,
  videoAnswerSchema,
  videoDeletedSchema,
  videoListSchema,
  videoSchema,
} from '../openai/videos/schema';
import { fileAnswers, fileSchema, json, jsonBody, jsonOrEvents, operation } from './parts';
import { taskAnswer } from './task-answer';

const imageAnswers = {
  '200': jsonOrEvents('The pictures; with `stream` as `image_generation.*` or `image_edit.*` events.', imageAnswerSchema),
  '202': json('With `Prefer: respond-async`: the task.', taskAnswer),
};
const editForm = editSchema
  .omit({ images: true })
  .extend({ image: z.union([fileSchema, z.array(fileSchema).max(16)]), mask: fileSchema.optional() })
  .meta({ id: 'ImageEditForm' });
const videoForm = videoSchema.extend({ input_reference: fileSchema.optional() }).meta({ id: 'VideoForm' });
const video = json('The video.', videoAnswerSchema);

/** Paths of images, videos and assets. */
export const mediaPaths: ZodOpenApiPathsObject = {
  '/v1/images/generations': {
    post: operation({
      id: 'createImages',
      tag: 'Images',
      summary: 'Make pictures of a prompt and wait for them',
      isPaid: true,
      body: jsonBody(generationSchema),
      answers: imageAnswers,
    }),
  },
  '/v1/images/edits': {
    post: operation({
      id: 'editImages',
      tag: 'Images',
      summary: 'Make pictures of pictures and a prompt and wait for them',
      isPaid: true,
      body: { required: true, content: { 'multipart/form-data': { schema: editForm }, 'application/json': { schema: editSchema } } },
      answers: imageAnswers,
    }),
  },
  '/v1/images/variations': {
    post: operation({ id: 'createVariations', tag: 'Images', summary: 'Retired: answers 404 and names the way to go', answers: {} }),
  },
  '/v1/videos': {
    post: operation({
      id: 'createVideo',
      tag: 'Videos',
      summary: 'Start a video',
      isPaid: true,
      body: { required: true, content: { 'multipart/form-data': { schema: videoForm }, 'application/json': { schema: videoSchema } } },
      answers: { '200': video },
    }),
    get: operation({
      id: 'listVideos',
      tag: 'Videos',
      summary: 'List videos, the newest first',
      query: listSchema,
      answers: { '200': json('A page.', videoListSchema) },
    }),
  },
  '/v1/videos/{id}': {
    get: operation({ id: 'getVideo', tag: 'Videos', summary: 'Look at a video', path: ['id'], answers: { '200': video } }),
    delete: operation({
      id: 'deleteVideo',
      tag: 'Videos',
      summary: 'Cancel a running video and take it out of sight',
      path: ['id'],
      answers: { '200': json('Gone.', videoDeletedSchema) },
    }),
  },
  '/v1/videos/{id}/content': {
    get: operation({
      id: 'getVideoContent',
      tag: 'Videos',
      summary: 'Download a completed video or its thumbnail',
      path: ['id'],
      query: contentSchema,
      answers: fileAnswers,
    }),
  },
  '/v1/videos/{id}/remix': {
    post: operation({
      id: 'remixVideo',
      tag: 'Videos',
      summary: 'Make a completed video again with another prompt',
      path: ['id'],
      isPaid: true,
      body: jsonBody(remixSchema),
      answers: { '200': video },
    }),
  },
  '/v1/assets/{id}': {
    get: operation({
      id: 'getAsset',
      tag: 'Assets',
      summary: 'Look at a stored file',
      path: ['id'],
      answers: { '200': json('The asset.', assetAnswerSchema) },
    }),
  },
  '/v1/assets/{id}/content': {
    get: operation({ id: 'getAssetContent', tag: 'Assets', summary: 'Download a stored file', path: ['id'], answers: fileAnswers }),
  },
};
