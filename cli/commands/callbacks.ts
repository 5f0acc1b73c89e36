import { Option, type Command } from 'commander';
import { CALLBACK_STATUSES } from '../../domain/events/callback';
import { wholeNumber } from '../flag-values';
import type { ApiClient } from '../http/client';
import { table } from '../table';
import { define, type CommandHost } from './define';
import { readPages } from '../pages';
import type { Page } from '../pages';

/** A callback as the API answers it; the fields that people are shown. */
interface CallbackObject {
  readonly id: string;
  readonly type: string;
  readonly task_id: string | null;
  readonly campaign_id: string | null;
  readonly url: string;
  readonly status: string;
  readonly attempts: readonly { readonly at: string; readonly status_code: number | null; readonly error: string | null }[];
  readonly next_attempt_at: string | null;
}

interface ListFlags {
  readonly task?: string;
  readonly campaign?: string;
  readonly status?: string;
  readonly limit: number;
  readonly after?: string;
}

/** `atelier callbacks ...` */
export function addCallbacks(program: Command, host: CommandHost): void {
  const callbacks = program.command('callbacks').description('events delivered to your servers: list them, deliver them again');
  define<ListFlags>(callbacks, host, {
    usage: 'list',
    summary: "the team's events and their delivery, newest first",
    examples: ['callbacks list --status failed', 'callbacks list --task task_0190… --json'],
    options(command) {
      command
        .option('--task <task>', 'only events of this task')
        .option('--campaign <campaign>', 'only events of this campaign')
        .addOption(new Option('--status <status>', 'only events with this status').choices(CALLBACK_STATUSES))
        .option('--limit <count>', 'maximum number of results', wholeNumber, 20)
        .option('--after <event>', 'continue after this event (the last one of the previous page)');
    },
    async run({ flags, connect, showPage }) {
      const page = await readCallbacks(connect('team').client, flags);
      showPage(page, 'No callbacks.', tableOf);
      return 0;
    },
  });
  define(callbacks, host, {
    usage: 'redeliver <event...>',
    summary: 'deliver events again, under the same ids',
    examples: ['callbacks redeliver evt_0190…', 'callbacks redeliver evt_0190… evt_0191… --json'],
    async run({ args, connect, show }) {
      const { client } = connect('team');
      const again: CallbackObject[] = [];
      for (const id of args) {
        again.push((await client.call({ method: 'POST', path: `/v1/callbacks/${encodeURIComponent(id)}/redeliver` })) as CallbackObject);
      }
      const [only] = again;
      show(only !== undefined && again.length === 1 ? only : { object: 'list', data: again, has_more: false }, () =>
        again.map(({ id, url }) => `${id} is on its way to ${url}`).join('\n'),
      );
      return 0;
    },
  });
}

function readCallbacks(client: ApiClient, flags: ListFlags): Promise<Page<CallbackObject>> {
  const query = { task_id: flags.task, campaign_id: flags.campaign, status: flags.status, after: flags.after };
  return readPages<CallbackObject>(client, { path: '/v1/callbacks', query, cursorOf: ({ id }) => id }, flags.limit);
}

function tableOf(callbacks: readonly CallbackObject[]): string {
  return table(
    ['ID', 'TYPE', 'OF', 'STATUS', 'TRIES', 'LAST', 'NEXT', 'URL'],
    callbacks.map((callback) => [
      callback.id,
      callback.type,
      callback.task_id ?? callback.campaign_id ?? '',
      callback.status,
      String(callback.attempts.length),
      lastOf(callback),
      callback.next_attempt_at?.slice(0, 19).replace('T', ' ') ?? '',
      callback.url,
    ]),
  );
}

/** The last try's status, or why there is none. */
function lastOf({ attempts }: CallbackObject): string {
  const last = attempts.at(-1);
  return last === undefined ? '' : (last.status_code?.toString() ?? last.error ?? '');
}
