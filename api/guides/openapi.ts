import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { operation } from '../openapi/describe';

const page = { '200': { description: 'A page (HTML), or its text with `.md`.', content: { 'text/html': {}, 'text/markdown': {} } } };
const text = { '200': { description: 'Text in Markdown, with the addresses of this installation.', content: { 'text/plain': {} } } };

/** Paths of the guides. */
export const guidePaths: ZodOpenApiPathsObject = {
  '/guides': {
    get: operation({ id: 'getGuides', tag: 'Service', summary: 'The list of guides', isOpen: true, answers: page }),
  },
  '/guides/{path}': {
    get: operation({
      id: 'getGuide',
      tag: 'Service',
      summary: "A guide in the reader's language (`cursor`), or in one named (`zh/cursor`)",
      isOpen: true,
      path: ['path'],
      answers: page,
    }),
  },
  '/llms.txt': {
    get: operation({
      id: 'getLlmsText',
      tag: 'Service',
      summary: 'What agents find where, after llmstxt.org',
      isOpen: true,
      answers: text,
    }),
  },
  '/llms-full.txt': {
    get: operation({ id: 'getLlmsFullText', tag: 'Service', summary: 'All guides in one file', isOpen: true, answers: text }),
  },
};
