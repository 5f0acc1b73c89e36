import { Readable } from 'node:stream';
import type { ApiContext } from '../../deps';
import { openStored } from '../../assets/open-stored';
import type { ZipEntry } from '../../http/send-zip';
import type { FileNames } from './names';
import { filesOf, type ResultRow } from './rows';

/** The files of results, as those of a ZIP. */
export async function* zipEntries(
  context: Pick<ApiContext, 'objects'>,
  rows: AsyncIterable<ResultRow>,
  names: FileNames,
): AsyncGenerator<ZipEntry> {
  for await (const row of rows) {
    for (const file of filesOf(row)) {
      const { content } = file;
      yield {
        name: names.nameOf(file),
        isText: 'text' in content,
        open: () =>
          'text' in content
            ? Promise.resolve(Readable.from([Buffer.from(content.text)], { objectMode: false }))
            : openStored(context, content.asset.key),
      };
    }
  }
}
