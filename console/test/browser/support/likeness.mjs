/**
 * Whether a page still looks as it did. Machines draw letters differently at their edges, so what is compared is the brightness of blocks
 * of 16 pixels: another word, colour, place or size is found, another hinting of the same font is not.
 */
import sharp from 'sharp';

const BLOCK = 16;
/** Of 255: how much brighter or darker a block must be to have changed. */
const STEP = 20;
/** Blocks that may differ: a letter that became a pixel wider. A button that went is more. */
export const MOST_CHANGED = 6;

/** @param {Buffer} png @param {{ width: number, height: number }} size - of the page, in pixels */
async function blocksOf(png, { width, height }) {
  const [columns, rows] = [Math.round(width / BLOCK), Math.round(height / BLOCK)];
  return sharp(png).flatten().greyscale().resize(columns, rows, { fit: 'fill', kernel: 'linear' }).raw().toBuffer();
}

/** How many blocks have changed; all of them when the size has. @param {Buffer} kept @param {Buffer} now */
export async function changedBlocks(kept, now) {
  const size = await sharp(now).metadata();
  const before = await sharp(kept).metadata();
  if (Math.abs(before.width / before.height - size.width / size.height) > 0.01) return Infinity;
  const [a, b] = await Promise.all([blocksOf(kept, size), blocksOf(now, size)]);
  return a.reduce((sum, value, index) => sum + (Math.abs(value - b[index]) > STEP ? 1 : 0), 0);
}

/** What is kept: half as wide, 32 colours; small enough for git, and good enough to look at. @param {Buffer} png */
export async function small(png) {
  const { width } = await sharp(png).metadata();
  return sharp(png)
    .resize(Math.round(width / 2))
    .png({ palette: true, colours: 32, dither: 0, effort: 10 })
    .toBuffer();
}
