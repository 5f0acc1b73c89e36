import type { Router, Response } from 'express';
import type { ApiContext } from '../../deps';
import { callerOf, catalogueOf } from '../../http/context';
import { parseWith } from '../../http/faults';
import { createRoutes, jsonOf } from '../../http/routes';
import { IMAGE_FORM } from '../../uploads/limits';
import { withBody } from '../../uploads/read-body';
import { IMAGE_PLACES, templatedMedia } from '../../templates/media-request';
import { wishOf } from '../../submit/routing-fields';
import { defaultModel, submitCompatible } from '../submit-media';
import { answerImages, refuseVariations } from './answer';
import { imageInput } from './map';
import { editImages } from './given-images';
import { editSchema, generationSchema, IMAGE_FORM_KINDS, type GenerationRequest } from './schema';

const IMAGES = { type: 'image', places: IMAGE_PLACES, imageFields: ['image', 'images', 'mask'], hasFiles: false } as const;
const MAX_PROMPT_BODY_BYTES = 2 * 1024 * 1024;

/** Routes of images. */
export function imagesRouter(context: ApiContext): Router {
  const routes = createRoutes(context, '/v1');

  routes.post('/images/generations', jsonOf(MAX_PROMPT_BODY_BYTES), async (request, response) => {
    const asked = await templatedMedia(context, response, request.body, { ...IMAGES, isForm: false });
    const fields = parseWith(generationSchema, asked.fields);
    const model = modelOf(context, response, fields);
    const taskId = await submitCompatible(
      context,
      request,
      response,
      { fingerprint: request.body as unknown },
      {
        endpoint: 'images.generations',
        model,
        images: asked.images,
        template: asked.template,
        aside: { style: fields.style },
        ...wishOf(fields),
        input: (images) => asked.input(imageInput(fields, images)),
      },
    );
    await answerImages(context, request, response, taskId, { ...fields, model });
  });

  routes.post('/images/edits', async (request, response) => {
    const { taskId, wishes } = await withBody(context, request, response, { limits: IMAGE_FORM, kinds: IMAGE_FORM_KINDS }, async (body) => {
      const hasFiles = body.files.length > 0;
      const isForm = request.is('multipart/form-data') !== false;
      const asked = await templatedMedia(context, response, body.fields, { ...IMAGES, isForm, hasFiles });
      const fields = parseWith(editSchema, asked.fields);
      const bringsNone = asked.template !== null && !hasFiles && IMAGES.imageFields.every((field) => (fields[field] ?? null) === null);
      const model = modelOf(context, response, fields);
      const made = await submitCompatible(context, request, response, body, {
        endpoint: 'images.edits',
        model,
        images: bringsNone ? asked.images : [...asked.images, ...editImages(fields, body.files)],
        template: asked.template,
        aside: { style: fields.style },
        ...wishOf(fields),
        input: (images) => asked.input(imageInput(fields, images)),
      });
      return { taskId: made, wishes: { ...fields, model } };
    });
    await answerImages(context, request, response, taskId, wishes);
  });

  routes.post('/images/variations', refuseVariations);
  return routes.done();
}

function modelOf(context: Pick<ApiContext, 'catalogue'>, response: Response, fields: GenerationRequest): string {
  return fields.model ?? fields.models?.[0] ?? defaultModel(catalogueOf(context, response), callerOf(response), 'image');
}
