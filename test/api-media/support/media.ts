import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import ffmpeg from '@ffmpeg-installer/ffmpeg';
import sharp from 'sharp';
import { uuidv7 } from 'uuidv7';
import { createAssetWriter } from '../../../adapters/storage/asset-writer';
import { createObjectStore } from '../../../adapters/storage/object-store';
import { createPartialStore } from '../../../adapters/storage/partials';
import type { ErrorCode } from '../../../domain/errors';
import type { TerminalStatus } from '../../../domain/task/task';
import type { TestApi } from '../../api/support/api';
import { eventually } from '../../support/eventually';

/** A small image of one colour. */
export function anImage(red = 200, size = 64): Promise<Buffer> {
  return sharp({ create: { width: size, height: size, channels: 3, background: { r: red, g: 80, b: 40 } } })
    .png()
    .toBuffer();
}

/** A video of one second. */
export async function video(): Promise<Buffer> {
  const path = join(tmpdir(), `atelier-video-${randomBytes(6).toString('hex')}.mp4`);
  const source = ['-f', 'lavfi', '-i', 'testsrc=duration=1:size=128x96:rate=10'];
  await promisify(execFile)(ffmpeg.path, ['-v', 'error', ...source, '-pix_fmt', 'yuv420p', '-movflags', '+faststart', path]);
  try {
    return await readFile(path);
  } finally {
    await rm(path);
  }
}

/** The next media task that the api hands to its workflow. */
export function nextStarted(api: TestApi, seen: number): Promise<string> {
  return eventually(() => api.started[seen], { withinMs: 10_000 });
}

/** Ends a media task as its workflow would: outputs stored and settled. */
export async function finish(api: TestApi, taskId: string, outputs: readonly Uint8Array[]): Promise<void> {
  const task = (await api.database.tasks.get(taskId, null))!;
  const objects = createObjectStore(api.bucket);
  for (const [index, bytes] of outputs.entries()) {
    const id = `asset_${uuidv7().replaceAll('-', '')}`;
    const facts = {
      teamId: task.teamId,
      taskId,
      index,
      expect: 'any',
      revisedPrompt: null,
      watermark: null,
      format: null,
      compression: null,
    } as const;
    await api.database.assets.insert([await createAssetWriter(objects).write({ ...facts, id, source: { bytes } })]);
  }
  objects.close();
  await end(api, taskId, 'succeeded');
}

/** Ends a task without outputs. */
export async function end(api: TestApi, taskId: string, status: TerminalStatus, code?: ErrorCode): Promise<void> {
  const error =
    code === undefined
      ? null
      : { code, message: 'The provider said no.', retryable: false, providerCode: null, providerMessage: null, param: null };
  await api.database.tasks.settle([
    { taskId, status, actualMicroUsd: 0n, costLines: [], usage: null, textResult: null, error, attempt: null },
  ]);
}

/** Keeps a partial image and tells those who watch, as the worker does. */
export async function showPartial(api: TestApi, taskId: string, index: number, bytes: Uint8Array): Promise<void> {
  const objects = createObjectStore(api.bucket);
  await createPartialStore(objects).put(taskId, index, bytes, 'image/png');
  objects.close();
  await api.database.tasks.setProgress(taskId, 'calling_provider', (index + 1) / 10);
}
