import { AppError } from '../errors';
import type { TextSigner } from '../access/secrets';
import type { Asset } from './task';

/** How long a link works that is given out, in seconds. */
export const LINK_LIFE_S = 3_600;

/** What of an asset a link leads to. */
export type LinkPart = 'content' | 'thumbnail';

/** A link to a stored file, signed for a while: GET and HEAD work without a key. */
export interface SignedLink {
  readonly url: string;
  readonly thumbnailUrl: string | null;
  readonly expiresAt: Date;
}

/**
 * Links to files, by asset id; signed now, they work for an hour. There is none to a file whose retention has passed.
 * @param options.baseUrl - where users reach the api, without a trailing slash
 * @param options.lifeS - how long they work, in seconds; default: an hour
 */
export function signLinks(
  links: TextSigner,
  assets: readonly Asset[],
  { baseUrl, now, lifeS = LINK_LIFE_S }: { readonly baseUrl: string; readonly now: Date; readonly lifeS?: number },
): ReadonlyMap<string, SignedLink> {
  const expires = Math.floor(now.getTime() / 1_000) + lifeS;
  const expiresAt = new Date(expires * 1_000);
  const urlOf = (id: string, part: LinkPart): string =>
    `${baseUrl}/v1/assets/${id}/${part}?expires=${String(expires)}&signature=${links.sign(textOf(id, part, expires))}`;
  const kept = assets.filter(({ contentsExpiredAt }) => contentsExpiredAt === undefined);
  return new Map(
    kept.map(({ id, thumbnailKey }) => {
      const thumbnailUrl = thumbnailKey === null ? null : urlOf(id, 'thumbnail');
      return [id, { url: urlOf(id, 'content'), thumbnailUrl, expiresAt }];
    }),
  );
}

/** The query of a link as it came back. */
export interface GivenLink {
  readonly id: string;
  readonly part: LinkPart;
  readonly expires: string;
  readonly signature: string;
}

/** @throws AppError `invalid_link` when it is not one that was given out, or not any more */
export function assertLink(links: TextSigner, { id, part, expires, signature }: GivenLink, now: Date): void {
  const until = /^\d{1,12}$/.test(expires) ? Number(expires) : Number.NaN;
  if (Number.isNaN(until) || !links.verify(textOf(id, part, until), signature)) {
    throw new AppError(
      'invalid_link',
      'This link was not issued by this installation, or was modified. Read the task or asset for a new one.',
    );
  }
  if (until * 1_000 <= now.getTime()) {
    const when = new Date(until * 1_000).toISOString();
    throw new AppError('invalid_link', `This link expired at ${when}. Read the task or asset for a new one.`);
  }
}

/** True for a link that was given out, also one whose hour is over. */
export function isGivenOut(links: TextSigner, { id, part, expires, signature }: GivenLink): boolean {
  return links.verify(textOf(id, part, Number(expires)), signature);
}

function textOf(id: string, part: LinkPart, expires: number): string {
  return `${id}/${part} until ${String(expires)}`;
}
