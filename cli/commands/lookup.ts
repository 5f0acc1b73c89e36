import type { Command } from 'commander';
import { asList, asObject, asText } from '../json-value';
import { table } from '../table';
import { define, type CommandHost } from './define';

/** `atelier lookup` */
export function addLookup(program: Command, host: CommandHost): void {
  define(program, host, {
    usage: 'lookup <id>',
    summary:
      "find the run behind any id: of a task, request, response, callback, campaign or asset, an external_id, or a provider's own id",
    examples: ['lookup req_0190…', 'lookup sku-1', 'lookup chatcmpl-9f2c'],
    async run({ args, connect, show }) {
      const found = asObject(await connect('admin').client.call({ path: '/admin/v1/lookup', query: { id: args[0] ?? '' } })) ?? {};
      show(found, () => {
        const runs = asList(found['data']).map((entry) => asObject(entry) ?? {});
        const columns = ['matched', 'task_id', 'campaign_id', 'team', 'model', 'status', 'created_at'];
        return table(
          ['FOUND BY', 'TASK', 'CAMPAIGN', 'TEAM', 'MODEL', 'STATUS', 'CREATED'],
          runs.map((run) => columns.map((name) => asText(run[name]) ?? '')),
        );
      });
      return 0;
    },
  });
}
