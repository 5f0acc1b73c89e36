import { shade } from './palette';

/** A thing on the table: where its foot stands, how large it is, and its colour. Pixels. */
export interface Placed {
  readonly kind: Kind;
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly colour: string;
  /** The fill that rounds it: light from one side. */
  readonly fill: string;
  /** 1: the light comes from the left, -1: from the right. */
  readonly away: 1 | -1;
}

export type Kind = (typeof KINDS)[number];
export const KINDS = ['tin', 'bottle', 'bowl', 'cup', 'vase', 'box', 'pouch', 'lamp', 'pot', 'fruit', 'jar'] as const;

/** Half the width of each, as a share of its size. */
const HALF_WIDTHS: Readonly<Record<Kind, number>> = {
  ...{ tin: 0.5, bottle: 0.32, bowl: 0.62, cup: 0.42, vase: 0.4, box: 0.6 },
  ...{ pouch: 0.5, lamp: 0.6, pot: 0.62, fruit: 0.34, jar: 0.44 },
};

/** Letters of SVG's paths, and the points between them. */
type Path = readonly (string | readonly [number, number])[];

/** A hand that draws with numbers relative to the thing: x in half widths from its middle, y upwards in sizes from its foot. */
interface Hand {
  readonly path: (points: Path, paint?: string) => string;
  readonly ellipse: (x: number, y: number, width: number, height: number, paint: string) => string;
  readonly light: string;
  readonly dark: string;
  readonly stroke: (width: number, colour: string, opacity?: number) => string;
}

/** A thing as SVG, with the two shadows under it: a wide one away from the light, and a close one. */
export function drawThing(placed: Placed): string {
  const { kind, x, y, size, away } = placed;
  const half = HALF_WIDTHS[kind] * size;
  const shadow = (cx: number, rx: number, ry: number, opacity: number): string =>
    `<ellipse cx="${at(cx)}" cy="${at(y)}" rx="${at(rx)}" ry="${at(ry)}" fill="url(#shadow)" fill-opacity="${opacity}"/>`;
  return (
    shadow(x + away * half * 0.55, half * 1.4, size * 0.11, 0.7) +
    shadow(x, half * 1.15, size * 0.075, 0.9) +
    DRAWINGS[kind](handFor(placed, half), away)
  );
}

function handFor({ x, y, size, colour, fill }: Placed, half: number): Hand {
  const body = `fill="${fill}"`;
  const px = (value: number): string => at(x + value * half);
  const py = (value: number): string => at(y - value * size);
  return {
    path: (points, paint = body) =>
      `<path d="${points.map((point) => (typeof point === 'string' ? point : `${px(point[0])} ${py(point[1])}`)).join(' ')}" ${paint}/>`,
    ellipse: (cx, cy, width, height, paint) =>
      `<ellipse cx="${px(cx)}" cy="${py(cy)}" rx="${at(width * half)}" ry="${at(height * size)}" ${paint}/>`,
    light: `fill="${shade(colour, 34)}"`,
    dark: `fill="${shade(colour, -52)}"`,
    stroke: (width, stroke, opacity = 1) =>
      `fill="none" stroke="${stroke === '' ? shade(colour, -14) : stroke}" stroke-opacity="${opacity}" stroke-width="${at(width * size)}" stroke-linecap="round"`,
  };
}

const WHITE = (opacity: number): string => `fill="#fff" fill-opacity="${opacity}"`;

