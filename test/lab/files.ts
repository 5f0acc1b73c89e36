import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LabAnswer, LabRequest } from './vendor';

/** Results that a server hands out by a link: real bytes, simulated content. */
const kept = new Map<string, { readonly bytes: Uint8Array; readonly contentType: string; readonly until: number }>();
const MOST = 500;

/** A whole PNG of 8 x 8 pixels. */
export const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEUlEQVR42mPQq92BFTEMLQkAi0ZYwRLUo68AAAAASUVORK5CYII=',
  'base64',
);
/** A short MP4. */
export const mp4 = (): Buffer => readFileSync(join(__dirname, 'video.mp4'));

/**
 * Keeps a result under a link of the server that was asked.
 * @param lifeMs - after it the link answers 404, as vendors' links do after hours
 */
export function linkTo(request: Pick<LabRequest, 'origin'>, bytes: Uint8Array, contentType: string, lifeMs = 600_000): string {
  const id = randomUUID();
  kept.set(id, { bytes, contentType, until: Date.now() + lifeMs });
  const [oldest] = kept.keys();
  if (kept.size > MOST && oldest !== undefined) kept.delete(oldest);
  return `${request.origin}/_files/${id}`;
}

/** The answer to a path of `linkTo`; undefined for any other. */
export function readFile(path: string): LabAnswer | undefined {
  const id = /^\/_files\/([\w-]+)$/.exec(path)?.[1];
  if (id === undefined) return undefined;
  const file = kept.get(id);
  if (file === undefined || file.until < Date.now()) return { status: 404, text: 'This link is over.' };
  return { headers: { 'content-type': file.contentType }, bytes: file.bytes };
}
