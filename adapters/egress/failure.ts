import { AppError, isAppError } from '../../domain/errors';

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  ETIMEDOUT: 'no connection in time',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
  UND_ERR_HEADERS_TIMEOUT: 'no answer in time',
  UND_ERR_BODY_TIMEOUT: 'the answer did not end in time',
  UND_ERR_HEADERS_OVERFLOW: 'the headers of the answer are too large',
  UND_ERR_SOCKET: 'the connection was cut',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'the answer is not as long as it says',
  EPROTO: 'it does not speak TLS',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is self-signed',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate cannot be verified',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate cannot be verified',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
};

/** A failed call as `input_fetch_failed`: names the host, never path, query or the foreign error's text, which may hold secrets. */
export function callFailed(host: string, error: unknown): AppError {
  if (isAppError(error)) {
    return error;
  }
  return new AppError('input_fetch_failed', `${host} did not answer: ${reasonOf(error)}.`);
}

function reasonOf(error: unknown): string {
  const name = textOf(error, 'name');
  if (name === 'TimeoutError') {
    return 'no whole answer in time';
  }
  if (name === 'AbortError') {
    return 'the call was cancelled';
  }
  const code = codeOf(error);
  if (code === null) {
    return 'the connection failed';
  }
  if (code.startsWith('HPE_')) {
    return 'it does not speak HTTP';
  }
  if (code.startsWith('ERR_SSL')) {
    return 'it does not speak TLS';
  }
  return WORDS[code] ?? `the connection failed (${code})`;
}

/** Of several addresses that were tried the first one's code speaks for all. */
function codeOf(error: unknown): string | null {
  const errors = typeof error === 'object' && error !== null && 'errors' in error && Array.isArray(error.errors) ? error.errors : [];
  const code = textOf(errors.length > 0 ? errors[0] : error, 'code');
  return code !== null && /^[A-Z0-9_]{1,64}$/.test(code) ? code : null;
}

// By shape, not by class: errors of Node itself are of another realm inside a sandbox.
function textOf(error: unknown, field: 'name' | 'code'): string | null {
  const value = typeof error === 'object' && error !== null ? (error as Record<string, unknown>)[field] : undefined;
  return typeof value === 'string' ? value : null;
}
