import ipaddr from 'ipaddr.js';

/** An address or CIDR of either family, in full: "192.0.2.7", "10.0.0.0/8", "2001:db8::/32". */
export function isNetwork(text: string): boolean {
  const [address = ''] = text.split('/');
  // The library also reads "10" and "0x7f.1" as addresses, and addresses with a zone.
  if (text.includes('%') || !(address.includes(':') || ipaddr.IPv4.isValidFourPartDecimal(address))) return false;
  return text.includes('/') ? ipaddr.isValidCIDR(text) : ipaddr.isValid(text);
}
