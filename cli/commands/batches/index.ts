import type { Command } from 'commander';
import type { CommandHost } from '../define';
import { addCreate } from './create';
import { addCancel, addList, addResults, addShow } from './read';

/** `atelier batches ...` */
export function addBatches(program: Command, host: CommandHost): void {
  const batches = program.command('batches').description("files of requests in OpenAI's batch format: create, follow, collect");
  for (const add of [addCreate, addShow, addList, addCancel, addResults]) add(batches, host);
}
