import { createDocument } from 'zod-openapi';
import { billingPaths } from '../billing/openapi';
import { discoveryPaths } from '../discovery/openapi';
import { adminPaths } from './admin-paths';
import { campaignPaths } from './campaign-paths';
import { callbackPaths } from './callback-paths';
import { mediaPaths } from './media-paths';
import { replayPaths } from './replay-paths';
import { taskPaths } from './task-paths';

/** The OpenAPI 3.1 description of everything that is mounted, from the schemas that check the requests. */
export function openApiDocument(version: string): ReturnType<typeof createDocument> {
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Atelier',
      version,
      description: 'One entrance for text, image and video models; every generation is durable and paid once.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ key: [] }, { xApiKey: [] }, { xGoogApiKey: [] }, { apiKey: [] }],
    paths: {
      ...discoveryPaths,
      ...billingPaths,
      ...taskPaths,
      ...replayPaths,
      ...callbackPaths,
      ...campaignPaths,
      ...mediaPaths,
      ...adminPaths,
    },
    components: {
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'A key of a team; the admin key for /admin. Tried first when several differ.' },
        xApiKey: { type: 'apiKey', in: 'header', name: 'x-api-key', description: 'The same key, as Anthropic and Cherry Studio send it.' },
        xGoogApiKey: { type: 'apiKey', in: 'header', name: 'x-goog-api-key', description: 'The same key, as Google sends it.' },
        apiKey: { type: 'apiKey', in: 'header', name: 'api-key', description: 'The same key, as Azure and Continue send it.' },
      },
    },
  });
}
