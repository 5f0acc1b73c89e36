import { AppError } from '../../domain/errors';

const SHAPE = /^data:(?:image|video)\/[\w.+-]{1,64};base64,/i;

/** The bytes of a `data:` URL of an image or video. @throws AppError `invalid_url` for another media type or encoding */
export function decodeDataUrl(url: string, param: string): Uint8Array {
  const head = SHAPE.exec(url)?.[0];
  if (head === undefined) {
    throw new AppError('invalid_url', 'A data: URL must contain an image or video in base64, such as "data:image/png;base64,iVBORw0...".', {
      param,
    });
  }
  return decodeBase64(url.slice(head.length), param);
}

/** The bytes of strict base64. @throws AppError `invalid_value` */
export function decodeBase64(text: string, param: string): Uint8Array {
  if (text.length === 0 || text.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) {
    throw new AppError('invalid_value', `Invalid ${param}: the base64 text is incomplete or contains other characters.`, { param });
  }
  return Buffer.from(text, 'base64');
}
