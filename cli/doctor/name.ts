import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { end, good, type Finding, type Patient } from './step';

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
  if (isIP(host) !== 0) return good(`${host} is an IP address; no DNS lookup needed.`);
  try {
    const addresses = await lookup(host, { all: true });
    return good(`${host} is ${addresses.map(({ address }) => address).join(', ')}.`);
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
