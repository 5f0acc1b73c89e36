import type { BackupManifest, BackupObject } from '../../domain/backup/manifest';
import type { BackupPlace } from '../../domain/backup/ports';
import { createLimit } from '../../lib/parallel';
import { linesOf, readParts } from './parts';

const WIDTH = 16;
const PAGE = 500;

/** Does something with each object of a backup, several at once. */
export async function eachObject(
  place: BackupPlace,
  manifest: BackupManifest,
  work: (object: BackupObject) => Promise<void>,
): Promise<void> {
  const limit = createLimit(WIDTH);
  let page: BackupObject[] = [];
  const run = async (): Promise<void> => {
    const objects = page;
    page = [];
    await Promise.all(objects.map((object) => limit(() => work(object))));
  };
  for await (const line of linesOf(readParts(place, manifest.objects.lists))) {
    page.push(JSON.parse(line) as BackupObject);
    if (page.length >= PAGE) await run();
  }
  await run();
}
