import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { editSchema, generationSchema, imageAnswerSchema } from './schema';
import { fileSchema, json, jsonBody, jsonOrEvents, operation } from '../../openapi/describe';
import { taskAnswer } from '../../tasks/answer-schema';

const imageAnswers = {
  '200': jsonOrEvents('The images; with `stream` as `image_generation.*` or `image_edit.*` events.', imageAnswerSchema),
  '202': json('With `Prefer: respond-async`: the task.', taskAnswer),
};
const editForm = editSchema
  .omit({ images: true })
  .extend({ image: z.union([fileSchema, z.array(fileSchema).max(16)]), mask: fileSchema.optional() })
  .meta({ id: 'ImageEditForm' });

/** Paths of images. */
export const imagePaths: ZodOpenApiPathsObject = {
  '/v1/images/generations': {
    post: operation({
      id: 'createImages',
      tag: 'Images',
      summary: 'Create images from a prompt and wait for them',
      isPaid: true,
      body: jsonBody(generationSchema),
      answers: imageAnswers,
    }),
  },
  '/v1/images/edits': {
    post: operation({
      id: 'editImages',
      tag: 'Images',
      summary: 'Edit images with a prompt and wait for the result',
      isPaid: true,
      body: { required: true, content: { 'multipart/form-data': { schema: editForm }, 'application/json': { schema: editSchema } } },
      answers: imageAnswers,
    }),
  },
  '/v1/images/variations': {
    post: operation({ id: 'createVariations', tag: 'Images', summary: 'Retired: returns 404 and names the replacement', answers: {} }),
  },
};
