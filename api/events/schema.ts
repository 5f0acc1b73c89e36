import { z } from 'zod';
import { listed } from '../fields/listed';

const MOST_TYPES = 20;

/** Query of `GET /v1/events`. */
export const eventsQuery = z.strictObject({
  types: listed(
    z.string().regex(/^(\*|[a-z_]{1,32}\.(\*|[a-z_]{1,32}))$/, 'must be a type such as "task.succeeded", or all of a kind: "task.*"'),
    MOST_TYPES,
  )
    .optional()
    .describe('Only these types: "task.*,campaign.completed". Default: all.'),
  after: z.string().max(64).optional().describe('As `Last-Event-ID`, for those who cannot set a header.'),
});
