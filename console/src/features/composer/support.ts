import type { Model } from '../../api/models';

/** What an image or video model can do, read from `GET /v1/models`; null of a list: the model says nothing, its provider decides. */
export interface Support {
  readonly ratios: readonly string[];
  readonly sizes: readonly string[] | null;
  readonly resolutions: readonly string[] | null;
  readonly qualities: readonly string[];
  readonly formats: readonly string[];
  readonly mostImages: number;
  readonly mostReferences: number;
  readonly roles: readonly string[];
  /** An image may come with a mask of what is to be changed. */
  readonly mask: boolean;
  /** It shows an image while it makes it. */
  readonly partials: boolean;
  readonly seed: boolean;
  readonly negativePrompt: boolean;
  readonly watermark: boolean;
  readonly background: boolean;
  readonly quality: boolean;
  readonly ratio: boolean;
  readonly audio: boolean;
  readonly durations: { readonly choices: readonly number[] | null; readonly least: number; readonly most: number; readonly usual: number };
}

const USUAL_RATIOS = ['1:1', '4:5', '3:4', '9:16', '3:2', '16:9'];
const USUAL_QUALITIES = ['low', 'medium', 'high'];
const FORMATS = ['png', 'jpeg', 'webp'];
const ROLES = ['reference', 'subject', 'style', 'first_frame', 'last_frame', 'mask'];
const MOST_IMAGES = 10;
const MOST_REFERENCES = 16;

export function supportOf(model: Model): Support {
  const { capabilities, supported_parameters: parameters } = model;
  const has = (name: string): boolean => parameters.includes(name);
  const sizes = textsOf(capabilities['sizes'])?.filter((size) => size !== 'auto') ?? null;
  const ratios = textsOf(capabilities['aspect_ratios']) ?? (sizes === null ? USUAL_RATIOS : [...new Set(sizes.map(ratioOf))]);
  const roles = textsOf(capabilities['roles']);
  const takesNone = Array.isArray(capabilities['roles']) && roles === null;
  const takesImages = capabilities['image_input'] !== false && !takesNone;
  const durations = capabilities['durations_s'];
  return {
    ratios,
    sizes,
    resolutions: textsOf(capabilities['resolutions']),
    qualities: textsOf(capabilities['qualities']) ?? USUAL_QUALITIES,
    formats: FORMATS,
    mostImages: numberOf(capabilities['max_n']) ?? MOST_IMAGES,
    mostReferences: takesImages ? (numberOf(capabilities['max_input_images']) ?? MOST_REFERENCES) : 0,
    roles: roles ?? ROLES,
    mask: takesImages && (roles ?? ROLES).includes('mask'),
    partials: capabilities['partial_images'] === true,
    seed: has('seed'),
    negativePrompt: has('negative_prompt'),
    watermark: has('watermark'),
    background: has('background'),
    quality: has('quality'),
    ratio: has('aspect_ratio') || sizes !== null,
    audio: has('audio'),
    durations: {
      choices: Array.isArray(durations) ? durations.filter((value): value is number => typeof value === 'number') : null,
      least: numberOf(capabilities['min_duration_s']) ?? 1,
      most: numberOf(capabilities['max_duration_s']) ?? 30,
      usual: numberOf(capabilities['default_duration_s']) ?? 5,
    },
  };
}

/** The size that a model with a list of sizes makes of a ratio; null: it has none of that ratio. */
export function sizeFor(ratio: string, sizes: readonly string[]): string | null {
  return sizes.find((size) => ratioOf(size) === ratio) ?? null;
}

/** "1536x1024" → "3:2" */
export function ratioOf(size: string): string {
  const [width = 1, height = 1] = size.split('x').map(Number);
  const divisor = greatestCommonDivisor(width, height);
  return `${width / divisor}:${height / divisor}`;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? Math.max(1, a) : greatestCommonDivisor(b, a % b);
}

function textsOf(value: unknown): readonly string[] | null {
  return Array.isArray(value) && value.length > 0 ? value.filter((one): one is string => typeof one === 'string') : null;
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}

/** "$0.04" for one, as far as the list of models says; null: by the estimate alone. */
export function priceEach(model: Model): string | null {
  const pricing = model.pricing;
  if (pricing === undefined) return null;
  if (pricing['free'] === true) return '0';
  for (const unit of ['per_image', 'per_second']) {
    const rows = pricing[unit];
    const first: unknown = Array.isArray(rows) ? rows[0] : undefined;
    if (typeof first === 'object' && first !== null && 'usd' in first && typeof first.usd === 'string') return first.usd;
  }
  return typeof pricing['per_call_usd'] === 'string' ? pricing['per_call_usd'] : null;
}
