import { isIP } from 'node:net';

/** A URL whose text is in order; where it leads is decided by `destination.ts`. */
export interface OutsideUrl {
  readonly url: URL;
  /** Without brackets. */
  readonly hostname: string;
  readonly port: number;
  readonly scheme: 'http' | 'https';
}

/** Why a URL is refused, in words that continue "The URL ...". */
export interface Refusal {
  readonly refused: string;
}

// Signed links of object stores run to some thousand characters.
const MAX_URL_LENGTH = 8192;
const MAX_HOST_LENGTH = 253;
// Control characters, every kind of space, invisible format characters.
const FORBIDDEN_CHARACTERS = /[\p{Cc}\p{Z}\p{Cf}\\]/u;
const LOCAL_SUFFIXES = ['internal', 'local', 'localdomain', 'arpa', 'onion'];

/**
 * Reads a URL that came from outside, strictly: the host must be written the plain way, because every other spelling of an
 * address (decimal, hexadecimal, octal, shortened, percent-encoded, full-width, mapped) exists only to hide it.
 */
export function parseOutsideUrl(text: string): OutsideUrl | Refusal {
  if (text.length > MAX_URL_LENGTH) {
    return { refused: `is longer than ${MAX_URL_LENGTH} characters` };
  }
  if (FORBIDDEN_CHARACTERS.test(text)) {
    return { refused: 'contains a space, control character or backslash; percent-encode it' };
  }
  const parts = /^(https?):\/\/([^/?#]+)/i.exec(text);
  if (parts === null || !URL.canParse(text)) {
    return { refused: 'is not an absolute http or https URL' };
  }
  const url = new URL(text);
  const authority = parts[2] ?? '';
  if (authority.includes('@')) {
    return { refused: 'contains a user name or password; remove it' };
  }
  const refused = hostFault(authority, url) ?? portFault(authority);
  if (refused !== null) {
    return { refused };
  }
  const scheme = url.protocol === 'https:' ? 'https' : 'http';
  const port = url.port === '' ? (scheme === 'https' ? 443 : 80) : Number(url.port);
  return { url, hostname: url.hostname.replace(/^\[|\]$/g, ''), port, scheme };
}

/** True for `localhost` and what ends in `.localhost` (RFC 6761): loopback by definition, no name server is asked. */
export function isLocalhost(hostname: string): boolean {
  return hostname === 'localhost' || hostname.endsWith('.localhost');
}

function hostFault(authority: string, url: URL): string | null {
  const written = authority.replace(/:[^:\]]*$/, '').toLowerCase();
  const host = url.hostname;
  if (host === '' || host.length > MAX_HOST_LENGTH) {
    return 'has no usable host';
  }
  // Punycode is the one rewriting that real names need; it never makes an address.
  const isInternationalName = written !== host && host.split('.').some((label) => label.startsWith('xn--')) && !written.includes('%');
  if (written !== host && !isInternationalName) {
    return isIP(host.replace(/^\[|\]$/g, '')) === 0 ? 'spells its host in an odd way' : 'spells an address in an odd way';
  }
  if (host.startsWith('[')) {
    return null;
  }
  if (host.endsWith('.') || host.includes('..') || !/^[a-z0-9._-]+$/.test(host)) {
    return 'spells its host in an odd way';
  }
  if (isIP(host) !== 0 || isLocalhost(host)) {
    return null;
  }
  const lastLabel = host.split('.').at(-1) ?? '';
  if (!host.includes('.') || LOCAL_SUFFIXES.includes(lastLabel)) {
    return 'names a host of a private network';
  }
  return null;
}

function portFault(authority: string): string | null {
  const port = /:([^:\]]*)$/.exec(authority)?.[1];
  return port === undefined || /^[1-9]\d{0,4}$/.test(port) ? null : 'spells its port in an odd way';
}
