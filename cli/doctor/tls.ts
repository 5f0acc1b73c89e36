import { connect, type TLSSocket } from 'node:tls';
import { isIP } from 'node:net';
import { connectionFailure, isTlsCode, networkCode } from '../http/connection-failure';
import { bad, end, good, type Finding, type Patient } from './step';

const HANDSHAKE_MS = 10_000;
const SOON_DAYS = 14;

/** Can a safe connection be made, when one is asked for? */
export async function lookAtTls({ base }: Patient): Promise<Finding> {
  const url = new URL(base);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (url.protocol === 'http:') {
    const isLocal = host === 'localhost' || host === '::1' || host.startsWith('127.');
    return good(
      isLocal ? 'Not used: plain HTTP to this machine.' : 'Not used: keys are sent unencrypted. Use https:// outside a private network.',
    );
  }
  try {
    return await withHandshake(url, (socket) => judge(socket, host));
  } catch (error) {
    const code = networkCode(error) ?? '';
    if (isTlsCode(code))
      return end(
        `The server at ${url.host} does not speak TLS (${code}).`,
        `Use ${base.replace(/^https:/i, 'http:')} instead, or put TLS in front of it.`,
      );
    const failure = connectionFailure(error, base);
    return end(failure.message, ...(failure.facts.advice ?? []));
  }
}

/** Does a server speak TLS, whatever its certificate? */
export async function speaksTls(url: URL): Promise<boolean> {
  return withHandshake(url, () => true).catch(() => false);
}

async function withHandshake<Result>(url: URL, judgement: (socket: TLSSocket) => Result): Promise<Result> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  // The certificate is judged below, in words; nothing is sent over this connection.
  const socket = connect({ host, port, rejectUnauthorized: false, ...(isIP(host) === 0 ? { servername: host } : {}) });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('secureConnect', resolve);
      socket.once('error', reject);
      socket.setTimeout(HANDSHAKE_MS, () => reject(Object.assign(new Error('no handshake in time'), { code: 'ETIMEDOUT' })));
    });
    return judgement(socket);
  } finally {
    socket.destroy();
  }
}

function judge(socket: TLSSocket, host: string): Finding {
  const { valid_to: validTo, subjectaltname: names } = socket.getPeerCertificate();
  if (socket.authorized) {
    const days = Math.floor((Date.parse(validTo) - Date.now()) / 86_400_000);
    return good(`The certificate is valid for ${days} more days${days < SOON_DAYS ? ': renew it soon' : ''}.`);
  }
  // Declared as an Error, it is the code as a text when the certificate is not checked by the socket itself.
  const code = String(socket.authorizationError);
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return end(
        `The certificate of ${host} expired on ${validTo}.`,
        'Operators: renew it. If it is new, check the clock of this machine.',
      );
    case 'CERT_NOT_YET_VALID':
      return end(`The certificate of ${host} is not valid yet.`, 'Check the clock of this machine.');
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return end(
        `The certificate is for other names (${names ?? 'none'}), not for ${host}.`,
        'Use one of those names in the base URL, or get a certificate for this one.',
      );
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
      return end(
        `The certificate of ${host} was issued by an authority this machine does not trust.`,
        'Tell Node about it: NODE_EXTRA_CA_CERTS=/path/of/authority.pem. (Python: SSL_CERT_FILE.)',
      );
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return end(
        `The server of ${host} does not send its complete certificate chain.`,
        'Operators: add the intermediate certificate to the server.',
      );
    default:
      return bad(`The certificate of ${host} is not trusted (${code}).`, 'Ask the operator for a valid one.');
  }
}
