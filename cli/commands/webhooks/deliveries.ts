import { Option, type Command } from 'commander';
import { CALLBACK_STATUSES } from '../../../domain/events/callback';
import { usageFailure } from '../../failure';
import { wholeNumber } from '../../flag-values';
import type { ApiClient } from '../../http/client';
import { readPages } from '../../pages';
import { facts, table } from '../../table';
import { define, type CommandHost } from '../define';
import { endpointPath } from './object';

/** A delivery as the API answers it; the fields that people are shown. */
interface DeliveryObject {
  readonly id: string;
  readonly sequence: number;
  readonly event_id: string;
  readonly type: string;
  readonly task_id: string | null;
  readonly campaign_id: string | null;
  readonly status: string;
  readonly created_at: string;
  readonly next_attempt_at: string | null;
  readonly attempts: readonly AttemptObject[];
  readonly request_body: string | null;
}

interface AttemptObject {
  readonly at: string;
  readonly status_code: number | null;
  readonly error: string | null;
  readonly duration_ms: number;
  readonly response_excerpt: string | null;
  readonly request: { readonly headers: Readonly<Record<string, string>> } | null;
}

interface Redelivery {
  readonly redelivered: number;
  readonly has_more: boolean;
}

interface ListFlags {
  readonly status?: string;
  readonly limit: number;
  readonly after?: string;
}

/** `atelier webhooks deliveries|redeliver` */
export function addDeliveries(webhooks: Command, host: CommandHost): void {
  define<ListFlags>(webhooks, host, {
    usage: 'deliveries <endpoint> [delivery]',
    summary: 'what was sent to an endpoint and what it answered, newest first; of one delivery every attempt and the request',
    examples: ['webhooks deliveries whe_0190… --status failed', 'webhooks deliveries whe_0190… whd_0190…'],
    options(command) {
      command
        .addOption(new Option('--status <status>', 'only deliveries with this status').choices(CALLBACK_STATUSES))
        .option('--limit <count>', 'maximum number of results', wholeNumber, 20)
        .option('--after <delivery>', 'continue after this delivery (the last one of the previous page)');
    },
    async run({ args, flags, connect, show, showPage }) {
      const { client } = connect('team');
      if (args[1] !== undefined) {
        const delivery = (await client.call({ path: deliveryPath(args[0], args[1]) })) as DeliveryObject;
        show(delivery, () => deliveryText(delivery));
        return 0;
      }
      const list = {
        path: endpointPath(args[0], '/deliveries'),
        query: { status: flags.status, after: flags.after },
        cursorOf: ({ id }: DeliveryObject) => id,
      };
      showPage(await readPages<DeliveryObject>(client, list, flags.limit), 'No deliveries.', tableOf);
      return 0;
    },
  });
  define<{ readonly failedSince?: string }>(webhooks, host, {
    usage: 'redeliver <endpoint> [delivery...]',
    summary: 'deliver events again under the same ids: the named ones, or all that failed since a time',
    examples: ['webhooks redeliver whe_0190… whd_0190…', 'webhooks redeliver whe_0190… --failed-since 2026-11-24T03:00:00Z'],
    options(command) {
      command.option('--failed-since <time>', 'all that failed and whose event happened since then');
    },
    async run({ args, flags, connect, show }) {
      const { client } = connect('team');
      const [endpoint, ...deliveries] = args;
      if ((flags.failedSince === undefined) === (deliveries.length === 0)) {
        throw usageFailure('Name deliveries, or say --failed-since TIME.', '`webhooks deliveries ENDPOINT --status failed` lists them');
      }
      if (flags.failedSince !== undefined) {
        const redelivered = await redeliverAll(client, endpoint, flags.failedSince);
        show({ object: 'webhook_endpoint.redelivery', redelivered, has_more: false }, () => `${String(redelivered)} are on their way.`);
        return 0;
      }
      const again: DeliveryObject[] = [];
      for (const id of deliveries) {
        const path = `${deliveryPath(endpoint, id)}/redeliver`;
        again.push((await client.call({ method: 'POST', path })) as DeliveryObject);
      }
      const [only] = again;
      show(only !== undefined && again.length === 1 ? only : { object: 'list', data: again, has_more: false }, () =>
        again.map(({ id }) => `${id} is on its way.`).join('\n'),
      );
      return 0;
    },
  });
}

/** In as many requests as it takes. */
async function redeliverAll(client: ApiClient, endpoint: string | undefined, since: string): Promise<number> {
  let total = 0;
  for (;;) {
    const body = { since };
    const answer = (await client.call({ method: 'POST', path: endpointPath(endpoint, '/redeliver'), body })) as Redelivery;
    total += answer.redelivered;
    if (!answer.has_more) return total;
  }
}

function deliveryPath(endpoint: string | undefined, delivery: string): string {
  return endpointPath(endpoint, `/deliveries/${encodeURIComponent(delivery)}`);
}

function deliveryText(delivery: DeliveryObject): string {
  const { attempts, request_body: body } = delivery;
  const headers = Object.entries(attempts.at(-1)?.request?.headers ?? {}).map(([name, value]) => `${name}: ${value}`);
  return [
    facts([
      ['id', delivery.id],
      ['event', `${delivery.event_id} ${delivery.type}`],
      ['number', String(delivery.sequence)],
      ['of', delivery.task_id ?? delivery.campaign_id],
      ['status', delivery.status],
      ['next', delivery.next_attempt_at],
    ]),
    table(
      ['AT', 'STATUS', 'MS', 'ANSWER'],
      attempts.map((one) => [one.at, one.status_code?.toString() ?? '-', String(one.duration_ms), answerOf(one)]),
    ),
    ...(headers.length === 0 ? [] : [headers.join('\n')]),
    ...(body === null ? [] : [body]),
  ].join('\n\n');
}

function tableOf(deliveries: readonly DeliveryObject[]): string {
  return table(
    ['#', 'ID', 'TYPE', 'OF', 'STATUS', 'TRIES', 'LAST', 'NEXT'],
    deliveries.map((delivery) => {
      const last = delivery.attempts.at(-1);
      return [
        String(delivery.sequence),
        delivery.id,
        delivery.type,
        delivery.task_id ?? delivery.campaign_id ?? '',
        delivery.status,
        String(delivery.attempts.length),
        last === undefined ? '' : (last.status_code?.toString() ?? last.error ?? ''),
        delivery.next_attempt_at?.slice(0, 19).replace('T', ' ') ?? '',
      ];
    }),
  );
}

/** What the endpoint said, or why it said nothing. */
function answerOf({ response_excerpt: excerpt, error }: AttemptObject): string {
  return excerpt === null || excerpt === '' ? (error ?? '') : excerpt;
}
