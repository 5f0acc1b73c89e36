import type { Command } from 'commander';
import type { CommandHost } from '../define';
import { addCreate } from './create';
import { addItems } from './items';
import { addGet, addList, addWatch } from './read';
import { addResults } from './results';
import { addRetry } from './retry';
import { addSet } from './set';
import { addVerbs } from './verbs';

/** `atelier campaigns ...`: reading commands are in `read`, each other one has its file. */
export function addCampaigns(program: Command, host: CommandHost): void {
  const campaigns = program.command('campaigns').description('thousands of generations in one request: create, follow, control, collect');
  for (const add of [addCreate, addWatch, addGet, addList, addItems, addVerbs, addRetry, addSet, addResults]) add(campaigns, host);
}