const DRAWINGS: Readonly<Record<Kind, (hand: Hand, away: 1 | -1) => string>> = {
  tin: ({ path, ellipse, light, dark }) =>
    path(['M', [-1, 1.35], 'L', [-1, 0], 'C', [-1, -0.13], [1, -0.13], [1, 0], 'L', [1, 1.35], 'Z']) +
    path(['M', [-1.03, 1.35], 'L', [-1.03, 1.55], [1.03, 1.55], [1.03, 1.35], 'C', [1.03, 1.22], [-1.03, 1.22], [-1.03, 1.35], 'Z'], dark) +
    ellipse(0, 1.55, 1.03, 0.1, light) +
    path(['M', [-0.62, 1.05], 'L', [0.62, 1.05], [0.62, 0.38], [-0.62, 0.38], 'Z'], WHITE(0.82)) +
    ellipse(0, 0.81, 0.2, 0.1, dark) +
    path(['M', [-0.38, 0.54], 'L', [0.38, 0.54], [0.38, 0.515], [-0.38, 0.515], 'Z'], dark),

  bottle: ({ path, dark, stroke }) =>
    path([
      ...['M', [-1, 0], 'L', [-1, 0.85], 'C', [-1, 1.15], [-0.38, 1.1], [-0.34, 1.35], 'L', [-0.34, 1.62], [0.34, 1.62], [0.34, 1.35]],
      ...['C', [0.38, 1.1], [1, 1.15], [1, 0.85], 'L', [1, 0], 'C', [1, -0.08], [-1, -0.08], [-1, 0], 'Z'],
    ] as Path) +
    path(['M', [-0.46, 1.62], 'L', [0.46, 1.62], [0.46, 1.78], [-0.46, 1.78], 'Z'], dark) +
    path(['M', [-0.68, 0.8], 'L', [-0.68, 0.22]], stroke(0.05, '#fff', 0.3)),

  bowl: ({ path, ellipse, light, dark }) =>
    path(['M', [-1, 0.52], 'C', [-1, 0.1], [-0.4, 0], [0, 0], 'S', [1, 0.1], [1, 0.52], 'Z']) +
    ellipse(0, 0.52, 1, 0.12, light) +
    ellipse(0, 0.5, 0.86, 0.085, dark),

  cup: ({ path, ellipse, light, stroke }, away) =>
    path(['M', [away * 0.8, 0.5], 'C', [away * 1.75, 0.56], [away * 1.6, 0.08], [away * 0.8, 0.16]], stroke(0.07, '')) +
    path(['M', [-1, 0.66], 'C', [-1, 0.2], [-0.7, 0], [0, 0], 'S', [1, 0.2], [1, 0.66], 'Z']) +
    ellipse(0, 0.66, 1, 0.11, light) +
    ellipse(0, 0.645, 0.84, 0.075, 'fill="#5a3a22" fill-opacity="0.9"'),

  vase: ({ path, ellipse, dark, stroke }) =>
    [-1.25, -0.4, 0.6, 1.4]
      .map((lean, index) => {
        const top = 1.82 + 0.1 * index;
        const petals = index % 2 === 0 ? '#e3b7a4' : '#f6ebdd';
        return (
          path(['M', [0, 1.2], 'Q', [lean * 0.35, 1.6], [lean, top]], stroke(0.022, '#5e6b52')) +
          ellipse(lean * 0.6, 1.54, 0.22, 0.04, 'fill="#74846a"') +
          ellipse(lean, top, 0.25, 0.1, `fill="${petals}"`)
        );
      })
      .join('') +
    path([
      ...['M', [-0.4, 1.25], 'C', [-0.3, 0.95], [-1.25, 0.8], [-1, 0.35], 'C', [-0.85, 0.05], [-0.6, 0], [0, 0]],
      ...['S', [0.85, 0.05], [1, 0.35], 'C', [1.25, 0.8], [0.3, 0.95], [0.4, 1.25], 'Z'],
    ] as Path) +
    ellipse(0, 1.25, 0.42, 0.045, dark),

  box: ({ path, light, dark }) =>
    path(['M', [-1, 0], 'L', [-1, 0.82], [1, 0.82], [1, 0], 'Z']) +
    path(['M', [-1, 0.82], 'L', [-0.7, 1.02], [1.25, 1.02], [1, 0.82], 'Z'], light) +
    path(['M', [1, 0], 'L', [1, 0.82], [1.25, 1.02], [1.25, 0.2], 'Z'], dark) +
    path(['M', [-0.1, 0], 'L', [-0.1, 0.82], [0.1, 0.82], [0.1, 0], 'Z'], WHITE(0.7)),

  pouch: ({ path, ellipse, dark }) =>
    path(['M', [-0.86, 1.4], 'L', [0.86, 1.4], [1, 0.1], 'Q', [0, -0.05], [-1, 0.1], 'Z']) +
    path(['M', [-0.86, 1.4], 'L', [0.86, 1.4], [0.87, 1.27], [-0.87, 1.27], 'Z'], dark) +
    path(['M', [-0.5, 0.98], 'L', [0.5, 0.98], [0.5, 0.48], [-0.5, 0.48], 'Z'], WHITE(0.8)) +
    ellipse(0, 0.74, 0.17, 0.085, dark),

  lamp: ({ path, ellipse, dark }) =>
    path(['M', [-0.05, 0], 'L', [-0.05, 0.9], [0.05, 0.9], [0.05, 0], 'Z'], dark) +
    ellipse(0, 0, 0.5, 0.05, dark) +
    ellipse(0, 1.1, 1.7, 0.8, 'fill="url(#glow)"') +
    path(['M', [-0.55, 1.6], 'L', [0.55, 1.6], [1, 0.85], [-1, 0.85], 'Z'], 'fill="#fff1d2" fill-opacity="0.96"'),

  pot: ({ path, ellipse, light, dark, stroke }, away) =>
    path(['M', [-away * 0.8, 0.75], 'C', [-away * 1.75, 0.85], [-away * 1.55, 0.13], [-away * 0.8, 0.25]], stroke(0.075, '')) +
    path([
      ...['M', [away * 0.6, 0.45], 'C', [away * 1.1, 0.45], [away * 1.05, 0.95], [away * 1.55, 1], 'L', [away * 1.58, 0.9]],
      ...['C', [away * 1.3, 0.75], [away * 1.2, 0.15], [away * 0.5, 0.12], 'Z'],
    ] as Path) +
    path([...['M', [0, 1], 'C', [-1.35, 1], [-1.15, 0], [-0.5, 0], 'L', [0.5, 0], 'C', [1.15, 0], [1.35, 1], [0, 1], 'Z']] as readonly (
      string | readonly [number, number]
    )[]) +
    ellipse(0, 0.97, 0.5, 0.07, light) +
    ellipse(0, 1.1, 0.12, 0.075, dark),

  fruit: ({ path, ellipse, light, stroke }) =>
    ellipse(0, 0.34, 1, 0.34, light) +
    path(['M', [-1, 0.34], 'C', [-1, 0.79], [1, 0.79], [1, 0.34], 'C', [1, -0.11], [-1, -0.11], [-1, 0.34], 'Z']) +
    ellipse(-0.35, 0.48, 0.28, 0.055, WHITE(0.22)) +
    path(['M', [0, 0.66], 'Q', [0.25, 0.79], [0.6, 0.77]], stroke(0.03, '#4d5a3d')),

  jar: ({ path, dark, stroke }, away) =>
    path(['M', [-1, 0.95], 'L', [-1, 0], 'C', [-1, -0.09], [1, -0.09], [1, 0], 'L', [1, 0.95], 'Z'], WHITE(0.28)) +
    path([
      'M',
      [-0.9, 0.62],
      'L',
      [-0.9, 0.04],
      'C',
      [-0.9, -0.04],
      [0.9, -0.04],
      [0.9, 0.04],
      'L',
      [0.9, 0.62],
      'C',
      [0.9, 0.54],
      [-0.9, 0.54],
      [-0.9, 0.62],
      'Z',
    ]) +
    path(['M', [-0.95, 0.95], 'L', [-0.95, 1.11], [0.95, 1.11], [0.95, 0.95], 'C', [0.95, 0.87], [-0.95, 0.87], [-0.95, 0.95], 'Z'], dark) +
    path(['M', [-away * 0.72, 0.85], 'L', [-away * 0.72, 0.18]], stroke(0.04, '#fff', 0.45)),
};

/** A coordinate, to a tenth of a pixel. */
function at(value: number): string {
  return (Math.round(value * 10) / 10).toString();
}
