import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { events, operation } from '../openapi/describe';
import { eventsQuery } from './schema';

/** Paths of the event stream. */
export const eventPaths: ZodOpenApiPathsObject = {
  '/v1/events': {
    get: operation({
      id: 'streamEvents',
      tag: 'Events',
      summary: 'Follow what happens in the team: tasks, campaigns, batches; `Last-Event-ID` resumes, a `gap` event asks to read anew',
      query: eventsQuery,
      answers: {
        '200': events(
          'Events with ids and the newest state: `ready` first, then `task.updated`, `task.succeeded`, `campaign.progress`, `campaign.completed` …',
        ),
      },
    }),
  },
};
