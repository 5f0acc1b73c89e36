import { networkInterfaces } from 'node:os';
import ipaddr from 'ipaddr.js';

/** What an address is to us: only `public` may be called, `loopback` where the installation allows it. */
export type AddressKind = 'public' | 'loopback' | 'private';

const GLOBAL_UNICAST_V6: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse('2000::'), 3];

/**
 * Sorts an IP address as a resolver gives it. Everything that is not plain global unicast is `private`: also addresses that
 * carry another one inside (IPv4-mapped, 6to4, Teredo, NAT64), since a gateway on the way would unwrap them, and text that is
 * no address at all.
 */
export function addressKind(address: string): AddressKind {
  if (!ipaddr.isValid(address)) {
    return 'private';
  }
  const parsed = ipaddr.parse(address);
  const range = parsed.range();
  if (range === 'loopback') {
    return 'loopback';
  }
  if (range !== 'unicast') {
    return 'private';
  }
  // ipaddr.js calls `::7f00:1` (IPv4-compatible) and other unassigned space unicast.
  if (parsed instanceof ipaddr.IPv6 && !parsed.match(GLOBAL_UNICAST_V6)) {
    return 'private';
  }
  return 'public';
}

/** True for an address of this very machine: loopback, or one of its network interfaces. */
export function isOwnAddress(address: string): boolean {
  if (addressKind(address) === 'loopback') {
    return true;
  }
  const plain = normalized(address);
  return Object.values(networkInterfaces()).some((infos) => (infos ?? []).some((info) => normalized(info.address) === plain));
}

function normalized(address: string): string {
  return ipaddr.isValid(address) ? ipaddr.parse(address).toString() : address;
}
