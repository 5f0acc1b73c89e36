import type { Command } from 'commander';
import { asList, asObject, asText } from '../../json-value';
import { facts } from '../../table';
import { taskBody } from '../../tasks/body';
import { addBodyOptions, type BodyFlags } from '../../tasks/body-flags';
import { define, type CommandHost } from '../define';

/** `atelier tasks estimate` */
export function addEstimate(tasks: Command, host: CommandHost): void {
  define<BodyFlags>(tasks, host, {
    usage: 'estimate',
    summary: 'show the most a task would reserve and which routes would serve it; nothing is stored or charged',
    examples: ['tasks estimate --model sandbox-image --prompt "A loaf of bread" --n 4', 'tasks estimate --file body.json --json'],
    options: addBodyOptions,
    async run({ flags, connect, show }) {
      const { client } = connect('team');
      const body = await taskBody(flags, client);
      const estimate = asObject(await client.call({ method: 'POST', path: '/v1/tasks/estimate', body, repeats: 2 })) ?? {};
      show(estimate, () => {
        const routes = asList(asObject(estimate['routing'])?.['candidates']).map(asObject);
        return facts([
          ['model', asText(estimate['model'])],
          ['at most', `${asText(asObject(estimate['cost'])?.['reserved']) ?? '?'} USD`],
          ['routes', routes.map((route) => `${asText(route?.['provider']) ?? '?'} (${asText(route?.['model']) ?? '?'})`).join(', ')],
        ]);
      });
      return 0;
    },
  });
}
