import type { Command } from 'commander';
import { usageFailure } from '../../failure';
import { collect, wholeNumber } from '../../flag-values';
import { readPages } from '../../pages';
import { define, type CommandHost } from '../define';
import { endpointPath, endpointTable, endpointText, type EndpointObject } from './object';

interface EndpointFlags {
  readonly name?: string;
  readonly url?: string;
  readonly event?: readonly string[];
  readonly enable?: boolean;
  readonly disable?: boolean;
}

const EVENTS = 'an event type or a family of them, such as task.failed or campaign.* (repeatable; `webhooks events` lists them)';

/** `atelier webhooks list|events|create|show|update|delete` */
export function addEndpoints(webhooks: Command, host: CommandHost): void {
  define<{ readonly limit: number; readonly after?: string }>(webhooks, host, {
    usage: 'list',
    summary: "the team's endpoints, newest first",
    examples: ['webhooks list', 'webhooks list --json'],
    options(command) {
      command
        .option('--limit <count>', 'maximum number of results', wholeNumber, 20)
        .option('--after <endpoint>', 'continue after this endpoint (the last one of the previous page)');
    },
    async run({ flags, connect, showPage }) {
      const list = { path: '/v1/webhook_endpoints', query: { after: flags.after }, cursorOf: ({ id }: EndpointObject) => id };
      showPage(await readPages<EndpointObject>(connect('team').client, list, flags.limit), 'No webhook endpoints.', endpointTable);
      return 0;
    },
  });
  define(webhooks, host, {
    usage: 'events',
    summary: 'the event types that an endpoint can be told of',
    examples: ['webhooks events'],
    async run({ connect, show }) {
      const types = (await connect('team').client.call({ path: '/v1/webhook_event_types' })) as { readonly data: readonly string[] };
      show(types, () => types.data.join('\n'));
      return 0;
    },
  });
  define<EndpointFlags>(webhooks, host, {
    usage: 'create <url>',
    summary: 'create an endpoint; its secret is shown this one time',
    examples: [
      "webhooks create https://example.com/hooks --event 'task.*' --event batch.completed",
      'webhooks create https://example.com/hooks --name shop --event campaign.completed --json',
    ],
    options(command) {
      command.option('--name <name>', 'what to call it (default: the host of the URL)').option('--event <type>', EVENTS, collect);
    },
    async run({ args, flags, connect, show }) {
      const [url = ''] = args;
      if (flags.event === undefined) throw usageFailure('Say which events it is told of.', "For example --event 'task.*'");
      const body = { name: flags.name ?? hostOf(url), url, event_types: flags.event };
      const endpoint = (await connect('team').client.call({ method: 'POST', path: '/v1/webhook_endpoints', body })) as EndpointObject;
      show(endpoint, () => `${endpointText(endpoint)}\n\nKeep the secret now: it is not shown again.`);
      return 0;
    },
  });
  define(webhooks, host, {
    usage: 'show <endpoint>',
    summary: 'show an endpoint: what it is told of, and how it stands',
    examples: ['webhooks show whe_0190…'],
    async run({ args, connect, show }) {
      const endpoint = (await connect('team').client.call({ path: endpointPath(args[0]) })) as EndpointObject;
      show(endpoint, () => endpointText(endpoint));
      return 0;
    },
  });
  define<EndpointFlags>(webhooks, host, {
    usage: 'update <endpoint>',
    summary: 'change an endpoint; --enable takes up one that was disabled',
    examples: ["webhooks update whe_0190… --event 'task.*' --event 'batch.*'", 'webhooks update whe_0190… --enable'],
    options(command) {
      command
        .option('--name <name>', 'what to call it')
        .option('--url <url>', 'where events are sent')
        .option('--event <type>', `${EVENTS}; together they replace those it has`, collect)
        .option('--enable', 'send events again')
        .option('--disable', 'send nothing until it is enabled');
    },
    async run({ args, flags, connect, show }) {
      const { name, url, event, enable, disable } = flags;
      if (enable === true && disable === true) throw usageFailure('--enable and --disable exclude each other.');
      const enabled = enable === true ? true : disable === true ? false : undefined;
      const body = { name, url, event_types: event, enabled };
      const endpoint = (await connect('team').client.call({ method: 'POST', path: endpointPath(args[0]), body })) as EndpointObject;
      show(endpoint, () => endpointText(endpoint));
      return 0;
    },
  });
  define(webhooks, host, {
    usage: 'delete <endpoint>',
    summary: 'delete an endpoint; what waits to be delivered there is not',
    examples: ['webhooks delete whe_0190…'],
    async run({ args, connect, show }) {
      const answer = await connect('team').client.call({ method: 'DELETE', path: endpointPath(args[0]) });
      show(answer, () => `${args[0] ?? ''} is deleted.`);
      return 0;
    },
  });
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}
