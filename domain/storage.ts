import type { Asset } from './task/task';

/** Ports to the S3 object store. */

export interface StoredObject {
  readonly body: AsyncIterable<Uint8Array>;
  readonly contentType: string;
  /** Size of this body (of the range, when one was asked for). */
  readonly bytes: number;
  /** `bytes 0-99/1234` for a range answer. */
  readonly contentRange: string | null;
}

/** An object as a listing shows it. */
export interface ListedObject {
  readonly key: string;
  readonly modifiedAt: Date;
}

export interface ObjectStore {
  put(key: string, body: Uint8Array, contentType: string): Promise<void>;
  /** Streams a body of unknown length (multipart upload). @throws what `body` throws, after aborting the upload */
  putStream(key: string, body: AsyncIterable<Uint8Array>, contentType: string): Promise<void>;
  /** @param range - the request's Range header as it came. @throws AppError `not_found`, `range_not_satisfiable` */
  get(key: string, range?: string): Promise<StoredObject>;
  /** @throws AppError `not_found` */
  read(key: string): Promise<Uint8Array>;
  exists(key: string): Promise<boolean>;
  delete(key: string): Promise<void>;
  /** A page of objects whose keys begin with `prefix`, sorted by key, from the first after `after` on; at most 1,000. */
  list(prefix: string, page: { readonly after: string; readonly limit: number }): Promise<readonly ListedObject[]>;
  /** A link of the object store's own, for GET, that works for `expiresInS` seconds without a key and answers with that content disposition. */
  sign(key: string, expiresInS: number, contentDisposition?: string): Promise<string>;
}

/** Texts too large for a row, as objects. */
export interface TextStore {
  /** Repeating overwrites. @throws AppError `service_unavailable` when the object store does not take it in time */
  put(key: string, text: string): Promise<void>;
  /** @throws AppError `not_found`, `service_unavailable` */
  read(key: string): Promise<string>;
  delete(key: string): Promise<void>;
}

/** Makes assets of bytes: sniffs the type, reads dimensions or duration, writes to S3; of a video the thumbnail, too. */
export interface AssetWriter {
  /**
   * Keeps a file as an asset of the team. The same `id` gives the same keys, so a repeat overwrites itself.
   * @throws AppError `invalid_image` for an input that is no image or video; `provider_bad_response` (permanent) for a result that is surely no
   *   medium: a web page, JSON, text, nothing; `asset_storage_failed` when it cannot be stored (permanent when it is too large or gone)
   */
  write(file: NewAsset): Promise<WrittenAsset>;
}

/** Formats that an image can be had in. */
export const IMAGE_FORMATS = ['png', 'jpeg', 'webp'] as const;
export type ImageFormat = (typeof IMAGE_FORMATS)[number];

/** Makes other views of stored images, a few at once, and the next ones wait. A view that was made smaller is remembered for minutes, within a bound. */
export interface ImageViews {
  /** A WebP of at most so many pixels a side, never larger than the image. @throws AppError `invalid_image`, `not_found` */
  shrink(key: string, sidePx: number): Promise<Uint8Array>;
  /** The image in another format. @throws AppError `invalid_image`, `not_found` */
  convert(key: string, format: ImageFormat): Promise<Uint8Array>;
}

/** An asset as it was kept. */
export interface WrittenAsset extends Asset {
  /** What was asked for and could not be done to the file, in words for its owner. */
  readonly notice?: string;
  /** Of a result that is an image in hand: its bytes as they are kept. */
  readonly content?: Uint8Array;
}

export interface NewAsset {
  readonly id: string;
  readonly teamId: number;
  readonly taskId: string | null;
  readonly index: number | null;
  /**
   * `image`, `video`, `medium` (either, or a sound): it must be one that can be read. `any`: whatever it is. `result`: what a provider delivered, kept as it came even if
   * its inside cannot be read, unless it is surely no medium.
   */
  readonly expect: 'image' | 'video' | 'medium' | 'any' | 'result';
  /** Bytes in hand or as they come (read once), with the content type they came with, or a staged object. */
  readonly source:
    | { readonly bytes: Uint8Array; readonly contentType?: string }
    | { readonly body: AsyncIterable<Uint8Array>; readonly contentType: string | null }
    | { readonly stagedKey: string };
  readonly revisedPrompt: string | null;
  /** Text to draw on an image; null: none. */
  readonly watermark: string | null;
  /** Encode an image again as png, jpeg or webp (with `compression` 0..100) when it is not so already; null: keep. */
  readonly format: string | null;
  readonly compression: number | null;
}

/** The one module for URLs that came from outside. */
export interface Egress {
  /** Refuses a URL that must not be called, without calling it. @param param - the field's name for the error. @throws AppError `invalid_url` */
  check(url: string, param: string): Promise<void>;
  /**
   * GET with caps on time and size; connects to the checked address only; no redirects unless re-checked.
   * @throws AppError `input_fetch_failed` (permanent where a repeat would fail again: 404, too large), `invalid_url`
   */
  fetch(
    url: string,
    options: { readonly maxBytes: number; readonly timeoutMs: number; readonly signal?: AbortSignal },
  ): Promise<{ readonly body: AsyncIterable<Uint8Array>; readonly contentType: string | null }>;
  /** POST of a small body; redirects are not followed. Never throws for an HTTP status. @throws AppError `invalid_url` or `input_fetch_failed` when no answer came */
  post(
    url: string,
    options: { readonly headers: Readonly<Record<string, string>>; readonly body: string; readonly timeoutMs: number },
  ): Promise<{ readonly status: number; readonly excerpt: string; readonly durationMs: number }>;
}

export interface AssetStore {
  /** Inserts assets; repeating an id changes nothing. */
  insert(assets: readonly Asset[]): Promise<void>;
  get(id: string, teamId: number | null): Promise<Asset | null>;
  getMany(ids: readonly string[], teamId: number): Promise<readonly Asset[]>;
}

/** A place for delivered bytes while S3 is away: rare, bounded, emptied as soon as they are stored. */
export interface SpoolStore {
  /** Repeating overwrites. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** @throws AppError `not_found` */
  get(key: string): Promise<Uint8Array>;
  remove(key: string): Promise<void>;
}
