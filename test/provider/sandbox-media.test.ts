import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import ffmpeg from '@ffmpeg-installer/ffmpeg';
import sharp from 'sharp';
import type { MediaCall, ProviderOutput } from '../../domain/provider/provider';
import { eventually } from '../support/eventually';
import { failureOf, file, job, mediaCall, readAll, sandbox } from './calls';

const run = promisify(execFile);
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandbox-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function images(prompt: string, changes: Parameters<typeof mediaCall>[2] = {}): Promise<Buffer[]> {
  const submission = await sandbox().media.submit(mediaCall('image', prompt, { model: 'sandbox-image', ...changes }));
  if (submission.state !== 'completed') throw new Error('an image is made at once');
  return submission.result.outputs.map(bytesOf);
}

function bytesOf(output: ProviderOutput): Buffer {
  if (output.from !== 'bytes') throw new Error('the sandbox hands over bytes');
  return Buffer.from(output.bytes);
}

/** The colour at a point, from 0 to 1 of each side. */
async function colourAt(image: Buffer, x: number, y: number): Promise<number[]> {
  const { data, info } = await sharp(image).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const offset = (Math.floor(y * info.height) * info.width + Math.floor(x * info.width)) * info.channels;
  return [...data.subarray(offset, offset + 3)];
}

function plain(background: string | { r: number; g: number; b: number; alpha: number }, width = 64, height = 64): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 4, background } })
    .png()
    .toBuffer();
}

test.each([
  [{}, 'png', 1024, 1024],
  [{ size: '320x200', format: 'jpeg', compression: 0 }, 'jpeg', 320, 200],
  [{ aspect_ratio: '16:9', resolution: '720p', format: 'webp' }, 'webp', 1280, 720],
  [{ aspect_ratio: '9:16', resolution: '480p' }, 'png', 480, 853],
] as const)('an image asked for with %j is a %s of %i by %i', async (output, format, width, height) => {
  const [image] = await images('A <cat> & a "dog"', { output });

  expect(await sharp(image).metadata()).toMatchObject({ format, width, height });
});

test('an image is the same for the same prompt and seed, and each of several is another', async () => {
  const output = { size: '128x128', n: 3, seed: 0 };

  const first = await images('A cat', { output });
  const again = await images('A cat', { output });
  const other = await images('A cat', { output: { ...output, seed: 1 } });

  expect(again).toEqual(first);
  expect(new Set([...first, ...other].map((image) => image.toString('base64'))).size).toBe(6);
});

test('a transparent background is transparent', async () => {
  const [image] = await images('', { output: { size: '64x64', background: 'transparent' } });

  expect((await sharp(image).stats()).isOpaque).toBe(false);
});

test('image to image keeps the size and the tone of what came in', async () => {
  const [red] = await images('A cat', {
    images: [file('reference', await plain('#ff0000', 96, 48)), file('reference', await plain('#00ff00'))],
  });

  expect(await sharp(red).metadata()).toMatchObject({ width: 96, height: 48 });
  const [r = 0, g = 0] = await colourAt(red!, 0.05, 0.3);
  expect(r).toBeGreaterThan(g + 100);
  const [, cornerGreen = 0] = await colourAt(red!, 0.98, 0.02);
  expect(cornerGreen).toBeGreaterThan(200);
});

test('a mask lets the image change only where it is transparent', async () => {
  const mask = await sharp(await plain({ r: 0, g: 0, b: 0, alpha: 0 }))
    .composite([{ input: await plain('#000000', 32, 64), left: 0, top: 0 }])
    .png()
    .toBuffer();

  const [image] = await images('', { images: [file('reference', await plain('#ff0000')), file('mask', mask)] });

  expect(await colourAt(image!, 0.2, 0.5)).toEqual([255, 0, 0]);
  expect(await colourAt(image!, 0.8, 0.5)).not.toEqual([255, 0, 0]);
});

test('partial images come before the result, as many as were asked for', async () => {
  const partials: { index: number; format: string | undefined }[] = [];
  const onPartial: NonNullable<MediaCall['onPartial']> = async ({ index, bytes }) => {
    partials.push({ index, format: (await sharp(bytes).metadata()).format });
  };

  await images('A cat', { output: { size: '64x64', partial_images: 2 }, onPartial });

  expect(partials).toEqual([
    { index: 0, format: 'png' },
    { index: 1, format: 'png' },
  ]);
});

test.each([
  [{ output: { size: '5000x100' } }, 'output.size'],
  [{ output: { size: 'banana' } }, 'output.size'],
  [{ output: { n: 0 } }, 'output.n'],
  [{ output: { format: 'tiff' } }, 'output.format'],
  [{ images: [file('reference', Buffer.from('no image'))] }, 'input.images'],
])('an image asked for with %j is refused', async (changes, param) => {
  const failure = await failureOf(images('A cat', changes));

  expect(failure).toMatchObject({ code: 'provider_rejected', facts: { param } });
});

