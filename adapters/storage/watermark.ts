import type { OverlayOptions } from 'sharp';

const MAX_CHARACTERS = 120;
// Widths of bold characters in font sizes, Latin and East Asian; on the wide side, so that the text never runs out of the box.
const CHARACTER_WIDTH = 0.72;
const WIDE_CHARACTER_WIDTH = 1.1;
const LINE_HEIGHT = 1.5;

/**
 * A line of text for the lower right corner: white with a dark edge, half transparent, so that it reads on light and dark
 * ground; as large as a twentieth of the image's shorter side, smaller when the text would not fit.
 */
export function watermarkOverlay(text: string, width: number, height: number): OverlayOptions | null {
  const line = plainLine(text);
  if (line === '') {
    return null;
  }
  const textWidth = widthInFontSizes(line);
  const widest = width / (textWidth + 1);
  const fontSize = Math.max(4, Math.min(Math.max(14, Math.min(width, height) / 20), widest, height / LINE_HEIGHT));
  const boxWidth = Math.max(1, Math.min(width, Math.ceil(fontSize * (textWidth + 1))));
  const boxHeight = Math.max(1, Math.min(height, Math.ceil(fontSize * LINE_HEIGHT)));
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${boxWidth}" height="${boxHeight}">` +
    `<text x="${boxWidth - fontSize / 2}" y="${boxHeight - fontSize * 0.45}" text-anchor="end" font-family="DejaVu Sans, Noto Sans, Noto Sans CJK SC, Arial, sans-serif" ` +
    `font-weight="bold" font-size="${fontSize}" fill="#fff" fill-opacity="0.75" stroke="#000" stroke-opacity="0.55" stroke-width="${fontSize / 8}" ` +
    `paint-order="stroke">${escapeXml(line)}</text></svg>`;
  return { input: Buffer.from(svg), gravity: 'southeast' };
}

function plainLine(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\p{Cs}\s]+/gu, ' ').trim();
  return Array.from(line).slice(0, MAX_CHARACTERS).join('');
}

function widthInFontSizes(line: string): number {
  const wide = Array.from(line).filter((character) => (character.codePointAt(0) ?? 0) >= 0x2e80).length;
  return wide * WIDE_CHARACTER_WIDTH + (Array.from(line).length - wide) * CHARACTER_WIDTH;
}

function escapeXml(text: string): string {
  return text.replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
