import type { ObjectStore } from '../../../domain/storage';
import type { TaskSummary } from '../../../domain/task/task';
import { imageAnswer } from './map';

/** Where an image goes in the text of an answer: no JSON that we write holds this. */
const SLOT = '\u0000image\u0000';

/**
 * The answer of a finished image task with the images themselves, piece by piece: ten of 20 MB are too much to hold for each of many clients.
 * @param contents - bytes of its images, in order, where they are in hand already
 */
export async function* inlineAnswer(
  objects: Pick<ObjectStore, 'read'>,
  task: TaskSummary,
  contents: readonly (Uint8Array | null)[] = [],
): AsyncGenerator<string> {
  const body = JSON.stringify(
    imageAnswer(
      task,
      task.outputs.map(() => ({ b64_json: SLOT })),
    ),
  );
  const [beginning = '', ...texts] = body.split(JSON.stringify(SLOT).slice(1, -1));
  yield beginning;
  for (const [index, output] of task.outputs.entries()) {
    const bytes = contents[index] ?? (await objects.read(output.key));
    yield `${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')}${texts[index] ?? ''}`;
  }
}
