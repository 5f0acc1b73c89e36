import type { Command } from 'commander';
import type { CommandHost } from '../define';
import { addDelete, addTag } from './change';
import { addList, addShow } from './read';
import { addArchive, addDownload, addUpload } from './save';

/** `atelier assets ...` */
export function addAssets(program: Command, host: CommandHost): void {
  const assets = program.command('assets').description('the library of files: results and uploads');
  for (const add of [addList, addShow, addUpload, addDownload, addTag, addDelete, addArchive]) add(assets, host);
}
