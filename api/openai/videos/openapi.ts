import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { contentSchema, listSchema, remixSchema, videoAnswerSchema, videoDeletedSchema, videoListSchema, videoSchema } from './schema';
import { videoGenerationAnswer, videoGenerationSchema } from './generations';
import { fileAnswers, fileSchema, json, jsonBody, operation } from '../../openapi/describe';

const videoForm = videoSchema.extend({ input_reference: fileSchema.optional() }).meta({ id: 'VideoForm' });
const generation = json('The task.', videoGenerationAnswer);
const video = json('The video.', videoAnswerSchema);

/** Paths of videos. */
export const videoPaths: ZodOpenApiPathsObject = {
  '/v1/video/generations': {
    post: operation({
      id: 'createVideoGeneration',
      tag: 'Videos',
      summary: "Start a video, in New API's form",
      isPaid: true,
      body: jsonBody(videoGenerationSchema),
      answers: { '200': generation },
    }),
  },
  '/v1/video/generations/{id}': {
    get: operation({
      id: 'getVideoGeneration',
      tag: 'Videos',
      summary: "Look at a video, in New API's form",
      path: ['id'],
      answers: { '200': generation },
    }),
  },
  '/v1/videos': {
    post: operation({
      id: 'createVideo',
      tag: 'Videos',
      summary: 'Create a video',
      isPaid: true,
      body: { required: true, content: { 'multipart/form-data': { schema: videoForm }, 'application/json': { schema: videoSchema } } },
      answers: { '200': video },
    }),
    get: operation({
      id: 'listVideos',
      tag: 'Videos',
      summary: 'List videos, newest first',
      query: listSchema,
      answers: { '200': json('A page.', videoListSchema) },
    }),
  },
  '/v1/videos/{id}': {
    get: operation({ id: 'getVideo', tag: 'Videos', summary: 'Retrieve a video', path: ['id'], answers: { '200': video } }),
    delete: operation({
      id: 'deleteVideo',
      tag: 'Videos',
      summary: 'Delete a video, cancelling it if it is running',
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
      summary: 'Remix a completed video with another prompt',
      path: ['id'],
      isPaid: true,
      body: jsonBody(remixSchema),
      answers: { '200': video },
    }),
  },
};
