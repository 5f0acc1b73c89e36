import { openAsBlob } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { Option, type Command } from 'commander';
import { extensionOf } from '../../../domain/file-name';
import { IMAGE_FORMATS } from '../../../domain/storage';
import { usageFailure } from '../../failure';
import { saveAnswer, whole } from '../../http/save-answer';
import { fetchChecked } from '../../tasks/download';
import { define, type CommandHost } from '../define';
import { assetPath, assetTable, type AssetObject } from './asset';

const formatOption = () => new Option('--format <format>', 'convert images').choices(IMAGE_FORMATS);

/** `atelier assets upload` */
export function addUpload(assets: Command, host: CommandHost): void {
  define<{ readonly name?: string; readonly tags?: string }>(assets, host, {
    usage: 'upload <file>',
    summary: 'upload an image, a video or a sound into the library',
    examples: ['assets upload tin.png --tags hero,spring', 'assets upload tin.png --name "Tin on oak" --json'],
    options(command) {
      command.option('--name <name>', "its name (default: the file's own)").option('--tags <tags>', 'with commas between them');
    },
    async run({ args, flags, connect, show }) {
      const path = args[0] ?? '';
      const found = await stat(path).catch(() => null);
      if (found?.isFile() !== true) throw usageFailure(`${path} is no file that can be read.`, 'Name an image, a video or a sound.');
      const form = new FormData();
      if (flags.name !== undefined) form.append('name', flags.name);
      if (flags.tags !== undefined) form.append('tags', flags.tags);
      form.append('file', await openAsBlob(path), basename(path));
      const asset = (await connect('team').client.call({ method: 'POST', path: '/v1/assets', form })) as AssetObject;
      show(asset, () => assetTable([asset]));
      return 0;
    },
  });
}

/** `atelier assets download` */
export function addDownload(assets: Command, host: CommandHost): void {
  define<{ readonly out?: string; readonly format?: string }>(assets, host, {
    usage: 'download <asset>',
    summary: 'save a file; its checksum is compared unless it is converted',
    examples: ['assets download asset_0190… --out tin.png', 'assets download asset_0190… --format jpeg'],
    options(command) {
      command.option('--out <file>', 'where to save it (default: its id)').addOption(formatOption());
    },
    async run({ args, flags, deps, connect, show }) {
      const { client } = connect('team');
      const signal = deps.interruption();
      const asset = (await client.call({ path: assetPath(args[0]) })) as AssetObject;
      const isConverted = flags.format !== undefined && `image/${flags.format}` !== asset.content_type;
      const type = isConverted ? `image/${flags.format ?? ''}` : asset.content_type;
      const file = flags.out ?? `${asset.id}.${extensionOf(type)}`;
      const path = assetPath(args[0], '/content');
      if (isConverted) await saveAnswer(client, { path, query: { format: flags.format }, signal }, file);
      else await whole(file, (part) => fetchChecked(path, { ...asset, notice: null }, part, { client, signal }));
      show({ id: asset.id, file }, () => file);
      return 0;
    },
  });
}

/** `atelier assets archive` */
export function addArchive(assets: Command, host: CommandHost): void {
  define<{ readonly out: string; readonly format?: string }>(assets, host, {
    usage: 'archive <asset...>',
    summary: 'save up to 500 files as one ZIP',
    examples: ['assets archive asset_0190… asset_0191… --out posters.zip', 'assets archive asset_0190… --format jpeg --out posters.zip'],
    options(command) {
      command.requiredOption('--out <file>', 'where to save the ZIP').addOption(formatOption());
    },
    async run({ args, flags, deps, connect, show }) {
      const body = { ids: args, ...(flags.format === undefined ? {} : { format: flags.format }) };
      const request = { method: 'POST', path: '/v1/assets/archive', body, signal: deps.interruption() } as const;
      await saveAnswer(connect('team').client, request, flags.out);
      show({ file: flags.out, ids: args }, () => `${flags.out}: ${String(args.length)} files`);
      return 0;
    },
  });
}
