import { isNetwork } from './networks';

/** Forms of addresses that the environment gives. */

export function isHttpUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url !== null && (url.protocol === 'http:' || url.protocol === 'https:') && url.username === '' && url.password === '';
}

/** An origin is a scheme, a host and perhaps a port, and nothing after; apps and extensions have schemes of their own. */
export function isOriginList(text: string): boolean {
  const origins = originsOf(text);
  return origins === '*' || origins.every((origin) => /^[a-z][a-z\d+.-]*:\/\/[^/\s?#@*]+$/.test(origin));
}

export function originsOf(text: string): '*' | readonly string[] {
  if (text.trim() === '*') return '*';
  if (text.trim().toLowerCase() === 'none') return [];
  return text.split(',').map((origin) => origin.trim().toLowerCase().replace(/\/$/, ''));
}

export function listOf(text: string): readonly string[] {
  return text.split(',').map((name) => name.trim());
}

export function isProxy(name: string): boolean {
  return ['loopback', 'linklocal', 'uniquelocal'].includes(name) || isNetwork(name);
}

export function isSmtpUrl(text: string): boolean {
  return URL.canParse(text) && ['smtp:', 'smtps:'].includes(new URL(text).protocol) && new URL(text).hostname !== '';
}

export function isPostgresUrl(text: string): boolean {
  return URL.canParse(text) && ['postgres:', 'postgresql:'].includes(new URL(text).protocol);
}
