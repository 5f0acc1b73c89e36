import { within } from '../../lib/time';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { AppError } from '../../domain/errors';
import { addressKind, isOwnAddress } from './address';
import { isLocalhost, parseOutsideUrl, type OutsideUrl } from './outside-url';

/** All addresses of a name, A and AAAA. Rejects when there are none. */
export type Resolve = (hostname: string) => Promise<readonly string[]>;

/** What the installation allows. */
export interface EgressRules {
  readonly allowLoopback: boolean;
  /** TCP ports that processes of the installation listen on, at this moment. */
  readonly forbiddenPorts: () => readonly number[];
  readonly resolve: Resolve;
}

/** A URL and the addresses that were found to be in order; the connection goes to these and to no other. */
export interface Destination {
  readonly url: URL;
  readonly addresses: readonly string[];
}

const PUBLIC_PORTS = [443, 8443];
const RESOLVE_TIMEOUT_MS = 5_000;

/** The system's resolver, which also knows the hosts file. */
export async function resolveBySystem(hostname: string): Promise<readonly string[]> {
  const answers = await lookup(hostname, { all: true, verbatim: true });
  return answers.map((answer) => answer.address);
}

/**
 * Decides whether a URL may be called, and at which addresses.
 * @param param - the field the URL came in by, for the error; undefined when it came from elsewhere
 * @throws AppError `invalid_url`; `input_fetch_failed` when a name that is about to be called does not resolve now
 */
export async function findDestination(text: string, rules: EgressRules, param?: string): Promise<Destination> {
  const refuse = (refused: string) =>
    new AppError(
      'invalid_url',
      `The URL${param === undefined ? '' : ` in \`${param}\``} ${refused}.`,
      param === undefined ? {} : { param },
    );

  const outside = parseOutsideUrl(text);
  if ('refused' in outside) {
    throw refuse(outside.refused);
  }
  const addresses = await addressesOf(outside, rules.resolve);
  if (addresses.length === 0) {
    if (param === undefined) {
      throw new AppError('input_fetch_failed', `The name ${outside.hostname} does not resolve at the moment.`);
    }
    throw refuse(`names a host that does not resolve (${outside.hostname}); check its spelling`);
  }
  const refused = destinationFault(outside, addresses, rules);
  if (refused !== null) {
    throw refuse(refused);
  }
  return { url: outside.url, addresses };
}

async function addressesOf(outside: OutsideUrl, resolve: Resolve): Promise<readonly string[]> {
  if (isIP(outside.hostname) !== 0) {
    return [outside.hostname];
  }
  if (isLocalhost(outside.hostname)) {
    return ['127.0.0.1', '::1'];
  }
  return within(RESOLVE_TIMEOUT_MS, resolve(outside.hostname)).catch(() => []);
}

function destinationFault(outside: OutsideUrl, addresses: readonly string[], rules: EgressRules): string | null {
  const kinds = new Set(addresses.map(addressKind));
  if (kinds.has('private') || kinds.size !== 1) {
    return 'leads to an address that is not public';
  }
  if (kinds.has('loopback') && !rules.allowLoopback) {
    return 'leads to a loopback address, which this installation does not allow (ATELIER_ALLOW_LOOPBACK)';
  }
  if (addresses.some(isOwnAddress) && rules.forbiddenPorts().includes(outside.port)) {
    return 'leads to a port of this installation itself';
  }
  if (kinds.has('loopback')) {
    return null;
  }
  if (outside.scheme !== 'https') {
    return 'is not https; only loopback addresses may be called by http';
  }
  return PUBLIC_PORTS.includes(outside.port) ? null : `names port ${outside.port}; use ${PUBLIC_PORTS.join(' or ')}`;
}
