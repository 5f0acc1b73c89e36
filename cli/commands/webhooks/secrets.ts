import type { Command } from 'commander';
import { define, type CommandHost } from '../define';
import { endpointPath, endpointText, type EndpointObject } from './object';

interface TestAnswer {
  readonly event_type: string;
  readonly status_code: number;
  readonly duration_ms: number;
  readonly response_excerpt: string;
}

/** `atelier webhooks rotate|test` */
export function addSecrets(webhooks: Command, host: CommandHost): void {
  define<{ readonly now?: boolean }>(webhooks, host, {
    usage: 'rotate <endpoint>',
    summary: 'replace the secret; for 24 hours events are signed with the old one too',
    examples: ['webhooks rotate whe_0190…', 'webhooks rotate whe_0190… --now'],
    options(command) {
      command.option('--now', 'the old secret signs nothing any more: it became known to others');
    },
    async run({ args, flags, connect, show }) {
      const body = { keep_old_secret_active_for_24_hours: flags.now !== true };
      const path = endpointPath(args[0], '/rotate_secret');
      const endpoint = (await connect('team').client.call({ method: 'POST', path, body })) as EndpointObject;
      show(endpoint, () => `${endpointText(endpoint)}\n\nKeep the secret now: it is not shown again.`);
      return 0;
    },
  });
  define<{ readonly event: string }>(webhooks, host, {
    usage: 'test <endpoint>',
    summary: 'send a sample event now, once; exits 1 unless the endpoint answers 2xx',
    examples: ['webhooks test whe_0190…', 'webhooks test whe_0190… --event batch.completed'],
    options(command) {
      command.option('--event <type>', 'the type of the sample', 'task.succeeded');
    },
    async run({ args, flags, connect, show }) {
      const path = endpointPath(args[0], '/test');
      const answer = (await connect('team').client.call({ method: 'POST', path, body: { event_type: flags.event } })) as TestAnswer;
      const isWell = answer.status_code >= 200 && answer.status_code < 300;
      const excerpt = isWell || answer.response_excerpt === '' ? '' : `: ${answer.response_excerpt}`;
      show(
        answer,
        () =>
          `${isWell ? '✓' : '✗'} ${answer.event_type} answered with ${String(answer.status_code)} in ${String(answer.duration_ms)} ms${excerpt}`,
      );
      return isWell ? 0 : 1;
    },
  });
}
