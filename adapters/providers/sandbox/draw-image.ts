import type { Size } from '../../../domain/task/output-size';
import { chanceFrom, digestOf, type Chance } from './chance';
import { excerpt } from './prose';
import { PALETTES, shade, type Palette } from './still-life/palette';
import { drawRoom, paints, type Room } from './still-life/room';
import { drawThing, type Kind, type Placed } from './still-life/things';

/** What an image shows. */
export interface Motif {
  /** Decides how this take of the idea is arranged. */
  readonly digest: string;
  /** The idea: it decides the colours, the side of the light and the thing in the middle. Written small at the foot. */
  readonly caption: string;
  readonly isTransparent: boolean;
}

const LETTERS = 60;

/** Words that name a thing, in the order in which they are looked for. */
const NAMED: readonly (readonly [RegExp, Kind])[] = [
  [/\btins?\b|罐/i, 'tin'],
  [/bottle|perfume|瓶/i, 'bottle'],
  [/bowl|碗/i, 'bowl'],
  [/\bcups?\b|mug|coffee|杯/i, 'cup'],
  [/vase|flower|spring|花/i, 'vase'],
  [/\bbox|gift|sampler|盒/i, 'box'],
  [/pouch|\bbags?\b|袋/i, 'pouch'],
  [/lamp|灯/i, 'lamp'],
  [/teapot|\bpots?\b|steam|pour|壶/i, 'pot'],
  [/fruit|lemon|orange|apple|果|橙|柠檬/i, 'fruit'],
  [/\bjars?\b|glass/i, 'jar'],
];
const COMPANIONS = ['vase', 'fruit', 'bowl', 'cup', 'bottle', 'box', 'jar'] as const;

/**
 * An image as SVG: a still life on a table with light from one side. What the prompt names stands in the middle, one to three things beside
 * it. The same for the same motif and size; takes of one prompt look like takes of one idea.
 */
export function drawSvg({ digest, caption, isTransparent }: Motif, size: Size): Buffer {
  const idea = chanceFrom(digestOf([caption]));
  const take = chanceFrom(digest);
  const palette = idea.pick(PALETTES);
  const room: Room = { palette, horizon: size.height * (0.6 + take.next() * 0.12), away: idea.below(2) === 0 ? 1 : -1 };
  const named = NAMED.filter(([word]) => word.test(caption)).map(([, kind]) => kind);
  const hero = named[0] ?? idea.pick(COMPANIONS);
  const unit = Math.min(size.width, size.height * 1.1);
  const background = isTransparent ? '' : drawRoom(room, size, take);
  const things = arrange({ hero, others: named.slice(1), palette, room, unit, size, tone: idea.below(palette.things.length) }, take);
  const fills = things.map(({ fill, colour, away }) => roundness(fill, colour, away)).join('');
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}" viewBox="0 0 ${size.width} ${size.height}">` +
      `<defs>${paints(room)}${fills}</defs>${background}${things.map(drawThing).join('')}${drawCaption(caption, size)}</svg>`,
  );
}

interface Arrangement {
  readonly hero: Kind;
  /** Further things that the prompt names. */
  readonly others: readonly Kind[];
  readonly palette: Palette;
  readonly room: Room;
  readonly unit: number;
  readonly size: Size;
  /** Which colour the hero has. */
  readonly tone: number;
}

/** The hero near the middle, the others to its sides and a little behind; what stands in front is drawn last. */
function arrange({ hero, others, palette, room, unit, size, tone }: Arrangement, take: Chance): readonly Placed[] {
  const { horizon, away } = room;
  const colour = (index: number): string => palette.things[index % palette.things.length] ?? palette.things[0];
  const x = size.width * (0.42 + take.next() * 0.16);
  const place = (kind: Kind, index: number, at: { x: number; y: number; size: number }, paint: string): Placed => ({
    ...{ kind, ...at, colour: paint, away },
    fill: `url(#thing${index})`,
  });
  const companions = Array.from({ length: 1 + take.below(3) }, (_, index) => {
    const side = (index % 2 === 0 ? 1 : -1) * away;
    const at = {
      x: x + side * unit * (0.2 + 0.13 * index + take.next() * 0.06),
      y: horizon + size.height * (0.05 + take.next() * 0.06),
      size: unit * (0.15 + take.next() * 0.09),
    };
    return place(others[index] ?? take.pick(COMPANIONS), index, at, colour(tone + 1 + index + take.below(2)));
  });
  const first = place(
    hero,
    companions.length,
    { x, y: horizon + size.height * 0.13, size: unit * (0.3 + take.next() * 0.06) },
    colour(tone),
  );
  return [...companions, first].sort((a, b) => a.y - b.y);
}

/** The gradient that makes a thing round: light, its colour, and its dark side. */
function roundness(fill: string, colour: string, away: 1 | -1): string {
  const [first, last] = away === 1 ? [shade(colour, 26), shade(colour, -34)] : [shade(colour, -34), shade(colour, 26)];
  return (
    `<linearGradient id="${fill.slice('url(#'.length, -1)}" x1="0" x2="1" y1="0" y2="0"><stop offset="0" stop-color="${first}"/>` +
    `<stop offset="0.45" stop-color="${colour}"/><stop offset="1" stop-color="${last}"/></linearGradient>`
  );
}

function drawCaption(caption: string, size: Size): string {
  const line = excerpt(caption, LETTERS);
  if (line === '') return '';
  const fontSize = Math.max(6, Math.round(size.width / 64));
  return `<text x="${Math.round(fontSize * 1.6)}" y="${Math.round(size.height - fontSize * 1.5)}" font-family="sans-serif" font-size="${fontSize}" fill="#fff" fill-opacity="0.55">${escapeXml(`sandbox · ${line}`)}</text>`;
}

/** Control characters and lone surrogates are not allowed in XML at all. */
function escapeXml(text: string): string {
  const allowed = text.replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '');
  return allowed.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
