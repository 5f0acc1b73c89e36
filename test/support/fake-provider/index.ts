import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { reset } from './control';
import { createPlan, DEFAULT_BEHAVIOUR, type Behaviour, type Step } from './plan';
import type { Parts } from './parts';
import { createRecords, type Counts, type RecordedRequest } from './records';
import { sendError } from './reply';
import { handle } from './server';
import { createVideos } from './videos';

export { eventsOf } from './reply';
export type { Behaviour, Counts, RecordedRequest, Step };

/** A provider on a local port that speaks OpenAI's wire format, fails as it is told, and counts what it was asked. */
export interface FakeProvider {
  /** `http://127.0.0.1:<port>/v1` */
  readonly baseUrl: string;
  readonly port: number;
  /** Every request since the start or the last reset, in order. */
  readonly requests: readonly RecordedRequest[];
  readonly counts: Counts;
  /** May be changed at any time. */
  readonly behaviour: Behaviour;
  /** What to do with the next creating calls of a model (`*`: of any other); the last step repeats. */
  script(model: string, steps: readonly Step[]): void;
  /** Forgets steps, requests, counts and jobs. */
  reset(): void;
  close(): Promise<void>;
}

export interface FakeProviderOptions extends Partial<Behaviour> {
  /** A fixed port; default: a free one. */
  readonly port?: number;
}

export async function startFakeProvider(options: FakeProviderOptions = {}): Promise<FakeProvider> {
  const { port: wanted = 0, ...changes } = options;
  const behaviour: Behaviour = { ...DEFAULT_BEHAVIOUR, ...changes };
  const plan = createPlan();
  const records = createRecords();
  const parts: Parts = { plan, records, videos: createVideos(behaviour), behaviour };
  const server = createServer((request, response) => {
    handle(parts, request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else sendError(response, 400, 'invalid_json', String(error));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(wanted, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;

  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    port,
    behaviour,
    get requests() {
      return records.requests;
    },
    get counts() {
      return records.counts;
    },
    script: (model, steps) => plan.script(model, steps),
    reset: () => reset(parts),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
