import { uuidv7 } from 'uuidv7';
import type { Database } from '../../../adapters/db';
import { anAdmission, aTeam } from '../../db/support';

/** An admitted video that begins with an image of its team. */
export async function aVideo(database: Database, bytes = 5, caller?: Awaited<ReturnType<typeof aTeam>>): Promise<string> {
  caller ??= await aTeam(database);
  const assetId = `asset_${uuidv7().replaceAll('-', '')}`;
  await database.assets.insert([
    {
      id: assetId,
      teamId: caller.teamId,
      taskId: null,
      index: null,
      kind: 'image',
      key: `teams/${caller.teamId}/assets/${assetId}`,
      thumbnailKey: null,
      contentType: 'image/png',
      width: 8,
      height: 8,
      durationS: null,
      bytes,
      sha256: 'a'.repeat(64),
      revisedPrompt: null,
      createdAt: new Date(),
    },
  ]);
  const images = [{ role: 'first_frame' as const, source: { assetId } }];
  const admission = anAdmission(caller, {
    firstAttempt: null,
    task: {
      type: 'video',
      operation: 'video',
      endpoint: 'tasks',
      model: 'video',
      input: { operation: 'video', prompt: 'a boat', images, output: {}, params: {} },
    },
  });
  await database.tasks.admit([admission]);
  return admission.task.id;
}
