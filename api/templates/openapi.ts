import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { json, jsonBody, operation } from '../openapi/describe';
import {
  templateAnswer,
  templateListAnswer,
  templateRenderingAnswer,
  templateVersionAnswer,
  templateVersionListAnswer,
} from './answer-schema';
import {
  templateCreate,
  templateFromTask,
  templateListQuery,
  templatePublish,
  templateRender,
  templateVersionCreate,
  templateVersionQuery,
} from './schema';

const tag = 'Templates';
const template = json('The template.', templateAnswer);
const made = json('The template, with the version that was made.', templateAnswer);
const optional = (schema: Parameters<typeof jsonBody>[0]) => ({ ...jsonBody(schema), required: false });

/** Paths of templates. `{id}` may be the name. */
export const templatePaths: ZodOpenApiPathsObject = {
  '/v1/templates': {
    post: operation({
      id: 'createTemplate',
      tag,
      summary: 'Create a template as a draft',
      body: jsonBody(templateCreate),
      answers: { '201': made },
    }),
    get: operation({
      id: 'listTemplates',
      tag,
      summary: "List the team's templates and those that other teams share, newest first",
      query: templateListQuery,
      answers: { '200': json('A page.', templateListAnswer) },
    }),
  },
  '/v1/templates/from-task': {
    post: operation({
      id: 'createTemplateFromTask',
      tag,
      summary: 'Make a template of the settings of a task that has ended',
      body: jsonBody(templateFromTask),
      answers: { '201': made },
    }),
  },
  '/v1/templates/import': {
    post: operation({
      id: 'importTemplate',
      tag,
      summary: 'Make a template of YAML, or the next version of the one that has its name',
      body: { required: true, content: { 'application/yaml': { schema: z.string() } } },
      answers: { '201': made },
    }),
  },
  '/v1/templates/{id}/export': {
    get: operation({
      id: 'exportTemplate',
      tag,
      summary: 'A version as YAML: the published one unless another one is asked for',
      path: ['id'],
      query: templateVersionQuery,
      answers: { '200': { description: 'The template.', content: { 'application/yaml': { schema: z.string() } } } },
    }),
  },
  '/v1/templates/{id}': {
    get: operation({
      id: 'getTemplate',
      tag,
      summary: 'Retrieve a template by id or name',
      path: ['id'],
      query: templateVersionQuery,
      answers: { '200': template },
    }),
  },
  '/v1/templates/{id}/versions': {
    get: operation({
      id: 'listTemplateVersions',
      tag,
      summary: 'List the versions of a template, newest first',
      path: ['id'],
      answers: { '200': json('All versions.', templateVersionListAnswer) },
    }),
    post: operation({
      id: 'createTemplateVersion',
      tag,
      summary: 'Make the next version of a template; it is not published by that',
      path: ['id'],
      body: jsonBody(templateVersionCreate),
      answers: { '201': made },
    }),
  },
  '/v1/templates/{id}/versions/{n}': {
    get: operation({
      id: 'getTemplateVersion',
      tag,
      summary: 'Retrieve one version of a template',
      path: ['id', 'n'],
      answers: { '200': json('The version.', templateVersionAnswer) },
    }),
  },
  '/v1/templates/{id}/publish': {
    post: operation({
      id: 'publishTemplate',
      tag,
      summary: 'Publish a version: requests that name the template alone use it from now on',
      path: ['id'],
      body: optional(templatePublish),
      answers: { '200': template },
    }),
  },
  '/v1/templates/{id}/archive': {
    post: operation({
      id: 'archiveTemplate',
      tag,
      summary: 'Archive a template; safe to repeat',
      path: ['id'],
      answers: { '200': template },
    }),
  },
  '/v1/templates/{id}/restore': {
    post: operation({
      id: 'restoreTemplate',
      tag,
      summary: 'Restore an archived template; safe to repeat',
      path: ['id'],
      answers: { '200': template },
    }),
  },
  '/v1/templates/{id}/render': {
    post: operation({
      id: 'renderTemplate',
      tag,
      summary: 'Render a template: the task that a request would make, and its price; nothing runs',
      path: ['id'],
      body: optional(templateRender),
      answers: { '200': json('The rendering.', templateRenderingAnswer) },
    }),
  },
};
