import { createHash } from 'node:crypto';
import type { Sharp } from 'sharp';
import { AppError } from '../../../domain/errors';
import { NO_USAGE } from '../../../domain/task/generation';
import type { MediaCall, ProviderOutput, Submission } from '../../../domain/provider/provider';
import { throwIfAborted } from '../shared/abort';
import { digestOf } from './chance';
import { readWhole } from '../shared/media-file';
import { compose, sizeOf, type Sources } from './compose';
import { misbehave, SLOW } from './misbehave';
import { variantOf } from './model';
import { drawSvg } from './draw-image';
import { imageSize, shrunk } from './image-size';
import { pause } from './pause';
import { loadSharp } from './sharp';

const SQUARE = { width: 1024, height: 1024 };
const MOST_IMAGES = 10;
const DEFAULT_QUALITY = 85;
const FORMATS = ['png', 'jpeg', 'webp'] as const;
type Format = (typeof FORMATS)[number];

/** Draws images, or draws over those that came in. */
export async function submitImage(call: MediaCall): Promise<Submission> {
  const variant = variantOf(call.model, 'sandbox-image');
  const format = formatOf(call.output.format ?? 'png');
  const count = countOf(call.output.n ?? 1);
  const partials = call.onPartial === undefined ? 0 : Math.min(3, call.output.partial_images ?? 0);
  const stepMs = variant === 'slow' ? SLOW.imageMs / (partials + 1) : 0;
  await misbehave(call, { variant, effect: 'paid', thinkMs: stepMs, limitMs: call.timeouts.submitMs });

  const sources = await readSources(call);
  const [first] = sources.images;
  const size = imageSize(call.output, first === undefined ? SQUARE : shrunk(await sizeOf(first)), 1);
  const digests = [...sources.images, ...(sources.mask === null ? [] : [sources.mask])].map((bytes) =>
    createHash('sha256').update(bytes).digest('hex'),
  );
  const outputs: ProviderOutput[] = [];
  for (let index = 0; index < count; index += 1) {
    throwIfAborted(call.signal);
    const isTransparent = call.output.background === 'transparent' && format !== 'jpeg';
    const drawing = drawSvg({ digest: motifDigest(call, digests, index), caption: call.prompt, isTransparent }, size);
    const image = await compose(drawing, sources, size);
    const bytes = await encode(image, format, call.output.compression ?? DEFAULT_QUALITY).toBuffer();
    if (index === 0) await handOverPartials(call, bytes, { format, partials, stepMs });
    outputs.push({ from: 'bytes', bytes, contentType: `image/${format}`, revisedPrompt: null });
  }
  return { state: 'completed', upstreamId: null, result: { outputs, usage: { ...NO_USAGE, images: count }, reportedMicroUsd: null } };
}

async function readSources(call: MediaCall): Promise<Sources> {
  const mask = call.images.find((image) => image.role === 'mask');
  const images = call.images.filter((image) => image.role !== 'mask');
  return { images: await Promise.all(images.map(readWhole)), mask: mask === undefined ? null : await readWhole(mask) };
}

/** The format, the count and the partials change how an image is sent, not what it shows. */
function motifDigest(call: MediaCall, inputs: readonly string[], index: number): string {
  const { output, prompt, negativePrompt } = call;
  return digestOf([prompt, negativePrompt, output.seed ?? null, output.quality ?? null, output.background ?? null, inputs, index]);
}

/** Partials come from blurred to nearly sharp. */
async function handOverPartials(
  call: MediaCall,
  finished: Buffer,
  { format, partials, stepMs }: { readonly format: Format; readonly partials: number; readonly stepMs: number },
): Promise<void> {
  for (let index = 0; index < partials; index += 1) {
    const bytes = await encode((await loadSharp())(finished).blur(4 + 8 * (partials - 1 - index)), format, 60).toBuffer();
    await call.onPartial?.({ index, bytes, contentType: `image/${format}` });
    await pause(stepMs, call.signal);
  }
}

function encode(image: Sharp, format: Format, quality: number): Sharp {
  const percent = Math.min(100, Math.max(1, Math.round(quality)));
  switch (format) {
    case 'png':
      return image.png({ compressionLevel: 6 });
    case 'jpeg':
      return image.flatten({ background: '#fff' }).jpeg({ quality: percent });
    case 'webp':
      return image.webp({ quality: percent, effort: 2 });
  }
}

function formatOf(wanted: string): Format {
  const name = wanted === 'jpg' ? 'jpeg' : wanted;
  const format = FORMATS.find((known) => known === name);
  if (format !== undefined) return format;
  throw new AppError('provider_rejected', `The sandbox makes ${FORMATS.join(', ')}, not ${JSON.stringify(wanted)}.`, {
    param: 'output.format',
  });
}

function countOf(wanted: number): number {
  if (Number.isInteger(wanted) && wanted >= 1 && wanted <= MOST_IMAGES) return wanted;
  throw new AppError('provider_rejected', `n must be a whole number from 1 to ${MOST_IMAGES}.`, { param: 'output.n' });
}
