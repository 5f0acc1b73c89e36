import type { Command } from 'commander';
import { addBodyOptions, type BodyFlags } from '../../tasks/body-flags';
import { taskBody } from '../../tasks/body';
import type { TaskObject } from '../../tasks/task-object';
import { define, type CommandHost } from '../define';
import { addFollowOptions, idempotencyKeyOf, showOrFollow, type FollowFlags } from './follow';

/** `atelier tasks submit` */
export function addSubmit(tasks: Command, host: CommandHost): void {
  define<BodyFlags & FollowFlags>(tasks, host, {
    usage: 'submit',
    summary: 'submit a generation; --watch follows it and saves the outputs',
    examples: [
      'tasks submit --model sandbox-image --prompt "A loaf of bread" --size 1024x1024 --watch',
      'tasks submit --model sandbox-video --prompt "Steam rises" --image first_frame=bread.png --duration 4 --download videos',
      'tasks submit --model sandbox-text --prompt "Three names for a bakery" --param temperature=0.2 --wait',
      'tasks submit --file body.json --idempotency-key order-17 --json',
    ],
    options(command) {
      addBodyOptions(command);
      addFollowOptions(command);
    },
    async run(call) {
      const { client } = call.connect('team');
      const body = await taskBody(call.flags, client);
      const headers = { 'idempotency-key': idempotencyKeyOf(call.flags) };
      const task = (await client.call({ method: 'POST', path: '/v1/tasks', body, headers })) as TaskObject;
      return showOrFollow(task, call);
    },
  });
}
