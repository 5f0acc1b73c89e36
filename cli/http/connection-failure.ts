import { CliFailure } from '../failure';

/** Error codes that say that nothing was sent: a repeat cannot do harm, nor good. */
const BEFORE_SENDING = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'EACCES']);

/** The code of a network error, of its causes when it has none itself; null when there is none. */
export function networkCode(error: unknown): string | null {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { code } = at as NodeJS.ErrnoException;
    if (typeof code === 'string') return code;
    if (at instanceof AggregateError) return networkCode(at.errors[0]);
  }
  return null;
}

/** May the request have reached the server? */
export function mayHaveArrived(error: unknown): boolean {
  const code = networkCode(error);
  return code === null || !(BEFORE_SENDING.has(code) || isTlsCode(code));
}

/** What a broken connection means, in words. */
export function connectionFailure(error: unknown, url: string): CliFailure {
  const code = networkCode(error);
  const origin = originOf(url);
  const failure = (message: string, ...advice: readonly string[]) =>
    new CliFailure(message, { code: 'unreachable', advice, details: { network: code } }, error);
  switch (code ?? '') {
    case 'ECONNREFUSED':
      return failure(
        `Nothing answers at ${origin}.`,
        'Start Atelier with `npm start`, or point --base-url (or ATELIER_BASE_URL) at where it runs.',
      );
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return failure(`The name in ${origin} is not known to DNS.`, 'Check the spelling of the base URL and your network connection.');
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ETIMEDOUT':
    case 'UND_ERR_CONNECT_TIMEOUT':
      return failure(`${origin} cannot be reached.`, 'Check the network, the firewall and the port of the base URL.');
    case 'ERR_INVALID_URL':
      return failure(`"${url}" is not an address.`, 'A base URL looks like http://127.0.0.1:4000/v1.');
    default:
  }
  if (code !== null && isTlsCode(code)) {
    return failure(
      `A secure connection to ${origin} could not be established (${code}).`,
      code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'EPROTO' || code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG'
        ? 'The server speaks plain HTTP there: write http:// in the base URL.'
        : 'The certificate is not trusted here: `atelier doctor` says what is wrong with it.',
    );
  }
  if (error instanceof Error && error.cause instanceof Error && error.cause.message === 'bad port') {
    return failure(
      `The port of ${origin} is one that HTTP clients refuse to call: it belongs to another kind of service.`,
      'Check the port of the base URL; Atelier is at 4000 unless PORT says otherwise.',
    );
  }
  if (error instanceof Error && error.name === 'TimeoutError') {
    return failure(`${origin} did not answer in time.`, 'Check whether it is overloaded: GET /readyz shows the state of its dependencies.');
  }
  return failure(`The connection to ${origin} broke${code === null ? '' : ` (${code})`}.`, 'Try again; `atelier doctor` finds out more.');
}

/** True for errors of TLS: certificates and protocols. */
export function isTlsCode(code: string): boolean {
  return /^(ERR_SSL_|ERR_TLS_|EPROTO$|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH)/.test(code);
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : url;
}
