import type { Command } from 'commander';
import type { CommandHost } from '../define';
import { addCancel } from './cancel';
import { addEstimate } from './estimate';
import { addExplain } from './explain';
import { addGet, addList } from './read';
import { addReplay } from './replay';
import { addSubmit } from './submit';
import { addWatch } from './watch';

/** `atelier tasks ...`: reading commands are in `read`, each other one has its file. */
export function addTasks(program: Command, host: CommandHost): void {
  const tasks = program.command('tasks').description('generations: submit, follow, list, cancel and replay them');
  for (const add of [addSubmit, addWatch, addGet, addList, addExplain, addCancel, addReplay, addEstimate]) add(tasks, host);
}
