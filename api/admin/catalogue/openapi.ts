import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { healthListSchema, healthQuery } from './health';
import { simulationAnswer, simulationSchema } from './simulate';
import { json, jsonBody, operation } from '../../openapi/describe';
import {
  definedModelChangeSchema,
  definedModelListSchema,
  definedModelSchema,
  newDefinedModelSchema,
  newProviderSchema,
  providerChangeSchema,
  providerListSchema,
  providerSchema,
  removedSchema,
  testAnswerSchema,
  testSchema,
} from './schema';

const tag = 'Administration';
const path = ['name'];
const one = { '200': json('The provider.', providerSchema) };
const oneModel = { '200': json('The model.', definedModelSchema) };

/** Paths of providers and models. */
export const cataloguePaths: ZodOpenApiPathsObject = {
  '/admin/v1/providers': {
    get: operation({
      id: 'listProviders',
      tag,
      summary: 'List providers with their health',
      answers: { '200': json('The providers.', providerListSchema) },
    }),
    post: operation({
      id: 'createProvider',
      tag,
      summary: 'Create a provider; its secrets are kept encrypted and never answered',
      body: jsonBody(newProviderSchema),
      answers: { '201': json('The provider.', providerSchema) },
    }),
  },
  '/admin/v1/providers/{name}': {
    get: operation({ id: 'getProvider', tag, summary: 'Show a provider', path, answers: one }),
    patch: operation({
      id: 'changeProvider',
      tag,
      summary: 'Change a provider that the API manages',
      path,
      body: jsonBody(providerChangeSchema),
      answers: one,
    }),
    delete: operation({
      id: 'removeProvider',
      tag,
      summary: 'Remove a provider that the API manages and no model has a route to',
      path,
      answers: { '200': json('It is gone.', removedSchema) },
    }),
  },
  '/admin/v1/providers/{name}/enable': {
    post: operation({ id: 'enableProvider', tag, summary: 'Switch a provider on again', path, answers: one }),
  },
  '/admin/v1/providers/{name}/disable': {
    post: operation({
      id: 'disableProvider',
      tag,
      summary: 'Switch a provider off; jobs that it has are still looked after',
      path,
      answers: one,
    }),
  },
  '/admin/v1/providers/{name}/breakers/reset': {
    post: operation({ id: 'resetBreakers', tag, summary: 'Close the breakers of a provider', path, answers: one }),
  },
  '/admin/v1/providers/{name}/test': {
    post: operation({
      id: 'testProvider',
      tag,
      summary: 'Test a provider by a real, cheap call',
      path,
      body: jsonBody(testSchema),
      answers: { '200': json('What was found, step by step.', testAnswerSchema) },
    }),
  },
  '/admin/v1/providers/{name}/health': {
    get: operation({
      id: 'getProviderHealth',
      tag,
      summary: 'How calls of a provider went, over time; intervals without one are left out',
      path,
      query: healthQuery,
      answers: { '200': json('The intervals.', healthListSchema) },
    }),
  },
  '/admin/v1/routing/simulate': {
    post: operation({
      id: 'simulateRouting',
      tag,
      summary: 'Tell which routes would serve a request, also of a model as it would be; nothing runs and nothing is saved',
      body: jsonBody(simulationSchema),
      answers: { '200': json('What would happen.', simulationAnswer) },
    }),
  },
  '/admin/v1/models': {
    get: operation({
      id: 'listDefinedModels',
      tag,
      summary: 'List models as they are defined',
      answers: { '200': json('The models.', definedModelListSchema) },
    }),
    post: operation({
      id: 'createModel',
      tag,
      summary: 'Create a model with its routes and price',
      body: jsonBody(newDefinedModelSchema),
      answers: { '201': json('The model.', definedModelSchema) },
    }),
  },
  '/admin/v1/models/{name}': {
    get: operation({
      id: 'getDefinedModel',
      tag,
      summary: 'Show a model as it is defined; its name may hold slashes',
      path,
      answers: oneModel,
    }),
    patch: operation({
      id: 'changeModel',
      tag,
      summary: 'Change a model that the API manages',
      path,
      body: jsonBody(definedModelChangeSchema),
      answers: oneModel,
    }),
    delete: operation({
      id: 'removeModel',
      tag,
      summary: 'Remove a model that the API manages',
      path,
      answers: { '200': json('It is gone.', removedSchema) },
    }),
  },
};
