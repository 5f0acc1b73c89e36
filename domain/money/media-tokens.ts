import type { Size } from '../task/output-size';
import { imageSizeOfBase64 } from './image-size';

/** Tokens of an image, audio or file part: the most that a provider may count, and what we count when it says nothing. */
export interface MediaTokens {
  readonly bound: number;
  /** Never above `bound`. */
  readonly estimate: number;
}

/** A part's tokens, and which of its fields hold the data that must not be counted as text. */
export interface MediaPart extends MediaTokens {
  readonly fields: readonly string[];
}

type Json = Readonly<Record<string, unknown>>;

/** OpenAI's tile rule: an image is fitted into 2048 × 2048, its shorter side into 768; 85 tokens and 170 for each tile of 512 × 512. */
const TILES = { base: 85, each: 170, longest: 2048, shortest: 768, side: 512 };
/** The rule of models that cut into patches of 32 × 32: so many at most, times the largest factor published for any model. */
const PATCHES = { side: 32, most: 1_536, factor: 2.46, lowSide: 512 };
/** `detail: "original"`: up to 10,000 patches, times 1.2. */
const ORIGINAL_TOKENS = 12_000;
/** An image whose size we do not know (a link, another format) counts as the most expensive one of these rules. */
const LARGEST: Size = { width: 2048, height: 768 };
/** What image models count for an image in their answer; larger ones beyond two megapixels. */
const ANSWER_IMAGE = { tokens: 1_290, largeTokens: 2_000, largePixels: 2_000_000 };

/** Sound: 8 kbit/s, the lowest useful rate, is 133 base64 characters per 100 ms; a token is 100 ms at the finest. */
const SOUND_CHARACTERS_PER_TOKEN = 64;
/** What sound is usually like: compressed speech of 32 kbit/s, or PCM of 16 kHz, at ten tokens a second. */
const SOUND_BYTES_PER_TOKEN = { compressed: 400, pcm: 3_200 };
/** A video of 200 kbit/s at 300 tokens a second. */
const VIDEO_BYTES_PER_TOKEN = { bound: 40, estimate: 83 };
/** A file that we only know by its id or link counts as one of this size. */
const UNKNOWN_FILE_BYTES = 32_768;

/** The part's tokens when it is an image, audio, video or file part; undefined for text and anything else. */
export function mediaTokens(part: Json): MediaPart | undefined {
  switch (part['type']) {
    case 'image_url':
    case 'input_image':
    case 'image':
      return imagePart(part);
    case 'input_audio':
      return isJson(part['input_audio']) ? { ...soundTokens(part['input_audio']), fields: ['input_audio'] } : undefined;
    case 'video_url':
    case 'input_video':
      return videoPart(part);
    case 'file':
    case 'input_file':
      return filePart(part);
    default:
      return undefined;
  }
}

/** Tokens of an image that an answer holds. */
export function answerImageTokens(part: Json): number {
  const size = sizeOf(dataOf(part['image_url'] ?? part['source'] ?? part['image'] ?? part));
  const isLarge = size !== undefined && size.width * size.height > ANSWER_IMAGE.largePixels;
  return isLarge ? ANSWER_IMAGE.largeTokens : ANSWER_IMAGE.tokens;
}

/** Tokens of sound: `{data, format}`, the data in base64. */
export function soundTokens(sound: Json): MediaTokens {
  const characters = typeof sound['data'] === 'string' ? sound['data'].length : 0;
  const perToken = ['wav', 'pcm', 'pcm16'].includes(String(sound['format'])) ? SOUND_BYTES_PER_TOKEN.pcm : SOUND_BYTES_PER_TOKEN.compressed;
  return { bound: 100 + Math.ceil(characters / SOUND_CHARACTERS_PER_TOKEN), estimate: Math.ceil((characters * 0.75) / perToken) };
}

function imagePart(part: Json): MediaPart | undefined {
  const image = part['image_url'] ?? part['source'] ?? part['image'] ?? part['file_id'];
  if (image === undefined || image === null) return undefined;
  const detail = isJson(image) && image['detail'] !== undefined ? image['detail'] : part['detail'];
  return { ...imageTokens(sizeOf(dataOf(image)), detail), fields: ['image_url', 'source', 'image'] };
}

function imageTokens(known: Size | undefined, detail: unknown): MediaTokens {
  if (detail === 'low') {
    return { bound: Math.ceil((PATCHES.lowSide / PATCHES.side) ** 2 * PATCHES.factor), estimate: TILES.base };
  }
  const tiles = tileTokens(known ?? LARGEST);
  if (detail === 'original') return { bound: ORIGINAL_TOKENS, estimate: tiles };
  return { bound: Math.max(tiles, patchTokens(known)), estimate: tiles };
}

function tileTokens({ width, height }: Size): number {
  const first = Math.min(1, TILES.longest / Math.max(width, height));
  const second = Math.min(1, TILES.shortest / (Math.min(width, height) * first));
  const tilesOf = (side: number): number => Math.max(1, Math.ceil((side * first * second - 1e-6) / TILES.side));
  return TILES.base + TILES.each * tilesOf(width) * tilesOf(height);
}

function patchTokens(size: Size | undefined): number {
  const patches = size === undefined ? PATCHES.most : Math.ceil(size.width / PATCHES.side) * Math.ceil(size.height / PATCHES.side);
  return Math.ceil(Math.min(PATCHES.most, patches) * PATCHES.factor);
}

function videoPart(part: Json): MediaPart | undefined {
  const video = part['video_url'] ?? part['input_video'];
  if (video === undefined || video === null) return undefined;
  const bytes = bytesOf(dataOf(video));
  return {
    bound: Math.ceil(Math.max(bytes / VIDEO_BYTES_PER_TOKEN.bound, UNKNOWN_FILE_BYTES)),
    estimate: Math.ceil(Math.max(bytes / VIDEO_BYTES_PER_TOKEN.estimate, UNKNOWN_FILE_BYTES / 4)),
    fields: ['video_url', 'input_video'],
  };
}

/** A file's text: each byte a token at most, four bytes a token as a rule. */
function filePart(part: Json): MediaPart | undefined {
  const file = isJson(part['file']) ? part['file'] : part;
  const data = file['file_data'];
  const bytes = typeof data === 'string' ? bytesOf({ text: data, start: startOf(data) ?? 0 }) : UNKNOWN_FILE_BYTES;
  return { bound: Math.ceil(bytes), estimate: Math.ceil(bytes / 4), fields: ['file', 'file_data', 'file_url'] };
}

interface Data {
  readonly text: string;
  readonly start: number;
}

/** Where the base64 of an image or video lies: a `data:` URL, in text or in an object, or `{data}` of a source. */
function dataOf(value: unknown): Data | undefined {
  if (typeof value === 'string') {
    const start = startOf(value);
    return start === undefined ? undefined : { text: value, start };
  }
  if (!isJson(value)) return undefined;
  if (typeof value['data'] === 'string') return { text: value['data'], start: startOf(value['data']) ?? 0 };
  return dataOf(value['url'] ?? value['image_url']);
}

function startOf(text: string): number | undefined {
  if (!/^data:/i.test(text)) return undefined;
  const comma = text.indexOf(',');
  return comma === -1 ? undefined : comma + 1;
}

function sizeOf(data: Data | undefined): Size | undefined {
  return data === undefined ? undefined : imageSizeOfBase64(data.text, data.start);
}

function bytesOf(data: Data | undefined): number {
  return data === undefined ? 0 : (data.text.length - data.start) * 0.75;
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
