import { z } from 'zod';
import { createDocument, type ZodOpenApiPathsObject } from 'zod-openapi';
import { adminPaths } from '../admin/openapi';
import { authPaths } from '../auth/openapi';
import { preferencePaths } from '../auth/preferences';
import { messagePaths } from '../anthropic/openapi';
import { assetPaths } from '../assets/openapi';
import { billingPaths } from '../billing/openapi';
import { callbackPaths } from '../callbacks/openapi';
import { webhookPaths } from '../webhooks/openapi';
import { providerCallbackPaths } from '../provider-callbacks/openapi';
import { campaignPaths } from '../campaigns/openapi';
import { schedulePaths } from '../schedules/openapi';
import { consolePaths } from '../console/openapi';
import { guidePaths } from '../guides/openapi';
import { eventPaths } from '../events/openapi';
import { discoveryPaths } from '../discovery/openapi';
import { healthPaths } from '../health/openapi';
import { logPaths } from '../logs/openapi';
import { metricsPaths } from '../metrics/openapi';
import { audioPaths } from '../openai/audio/openapi';
import { batchPaths } from '../openai/batches/openapi';
import { chatPaths } from '../openai/chat/openapi';
import { completionPaths } from '../openai/completions/openapi';
import { embeddingPaths } from '../openai/embeddings/openapi';
import { filePaths } from '../openai/files/openapi';
import { imagePaths } from '../openai/images/openapi';
import { modelPaths } from '../openai/models/openapi';
import { moderationPaths } from '../openai/moderations/openapi';
import { responsePaths } from '../openai/responses/openapi';
import { videoPaths } from '../openai/videos/openapi';
import { replayPaths } from '../replays/openapi';
import { statusPaths } from '../status';
import { taskPaths } from '../tasks/openapi';
import { usagePaths } from '../usage/openapi';
import { templatePaths } from '../templates/openapi';
import { json, operation } from './describe';

/** Paths of this document. */
const documentPaths: ZodOpenApiPathsObject = {
  '/openapi.json': {
    get: operation({
      id: 'getOpenApi',
      tag: 'Process',
      summary: 'This document',
      isOpen: true,
      answers: { '200': json('The document.', z.record(z.string(), z.unknown())) },
    }),
  },
};

/** Each room of the api says its own paths; a new endpoint is described where it is served. */
const PATHS = {
  ...discoveryPaths,
  ...consolePaths,
  ...guidePaths,
  ...billingPaths,
  ...usagePaths,
  ...modelPaths,
  ...chatPaths,
  ...completionPaths,
  ...messagePaths,
  ...responsePaths,
  ...embeddingPaths,
  ...moderationPaths,
  ...audioPaths,
  ...imagePaths,
  ...videoPaths,
  ...assetPaths,
  ...taskPaths,
  ...replayPaths,
  ...eventPaths,
  ...callbackPaths,
  ...webhookPaths,
  ...providerCallbackPaths,
  ...campaignPaths,
  ...logPaths,
  ...filePaths,
  ...batchPaths,
  ...templatePaths,
  ...schedulePaths,
  ...authPaths,
  ...preferencePaths,
  ...adminPaths,
  ...healthPaths,
  ...statusPaths,
  ...metricsPaths,
  ...documentPaths,
};

/** The OpenAPI 3.1 description of everything that is mounted, from the schemas that check the requests. */
export function openApiDocument(version: string): ReturnType<typeof createDocument> {
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Atelier',
      version,
      description: 'One API for text, image and video models; every generation is durable and paid for once.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ key: [] }, { xApiKey: [] }, { xGoogApiKey: [] }, { apiKey: [] }, { session: [] }],
    paths: PATHS,
    components: {
      securitySchemes: {
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'atelier_session',
          description: 'Of a person who signed in. Requests that change something also need the header x-csrf-token.',
        },
        key: {
          type: 'http',
          scheme: 'bearer',
          description: 'A team key, or the admin key for /admin. Tried first if several keys differ.',
        },
        xApiKey: { type: 'apiKey', in: 'header', name: 'x-api-key', description: 'The same key, as Anthropic and Cherry Studio send it.' },
        xGoogApiKey: { type: 'apiKey', in: 'header', name: 'x-goog-api-key', description: 'The same key, as Google sends it.' },
        apiKey: { type: 'apiKey', in: 'header', name: 'api-key', description: 'The same key, as Azure and Continue send it.' },
      },
    },
  });
}
