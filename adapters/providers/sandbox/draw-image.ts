import type { Size } from '../../../domain/task/output-size';
import { chanceFrom, type Chance } from './chance';
import { excerpt } from './prose';

/** What an image shows. */
export interface Motif {
  /** Decides colours and shapes. */
  readonly digest: string;
  /** Written at the foot of the image. */
  readonly caption: string;
  readonly isTransparent: boolean;
}

const LETTERS_PER_LINE = 44;
const MOST_LINES = 3;

/** An image as SVG: a gradient, some shapes, and the caption. The same for the same motif and size. */
export function drawSvg(motif: Motif, size: Size): Buffer {
  const chance = chanceFrom(motif.digest);
  const { width, height } = size;
  const hue = chance.below(360);
  const ground = motif.isTransparent ? '' : `<rect width="${width}" height="${height}" fill="url(#ground)"/>`;
  const shapes = Array.from({ length: 5 + chance.below(5) }, () => drawShape(chance, size, hue)).join('');
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">` +
      `<defs><linearGradient id="ground" x1="0" y1="0" x2="${chance.next().toFixed(2)}" y2="1">` +
      `<stop offset="0" stop-color="${colour(hue, 62, 42)}"/><stop offset="1" stop-color="${colour(hue + 70, 58, 72)}"/></linearGradient></defs>` +
      `${ground}${shapes}${drawCaption(motif.caption, size)}</svg>`,
  );
}

function drawShape(chance: Chance, size: Size, hue: number): string {
  const { width, height } = size;
  const reach = Math.min(width, height);
  const x = Math.round(chance.next() * width);
  const y = Math.round(chance.next() * height);
  const radius = Math.round(reach * (0.06 + chance.next() * 0.22));
  const paint = `fill="${colour(hue + chance.pick([0, 40, 180, 220]), 70, 35 + chance.below(45))}" fill-opacity="${(0.35 + chance.next() * 0.5).toFixed(2)}"`;
  switch (chance.below(3)) {
    case 0:
      return `<circle cx="${x}" cy="${y}" r="${radius}" ${paint}/>`;
    case 1:
      return `<rect x="${x - radius}" y="${y - radius}" width="${radius * 2}" height="${radius}" rx="${Math.round(radius / 6)}" transform="rotate(${chance.below(180)} ${x} ${y})" ${paint}/>`;
    default:
      return `<polygon points="${x},${y - radius} ${x + radius},${y + radius} ${x - radius},${y + radius}" transform="rotate(${chance.below(360)} ${x} ${y})" ${paint}/>`;
  }
}

function drawCaption(caption: string, size: Size): string {
  const lines = wrap(excerpt(caption, LETTERS_PER_LINE * MOST_LINES));
  if (lines.length === 0) return '';
  const fontSize = Math.max(6, Math.round(size.width / 32));
  const lineHeight = Math.round(fontSize * 1.3);
  const top = size.height - lineHeight * lines.length - fontSize;
  const texts = lines.map((line, index) => `<text x="${fontSize}" y="${top + lineHeight * (index + 1)}">${escapeXml(line)}</text>`);
  return (
    `<rect y="${top}" width="${size.width}" height="${size.height - top}" fill="#000" fill-opacity="0.45"/>` +
    `<g font-family="sans-serif" font-size="${fontSize}" fill="#fff">${texts.join('')}</g>`
  );
}

function wrap(text: string): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + word.length < LETTERS_PER_LINE) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines.filter((line) => line !== '').slice(0, MOST_LINES);
}

/** Control characters and lone surrogates are not allowed in XML at all. */
function escapeXml(text: string): string {
  const allowed = text.replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '');
  return allowed.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function colour(hue: number, saturation: number, lightness: number): string {
  return `hsl(${hue % 360}, ${saturation}%, ${lightness}%)`;
}
