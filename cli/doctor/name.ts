import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { end, goodBut, type Finding, type Patient } from './step';

const EXAMPLE = 'A base URL looks like http://127.0.0.1:4000/v1 or https://atelier.example.com/v1.';
const ENDPOINT = /\/(chat\/completions|completions|models|tasks|images(\/\w+)?|videos|embeddings|moderations|audio(\/\w+)?|responses)$/;

/** Is the base URL one, and is its host known? */
export async function lookAtName({ base }: Patient): Promise<Finding> {
  if (/["'<>\s]/.test(base)) return end(`The base URL ${JSON.stringify(base)} has quotes or spaces in it.`, 'Remove them.', EXAMPLE);
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(base)) return end(`The base URL "${base}" does not begin with http:// or https://.`, EXAMPLE);
  if (!URL.canParse(base)) return end(`"${base}" is not an address.`, EXAMPLE);
  const url = new URL(base);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    return end(`The base URL begins with ${url.protocol}//, not http:// or https://.`, EXAMPLE);
  const endpoint = ENDPOINT.exec(url.pathname)?.[0];
  if (endpoint !== undefined) {
    return end(
      `The base URL names an endpoint (${endpoint}); SDKs add that themselves.`,
      `Use ${base.slice(0, -endpoint.length)} instead.`,
    );
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0) return goodBut(`${host} is an IP address; no DNS lookup needed.`, ...reachOf([host], url));
  try {
    const addresses = await lookup(host, { all: true });
    const found = addresses.map(({ address }) => address);
    return goodBut(`${host} is ${found.join(', ')}.`, ...reachOf(found, url));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    return end(
      `The name ${host} is not known (${code}).`,
      code === 'EAI_AGAIN'
        ? 'The name server does not answer: check the network.'
        : 'Check its spelling; inside containers, use the name of the service.',
    );
  }
}

/** From where these addresses can't be reached, and what to use there. */
function reachOf(addresses: readonly string[], url: URL): readonly string[] {
  const ranges = new Set(addresses.map((address) => (ipaddr.isValid(address) ? ipaddr.process(address).range() : 'unknown')));
  if (ranges.has('loopback')) {
    const inDocker = `${url.protocol}//host.docker.internal${url.port === '' ? '' : `:${url.port}`}${url.pathname}`;
    return [
      `Only this machine reaches it. From a container use ${inDocker} (on Linux with --add-host host.docker.internal:host-gateway). Cursor and other clients of a cloud need a public https address.`,
    ];
  }
  const isPrivate = [...ranges].some((range) => ['private', 'uniqueLocal', 'linkLocal', 'carrierGradeNat'].includes(range));
  return isPrivate
    ? ['It is a private address: Cursor and other clients of a cloud cannot reach it. They need a public https address or a tunnel.']
    : [];
}