test.each([
  ['image', 'down', 'provider_unavailable'],
  ['image', 'flaky', 'provider_unavailable'],
  ['image', 'moderated', 'content_policy_violation'],
  ['image', 'lost', 'outcome_unknown'],
  ['video', 'down', 'provider_unavailable'],
  ['video', 'flaky', 'provider_unavailable'],
  ['video', 'moderated', 'content_policy_violation'],
  ['video', 'lost', 'outcome_unknown'],
] as const)('the %s model -%s fails as %s', async (kind, variant, code) => {
  const call = mediaCall(kind, 'A cat', { model: `sandbox-${kind}-${variant}`, timeouts: { submitMs: 50 } });

  expect((await failureOf(sandbox().media.submit(call))).code).toBe(code);
});

test('a slow video is a job that is far from its end after its submit', async () => {
  const { media } = sandbox();
  const submission = await media.submit(mediaCall('video', 'A cat', { model: 'sandbox-video-slow' }));

  const answer = await media.poll(job(submission.upstreamId ?? ''));

  if (answer.state !== 'pending') throw new Error(`it is ${answer.state}`);
  expect(answer.progress).toBeLessThan(0.5);
});

test('a video progresses, ends, and plays with its first frame, its length and its sound', async () => {
  const { media } = sandbox();
  const output = { size: '320x180', duration_s: 2, audio: true };
  const frame = await plain('#ff0000', 640, 360);
  const submission = await media.submit(
    mediaCall('video', '猫'.repeat(2_000), { model: 'sandbox-video', output, images: [file('first_frame', frame)] }),
  );
  const upstreamId = submission.upstreamId ?? '';
  expect(submission.state).toBe('accepted');
  expect(upstreamId.length).toBeLessThan(1_024);

  const seen: number[] = [];
  const end = await eventually(
    async () => {
      const answer = await sandbox().media.poll(job(upstreamId));
      if (answer.state === 'completed') return answer;
      if (answer.state === 'pending') seen.push(answer.progress ?? 0);
      throw new Error('still pending');
    },
    { withinMs: 10_000 },
  );
  expect(seen.length).toBeGreaterThan(0);
  expect([...seen].sort((left, right) => left - right)).toEqual(seen);
  expect(end.result.usage?.seconds).toBe(2);

  const video = await opened(upstreamId);
  const { duration, frames, streams } = await play(video, 'first.mp4');
  expect(duration).toBeCloseTo(2, 1);
  expect(frames).toBe(16);
  expect(streams).toMatch(/Video: h264.*320x180[\s\S]*Audio: aac/);
  const [r = 0, g = 0, b = 0] = await colourAt(await firstFrameOf('first.mp4'), 0.5, 0.5);
  expect([r > 230, g < 30, b < 30]).toEqual([true, true, true]);
  expect(await opened(upstreamId)).toEqual(video);
});

test('a video from a prompt alone plays', async () => {
  const submission = await sandbox().media.submit(
    mediaCall('video', 'A cat', { model: 'sandbox-video', output: { aspect_ratio: '9:16', resolution: '480p' } }),
  );

  const { duration, streams } = await play(await opened(submission.upstreamId ?? ''), 'second.mp4');

  expect(duration).toBeCloseTo(4, 1);
  expect(streams).toMatch(/Video: h264.*480x854/);
});

test('a job the sandbox never gave out is not found', async () => {
  const failures = [await failureOf(sandbox().media.poll(job('video_1'))), await failureOf(sandbox().media.poll(job('sbx1.W10')))];

  expect(failures.map((failure) => failure.code)).toEqual(['provider_not_found', 'provider_not_found']);
});

async function opened(upstreamId: string): Promise<Buffer> {
  const { body, contentType } = await sandbox().media.open(job(upstreamId), 'video');
  expect(contentType).toBe('video/mp4');
  return readAll(body);
}

/** Decodes the whole video; ffmpeg must not complain. */
async function play(video: Buffer, name: string): Promise<{ duration: number; frames: number; streams: string }> {
  const path = join(folder, name);
  await writeFile(path, video);
  const strict = await run(ffmpeg.path, ['-v', 'error', '-xerror', '-i', path, '-f', 'null', '-']);
  expect(strict.stderr).toBe('');
  const { stderr } = await run(ffmpeg.path, ['-i', path, '-f', 'null', '-']);
  const [, hours, minutes, seconds] = /Duration: (\d+):(\d+):([\d.]+)/.exec(stderr) ?? [];
  const frames = Number([...stderr.matchAll(/frame=\s*(\d+)/g)].at(-1)?.[1]);
  return { duration: Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds), frames, streams: stderr };
}

async function firstFrameOf(name: string): Promise<Buffer> {
  const target = join(folder, `${name}.png`);
  await run(ffmpeg.path, ['-v', 'error', '-y', '-i', join(folder, name), '-frames:v', '1', target]);
  return sharp(target).png().toBuffer();
}
