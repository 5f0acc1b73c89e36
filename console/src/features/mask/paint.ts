import type { Act } from './acts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** What an eye sees of the mask: a tint alone would vanish on an image of its colour. */
const [TINT, HATCH] = ['#0f6b6273', '#e2f0edd9'];
const HATCH_PX = 12;
/** Enough to tell how much is masked; reading all pixels of a large image takes too long. */
const SAMPLE = 128;

export function canvasOf(width: number, height: number): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  return canvas;
}

export function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext('2d', { willReadFrequently: false });
  if (context === null) throw new Error('This browser draws nothing.');
  return context;
}

/** Does one act to a mask; where it is opaque, the image is edited. */
export function perform(mask: HTMLCanvasElement, act: Act): void {
  const context = contextOf(mask);
  const erases = 'erases' in act && act.erases;
  context.globalCompositeOperation = act.kind === 'invert' ? 'xor' : erases ? 'destination-out' : 'source-over';
  context.fillStyle = '#000';
  context.strokeStyle = '#000';
  if (act.kind === 'clear') context.clearRect(0, 0, mask.width, mask.height);
  else if (act.kind === 'invert') context.fillRect(0, 0, mask.width, mask.height);
  else if (act.kind === 'box') context.fillRect(act.x, act.y, act.width, act.height);
  else line(context, act.points, act.width);
}

/** A line with round ends; of a single point, a dot. */
function line(context: CanvasRenderingContext2D, points: readonly number[], width: number): void {
  context.lineWidth = width;
  context.lineCap = 'round';
  context.lineJoin = 'round';
  // A line without length is not drawn at all, a dot by a click is.
  context.beginPath();
  context.arc(points[0] ?? 0, points[1] ?? 0, width / 2, 0, 2 * Math.PI);
  context.fill();
  context.beginPath();
  for (let at = 0; at + 1 < points.length; at += 2) {
    const [x, y] = [points[at] ?? 0, points[at + 1] ?? 0];
    if (at === 0) context.moveTo(x, y);
    context.lineTo(x, y);
  }
  context.stroke();
}

export interface Cursor extends Point {
  /** In pixels of the image. */
  readonly width: number;
  /** From where a box is drawn. */
  readonly from: Point | null;
}

/** Draws what is seen over the image: the mask hatched, and where the brush is. */
export function show(overlay: HTMLCanvasElement, mask: HTMLCanvasElement, cursor: Cursor | null): void {
  const context = contextOf(overlay);
  const scale = overlay.width / mask.width;
  context.globalCompositeOperation = 'source-over';
  context.clearRect(0, 0, overlay.width, overlay.height);
  context.fillStyle = TINT;
  context.fillRect(0, 0, overlay.width, overlay.height);
  const hatch = context.createPattern(hatching(window.devicePixelRatio), 'repeat');
  if (hatch !== null) {
    context.fillStyle = hatch;
    context.fillRect(0, 0, overlay.width, overlay.height);
  }
  context.globalCompositeOperation = 'destination-in';
  context.drawImage(mask, 0, 0, overlay.width, overlay.height);
  context.globalCompositeOperation = 'source-over';
  if (cursor === null) return;
  for (const [color, width] of [
    ['#1c1b19', 4],
    ['#ffffff', 2],
  ] as const) {
    context.strokeStyle = color;
    context.lineWidth = width * window.devicePixelRatio;
    context.beginPath();
    if (cursor.from === null) context.arc(cursor.x * scale, cursor.y * scale, (cursor.width / 2) * scale, 0, 2 * Math.PI);
    else context.rect(cursor.from.x * scale, cursor.from.y * scale, (cursor.x - cursor.from.x) * scale, (cursor.y - cursor.from.y) * scale);
    context.stroke();
  }
}

function hatching(ratio: number): HTMLCanvasElement {
  const side = Math.round(HATCH_PX * ratio);
  const tile = canvasOf(side, side);
  const context = contextOf(tile);
  context.strokeStyle = HATCH;
  context.lineWidth = side / 5;
  for (const shift of [-side, 0, side]) {
    context.beginPath();
    context.moveTo(shift - 1, side + 1);
    context.lineTo(shift + side + 1, -1);
    context.stroke();
  }
  return tile;
}

/** How much of the image is masked, 0 to 1. */
export function shareOf(mask: HTMLCanvasElement): number {
  const small = canvasOf(SAMPLE, SAMPLE);
  const context = contextOf(small);
  context.drawImage(mask, 0, 0, SAMPLE, SAMPLE);
  const { data } = context.getImageData(0, 0, SAMPLE, SAMPLE);
  let sum = 0;
  for (let at = 3; at < data.length; at += 4) sum += data[at] ?? 0;
  return sum / (255 * SAMPLE * SAMPLE);
}

/** The mask as the API wants it, a PNG of the image's size as a `data:` address: transparent is what is edited, as at OpenAI's edits. */
export function pngOf(mask: HTMLCanvasElement): string {
  const canvas = canvasOf(mask.width, mask.height);
  const context = contextOf(canvas);
  context.fillStyle = '#000';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.globalCompositeOperation = 'destination-out';
  context.drawImage(mask, 0, 0);
  return canvas.toDataURL('image/png');
}
