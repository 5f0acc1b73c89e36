import type { Command } from 'commander';
import type { CommandHost } from '../define';
import { addDeliveries } from './deliveries';
import { addEndpoints } from './endpoints';
import { addSecrets } from './secrets';

/** `atelier webhooks ...` */
export function addWebhooks(program: Command, host: CommandHost): void {
  const webhooks = program
    .command('webhooks')
    .description("endpoints that are told of all the team's events: manage them, see and repeat deliveries");
  addEndpoints(webhooks, host);
  addSecrets(webhooks, host);
  addDeliveries(webhooks, host);
}
