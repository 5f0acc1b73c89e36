import OpenAI from 'openai';
import { Webhook } from 'standardwebhooks';
import { callerOf, type Caller } from '../../callbacks/support/caller';
import { startReceiver, type Delivery, type Receiver } from '../../callbacks/support/receiver';
import { eventually } from '../../support/eventually';
import { SAMPLE_TEAM_CONFIG, SANDBOX_CONFIG } from '../../support/sample-config';
import { startAtelier, type TestAtelier } from '../../support/stack';

const RIVAL_KEY = 'sk-rival-0123456789abcdef';
const CONFIG = `${SANDBOX_CONFIG}
${SAMPLE_TEAM_CONFIG}
  - name: rival
    credentials: [{ name: rival, class: production, key: "\${RIVAL_KEY}" }]
`;

/** An installation and a receiver, with what tests of webhooks do with them. */
export interface Webhooks {
  readonly atelier: TestAtelier;
  readonly receiver: Receiver;
  readonly caller: Caller;
  /** A caller of another team. */
  readonly rival: Caller;
  readonly openai: OpenAI;
  /** Makes an endpoint at a path of the receiver and answers it with its secret. */
  anEndpoint(path: string, eventTypes: readonly string[]): Promise<any>;
  /** The deliveries that came to a path, once there are so many. */
  arrivals(path: string, count: number): Promise<readonly Delivery[]>;
  /** The event of a delivery, as the two libraries that receivers use give it. @throws when one of them refuses it */
  unwrap(delivery: Delivery | undefined, secret: string): Promise<any>;
  /** The log of an endpoint once its newest delivery looks as wanted. */
  log(endpointId: string, wanted: (newest: any) => boolean): Promise<any>;
  /** An endpoint once it is disabled. */
  disabled(endpointId: string): Promise<any>;
}

/** Starts them for the tests of a file; each test has its own endpoints, so that the events of one are not the next one's. */
export function useWebhooks(): Webhooks {
  const parts: { atelier?: TestAtelier; receiver?: Receiver } = {};
  beforeAll(async () => {
    // A twentieth of the schedule: 0, 0.25, 1.5, 6 and 30 s.
    parts.atelier = await startAtelier({ config: CONFIG, env: { ATELIER_CALLBACK_SCALE: '0.05', RIVAL_KEY } });
    parts.receiver = await startReceiver(parts.atelier.callbackSecret);
  }, 120_000);
  afterEach(async () => {
    const { body } = await webhooks.caller.call('GET', '/webhook_endpoints?limit=100');
    for (const { id } of body.data) await webhooks.caller.call('DELETE', `/webhook_endpoints/${id}`);
  });
  afterAll(async () => {
    await parts.receiver?.shut();
    await parts.atelier?.stop();
  }, 60_000);

  const webhooks: Webhooks = {
    get atelier() {
      return parts.atelier!;
    },
    get receiver() {
      return parts.receiver!;
    },
    get caller() {
      return callerOf(webhooks.atelier);
    },
    get rival() {
      return callerOf(webhooks.atelier, RIVAL_KEY);
    },
    get openai() {
      return new OpenAI({ apiKey: webhooks.atelier.keys.production, baseURL: webhooks.atelier.baseUrl, maxRetries: 0 });
    },
    async anEndpoint(path, eventTypes) {
      const endpoint = { name: path.slice(1), url: webhooks.receiver.url(path), event_types: eventTypes };
      const { status, body } = await webhooks.caller.call('POST', '/webhook_endpoints', endpoint);
      expect({ status, body }).toMatchObject({ status: 200, body: { object: 'webhook_endpoint' } });
      webhooks.atelier.watchSecret(body.signing_secret);
      return body;
    },
    arrivals: (path, count) =>
      eventually(
        () => {
          const came = webhooks.receiver.at(path);
          if (came.length < count) throw new Error(`Not yet: ${path} has ${came.map(({ event }) => event.type).join()}`);
          return came;
        },
        { withinMs: 30_000, everyMs: 50 },
      ),
    async unwrap(delivery, secret) {
      const headers = delivery?.headers as Record<string, string>;
      const event = await webhooks.openai.webhooks.unwrap(delivery?.text ?? '', headers, secret);
      expect(new Webhook(secret).verify(delivery?.text ?? '', headers)).toEqual(event);
      return event;
    },
    log: (id, wanted) =>
      eventually(
        async () => {
          const { body } = await webhooks.caller.call('GET', `/webhook_endpoints/${id}/deliveries`);
          if (body.data[0] === undefined || !wanted(body.data[0])) throw new Error(`Not yet: ${JSON.stringify(body.data)}`);
          return body.data;
        },
        { withinMs: 30_000, everyMs: 100 },
      ),
    disabled: (id) =>
      eventually(
        async () => {
          const { body } = await webhooks.caller.call('GET', `/webhook_endpoints/${id}`);
          if (body.enabled !== false) throw new Error(`Not yet: ${JSON.stringify(body)}`);
          return body;
        },
        { withinMs: 30_000, everyMs: 100 },
      ),
  };
  return webhooks;
}
