import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { json, operation } from '../../openapi/describe';
import { listModelsSchema, modelAnswer, modelListAnswer } from './schema';

/** Paths of models. */
export const modelPaths: ZodOpenApiPathsObject = {
  '/v1/models': {
    get: operation({
      id: 'listModels',
      tag: 'Models',
      summary: "List the models this key may use; in Anthropic's format with an anthropic-version header",
      query: listModelsSchema,
      answers: { '200': json('The models.', modelListAnswer) },
    }),
  },
  '/v1/models/{id}': {
    get: operation({
      id: 'getModel',
      tag: 'Models',
      summary: 'Retrieve a model; ids may contain slashes',
      path: ['id'],
      answers: { '200': json('The model.', modelAnswer) },
    }),
  },
};
