import type { Provider } from '../../../domain/provider/catalogue';

const LIFE_S = 1_800;
/** A token is not used in its last five minutes: the vendor's clock may be ahead of ours. */
const MARGIN_S = 300;
/** The vendor's clock may be behind ours. */
const NOT_BEFORE_S = 5;

/** The header that carries the key. */
export interface Bearer {
  headers(): Promise<Readonly<Record<string, string>>>;
  /** Signs anew at the next call: the vendor took the token for one that is over. False when there is nothing to sign. */
  renew(): boolean;
}

/**
 * A static API key as it is, or a token signed with the access key's secret, which is kept until shortly before it ends.
 * @param now - in milliseconds
 */
export function createBearer({ secrets }: Pick<Provider, 'secrets'>, now: () => number = Date.now): Bearer {
  const { api_key: apiKey, access_key: accessKey, secret_key: secretKey } = secrets;
  if (accessKey === undefined || secretKey === undefined) {
    const headers = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
    return { headers: () => Promise.resolve(headers), renew: () => false };
  }
  const key = new TextEncoder().encode(secretKey);
  let kept: { readonly headers: Promise<Readonly<Record<string, string>>>; readonly untilS: number } | null = null;
  const sign = async (nowS: number) => {
    // Loaded by those who sign: it takes 10 MB of every api and worker.
    const { SignJWT } = await import('jose');
    const token = new SignJWT({}).setProtectedHeader({ alg: 'HS256', typ: 'JWT' }).setIssuer(accessKey);
    const signed = await token
      .setExpirationTime(nowS + LIFE_S)
      .setNotBefore(nowS - NOT_BEFORE_S)
      .sign(key);
    return { authorization: `Bearer ${signed}` };
  };
  return {
    headers() {
      const nowS = Math.floor(now() / 1000);
      if (kept === null || nowS >= kept.untilS) kept = { headers: sign(nowS), untilS: nowS + LIFE_S - MARGIN_S };
      return kept.headers;
    },
    renew() {
      kept = null;
      return true;
    },
  };
}
