import type { Router, Response } from 'express';
import type { ApiContext } from '../../deps';
import { callerOf, catalogueOf } from '../../http/context';
import { parseWith } from '../../http/faults';
import { createRoutes, jsonOf } from '../../http/routes';
import { IMAGE_FORM } from '../../uploads/limits';
import { withBody } from '../../uploads/read-body';
import { wishOf } from '../../submit/routing-fields';
import { defaultModel, submitCompatible } from '../submit-media';
import { answerImages, refuseVariations } from './answer';
import { imageInput } from './map';
import { editImages } from './given-images';
import { editSchema, generationSchema, IMAGE_FORM_KINDS, type GenerationRequest } from './schema';

const MAX_PROMPT_BODY_BYTES = 2 * 1024 * 1024;

/** Routes of images. */
export function imagesRouter(context: ApiContext): Router {
  const routes = createRoutes(context, '/v1');

  routes.post('/images/generations', jsonOf(MAX_PROMPT_BODY_BYTES), async (request, response) => {
    const fields = parseWith(generationSchema, request.body);
    const model = modelOf(context, response, fields);
    const taskId = await submitCompatible(
      context,
      request,
      response,
      { fingerprint: request.body as unknown },
      {
        endpoint: 'images.generations',
        model,
        images: [],
        aside: { style: fields.style },
        ...wishOf(fields),
        input: (images) => imageInput(fields, images),
      },
    );
    await answerImages(context, request, response, taskId, { ...fields, model });
  });

  routes.post('/images/edits', async (request, response) => {
    const { taskId, wishes } = await withBody(context, request, response, { limits: IMAGE_FORM, kinds: IMAGE_FORM_KINDS }, async (body) => {
      const fields = parseWith(editSchema, body.fields);
      const model = modelOf(context, response, fields);
      const made = await submitCompatible(context, request, response, body, {
        endpoint: 'images.edits',
        model,
        images: editImages(fields, body.files),
        aside: { style: fields.style },
        ...wishOf(fields),
        input: (images) => imageInput(fields, images),
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
