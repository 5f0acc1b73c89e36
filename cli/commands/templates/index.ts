import type { Command } from 'commander';
import type { CommandHost } from '../define';
import { addExchange } from './exchange';
import { addRead } from './read';
import { addUse } from './use';
import { addVerbs } from './verbs';

/** `atelier templates ...` */
export function addTemplates(program: Command, host: CommandHost): void {
  const templates = program.command('templates').description('prompts and settings with typed inputs, in versions');
  addRead(templates, host);
  addExchange(templates, host);
  addVerbs(templates, host);
  addUse(templates, host);
}
