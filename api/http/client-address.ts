import type { Request } from 'express';
import ipaddr from 'ipaddr.js';

/**
 * The address of the client, past trusted proxies (`ATELIER_TRUSTED_PROXIES`): IPv4 also where it came as ::ffff:192.0.2.7 or with a
 * port, as some proxies write it. Null: what a proxy wrote is no address, or the connection is gone.
 */
export function clientAddress(request: Pick<Request, 'ip'>): string | null {
  const text = request.ip ?? '';
  if (text.length > LONGEST_ADDRESS) return addressOf(text);
  let address = addresses.get(text);
  if (address === undefined) {
    address = addressOf(text);
    if (addresses.size === MOST_ADDRESSES) addresses.clear();
    addresses.set(text, address);
  }
  return address;
}

/** Most requests come from few addresses: a proxy's, or those of the services of a team. */
const addresses = new Map<string, string | null>();
const MOST_ADDRESSES = 1_000;
/** An IPv6 address with its brackets and port has fewer; a proxy may write anything. */
const LONGEST_ADDRESS = 64;

function addressOf(text: string): string | null {
  const address = /^\[(.+)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
  return ipaddr.isValid(address) ? ipaddr.process(address).toString() : null;
}

/** Whose sign-ins are counted together: an IPv4 address, or the /64 that a provider gives to one customer. */
export function networkOf(address: string | null): string {
  if (address === null) return 'unknown';
  const parsed = ipaddr.parse(address);
  if (parsed.kind() === 'ipv4') return address;
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${address}/64`).toString()}/64`;
}

type Range = [ipaddr.IPv4 | ipaddr.IPv6, number];
/** Lists live as long as the callers that hold them: a few seconds, for many requests. */
const known = new WeakMap<readonly string[], readonly Range[]>();

/** Is the address in one of the networks? @param networks - addresses and CIDRs of both families; others match nothing */
export function isWithin(address: string, networks: readonly string[]): boolean {
  let ranges = known.get(networks);
  if (ranges === undefined) known.set(networks, (ranges = networks.flatMap((network) => rangeOf(network) ?? [])));
  const parsed = ipaddr.parse(address);
  return ranges.some(([network, bits]) => network.kind() === parsed.kind() && parsed.match(network, bits));
}

function rangeOf(network: string): [Range] | null {
  const [address = '', bits] = network.split('/');
  if (!ipaddr.isValid(address)) return null;
  const parsed = ipaddr.parse(address);
  const length = bits === undefined ? parsed.toByteArray().length * 8 : Number(bits);
  // A range of IPv4 may be written in IPv6.
  if (parsed instanceof ipaddr.IPv6 && parsed.isIPv4MappedAddress() && length >= 96) return [[parsed.toIPv4Address(), length - 96]];
  return [[parsed, length]];
}
