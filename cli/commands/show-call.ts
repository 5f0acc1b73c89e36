import type { Command } from 'commander';
import { asObject, asText, type JsonObject } from '../json-value';
import { define, type CommandHost } from './define';

interface ShowFlags {
  readonly bodies?: true;
}

/** `atelier logs show` */
export function addShowCall(logs: Command, host: CommandHost): void {
  define<ShowFlags>(logs, host, {
    usage: 'show <call>',
    summary: 'show a call of the log, or what was asked and answered in it',
    examples: ['logs show call_0190…', 'logs show req_0190… --bodies', 'logs show call_0190… --bodies --json'],
    options: (command) => command.option('--bodies', 'request and answer, redacted, where the team keeps them (needs the admin key)'),
    async run({ args, flags, connect, show }) {
      const id = encodeURIComponent((args[0] ?? '').replace(/^req_/, 'call_'));
      if (flags.bodies === true) {
        const bodies = asObject(await connect('admin').client.call({ path: `/admin/v1/logs/${id}/bodies` })) ?? {};
        show(bodies, () => bodiesText(bodies));
        return 0;
      }
      const call = asObject(await connect('team').client.call({ path: `/v1/logs/${id}` })) ?? {};
      show(call, () => JSON.stringify(call, null, 2));
      return 0;
    },
  });
}

function bodiesText({ expires_at: expiresAt, ...bodies }: JsonObject): string {
  const [request, response] = [asObject(bodies['request']) ?? {}, asObject(bodies['response']) ?? {}];
  const files = request['files'] === undefined ? '' : `\nFiles: ${JSON.stringify(request['files'])}`;
  const broken = response['complete'] === false ? ', broken off' : '';
  return [
    `Request (${typeOf(request)})`,
    `${textOf(request['body'])}${files}`,
    '',
    `Response (HTTP ${String(response['status'])}, ${typeOf(response)}${broken})`,
    textOf(response['body']),
    '',
    `Kept until ${asText(expiresAt) ?? ''}.`,
  ].join('\n');
}

function typeOf(body: JsonObject): string {
  return asText(body['content_type']) ?? 'no content type';
}

function textOf(body: unknown): string {
  return typeof body === 'string' ? body.trimEnd() : JSON.stringify(body ?? null, null, 2);
}
