import type { Size } from '../../../../domain/task/output-size';
import type { Chance } from '../chance';
import type { Palette } from './palette';

export interface Room {
  readonly palette: Palette;
  /** Where the table begins, in pixels from the top. */
  readonly horizon: number;
  /** 1: the light comes from the left, -1: from the right. */
  readonly away: 1 | -1;
}

/** Gradients that rooms, shadows and lamps are painted with. Soft edges are gradients too: a blur takes three times as long to draw. */
export function paints({ palette, away }: Room): string {
  const [near, far] = away === 1 ? [0, 1] : [1, 0];
  const stops = ([first, last]: readonly [string, string]): string =>
    `<stop offset="0" stop-color="${first}"/><stop offset="1" stop-color="${last}"/>`;
  return (
    `<linearGradient id="wall" x1="${near}" y1="0" x2="${far}" y2="1">${stops(palette.wall)}</linearGradient>` +
    `<linearGradient id="table" x1="0" y1="0" x2="0" y2="1">${stops(palette.table)}</linearGradient>` +
    `<radialGradient id="pool" cx="${away === 1 ? 0.2 : 0.8}" cy="0.25" r="0.8"><stop offset="0" stop-color="#fff" stop-opacity="${palette.light}"/><stop offset="1" stop-color="#fff" stop-opacity="0"/></radialGradient>` +
    fading('shadow', '#000', 0.55) +
    fading('glow', '#ffe2a6', 0.5)
  );
}

/** A colour that fades from its middle to nothing. */
function fading(id: string, colour: string, opacity: number): string {
  const stops = [
    [0, opacity],
    [0.55, opacity * 0.6],
    [1, 0],
  ].map(([offset, value]) => `<stop offset="${offset}" stop-color="${colour}" stop-opacity="${value}"/>`);
  return `<radialGradient id="${id}">${stops.join('')}</radialGradient>`;
}

/** The wall with what hangs or falls on it, and the table. */
export function drawRoom(room: Room, { width, height }: Size, chance: Chance): string {
  const { horizon } = room;
  return (
    `<rect width="${width}" height="${height}" fill="url(#wall)"/>` +
    onTheWall(room, { width, height }, chance) +
    `<rect width="${width}" height="${height}" fill="url(#pool)"/>` +
    `<rect y="${horizon.toFixed(1)}" width="${width}" height="${(height - horizon).toFixed(1)}" fill="url(#table)"/>` +
    `<rect y="${horizon.toFixed(1)}" width="${width}" height="${Math.max(1, height * 0.004).toFixed(1)}" fill="#fff" fill-opacity="0.25"/>`
  );
}

/** A round shape, an arch, or the light of a window. */
function onTheWall({ palette, horizon, away }: Room, { width, height }: Size, chance: Chance): string {
  const x = width * (away === 1 ? 0.62 : 0.38) + (chance.next() - 0.5) * width * 0.16;
  const tone = chance.pick(palette.things);
  switch (chance.below(4)) {
    case 0:
      return `<circle cx="${x.toFixed(1)}" cy="${(horizon * 0.48).toFixed(1)}" r="${(Math.min(width, height) * 0.2).toFixed(1)}" fill="${tone}" fill-opacity="0.32"/>`;
    case 1: {
      const half = width * 0.19;
      const top = horizon * 0.5;
      return `<path d="M${(x - half).toFixed(1)} ${horizon.toFixed(1)} V${top.toFixed(1)} A${half.toFixed(1)} ${half.toFixed(1)} 0 0 1 ${(x + half).toFixed(1)} ${top.toFixed(1)} V${horizon.toFixed(1)} Z" fill="${tone}" fill-opacity="0.22"/>`;
    }
    default:
      return windowLight(width, horizon, away);
  }
}

function windowLight(width: number, horizon: number, away: 1 | -1): string {
  const edge = away === 1 ? width * 0.04 : width * 0.96;
  const panes = [0, 1].flatMap((column) =>
    [0, 1].map((row) => {
      const left = edge + away * column * width * 0.23;
      const top = horizon * (0.1 + row * 0.36);
      return `<path d="M${left.toFixed(1)} ${top.toFixed(1)} l${(away * width * 0.2).toFixed(1)} ${(horizon * 0.1).toFixed(1)} v${(horizon * 0.3).toFixed(1)} l${(-away * width * 0.2).toFixed(1)} ${(-horizon * 0.1).toFixed(1)} Z"/>`;
    }),
  );
  return `<g fill="#fff" fill-opacity="0.17">${panes.join('')}</g>`;
}
