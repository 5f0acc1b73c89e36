/** Colours that lie well together: a wall and a table, each from its light to its dark side, and five things. */
export interface Palette {
  readonly wall: readonly [light: string, dark: string];
  readonly table: readonly [light: string, dark: string];
  readonly things: readonly [string, string, string, string, string];
  /** How strongly the light falls on the wall, 0 to 1. */
  readonly light: number;
}

export const PALETTES: readonly [Palette, ...Palette[]] = [
  {
    wall: ['#ede6da', '#d6cab8'],
    table: ['#c8b69d', '#b09a7e'],
    things: ['#8c5b3f', '#efe3ce', '#6e7f73', '#b8695a', '#3f4a4e'],
    light: 0.5,
  },
  {
    wall: ['#e0e9e2', '#bfd0c5'],
    table: ['#9db2a3', '#7f9989'],
    things: ['#f1ebdd', '#56756a', '#c79a6b', '#2f4a45', '#e0b8a0'],
    light: 0.5,
  },
  {
    wall: ['#4a4b63', '#7a6379'],
    table: ['#2b2a37', '#3b3444'],
    things: ['#d98e73', '#f0c9a4', '#7c86a8', '#a8586a', '#e9e1da'],
    light: 0.35,
  },
  {
    wall: ['#f4e0c9', '#e7b98f'],
    table: ['#b9683f', '#974b2f'],
    things: ['#fff3e2', '#4c5b4f', '#d9822b', '#7a2e22', '#e9c08d'],
    light: 0.5,
  },
  {
    wall: ['#d2d9df', '#a8b5c1'],
    table: ['#70818f', '#556678'],
    things: ['#f4f1ea', '#2e3a46', '#c8b79b', '#8fa3b3', '#b5574b'],
    light: 0.45,
  },
  {
    wall: ['#f3e3df', '#e0bfba'],
    table: ['#ba8d87', '#9c6e6a'],
    things: ['#fbf3ec', '#7d4b52', '#d8a48f', '#5e6b66', '#f0c7b8'],
    light: 0.5,
  },
  {
    wall: ['#24302f', '#3c4c48'],
    table: ['#151c1c', '#222c2b'],
    things: ['#e4d6b9', '#7fa08f', '#c46a45', '#4c5f5d', '#f2efe6'],
    light: 0.3,
  },
  {
    wall: ['#f5eed8', '#e5d7ae'],
    table: ['#c9a961', '#a88645'],
    things: ['#fffdf3', '#6b6a3a', '#b5562f', '#2f3b3a', '#ddbb72'],
    light: 0.5,
  },
];

/** A colour made lighter (above 0) or darker, by so many of 255. */
export function shade(colour: string, by: number): string {
  const channels = [1, 3, 5].map((at) => Math.max(0, Math.min(255, Number.parseInt(colour.slice(at, at + 2), 16) + by)));
  return `#${channels.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}
