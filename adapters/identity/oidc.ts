import type { OidcClient, OidcIdentity, OidcProvider } from '../../domain/access/oidc';
import { AppError } from '../../domain/errors';

const TIMEOUT_S = 10;

/** An ES module, loaded when it is needed. */
const library = () => import('openid-client');
type Configuration = Awaited<ReturnType<Awaited<ReturnType<typeof library>>['discovery']>>;

/** The library marks it as deprecated so that nobody uses it by oversight. */
interface WithoutTls {
  readonly allowInsecureRequests: (config: Configuration) => void;
}

/** The provider behind `ATELIER_OIDC_ISSUER`; it is asked for its addresses at the first sign-in, not at the start. */
export function createOidcProvider(settings: OidcClient): OidcProvider {
  let known: Promise<Configuration> | null = null;

  async function discover(): Promise<Configuration> {
    const client = await library();
    const withoutTls: WithoutTls = client;
    const issuer = new URL(settings.issuer);
    const isLoopback = ['localhost', '127.0.0.1', '[::1]'].includes(issuer.hostname);
    return client.discovery(issuer, settings.clientId, settings.clientSecret, undefined, {
      timeout: TIMEOUT_S,
      // Without TLS on this machine only.
      execute: issuer.protocol === 'http:' && isLoopback ? [withoutTls.allowInsecureRequests] : [],
    });
  }

  function configuration(): Promise<Configuration> {
    known ??= discover();
    known.catch(() => (known = null));
    return known.catch((error: unknown) => {
      throw new AppError('service_unavailable', `The identity provider does not answer as it should (${reasonOf(error)}).`, {}, error);
    });
  }

  return {
    async begin(redirectUri) {
      const [client, config] = await Promise.all([library(), configuration()]);
      const secrets = { state: client.randomState(), nonce: client.randomNonce(), codeVerifier: client.randomPKCECodeVerifier() };
      const url = client.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope: settings.scopes,
        state: secrets.state,
        nonce: secrets.nonce,
        code_challenge: await client.calculatePKCECodeChallenge(secrets.codeVerifier),
        code_challenge_method: 'S256',
      });
      return { url: url.href, secrets };
    },
    async finish(callbackUrl, { state, nonce, codeVerifier }) {
      const [client, config] = await Promise.all([library(), configuration()]);
      try {
        const tokens = await client.authorizationCodeGrant(config, callbackUrl, {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: codeVerifier,
          idTokenExpected: true,
        });
        const claims = tokens.claims();
        if (claims === undefined) throw new Error('no ID token');
        const isWhole = claims['email'] !== undefined && claims[settings.groupsClaim] !== undefined;
        const asks = !isWhole && config.serverMetadata().userinfo_endpoint !== undefined;
        const more = asks ? await client.fetchUserInfo(config, tokens.access_token, claims.sub) : {};
        return identityOf({ ...more, ...claims }, settings);
      } catch (error) {
        throw new AppError(
          'oidc_refused',
          `The identity provider's answer was refused (${reasonOf(error)}). Start the sign-in again.`,
          {},
          error,
        );
      }
    },
  };
}

type Claims = Readonly<Record<string, unknown>> & { readonly iss: string; readonly sub: string };

function identityOf(claims: Claims, { groupsClaim, trustsEmail }: OidcClient): OidcIdentity {
  const { email, email_verified: isVerified, name } = claims;
  const groups = claims[groupsClaim];
  const isOurs = isVerified === true || isVerified === 'true' || (isVerified === undefined && trustsEmail);
  return {
    subject: `${claims.iss}#${claims.sub}`,
    email: typeof email === 'string' && email !== '' && isOurs ? email.toLowerCase() : null,
    name: typeof name === 'string' && name.trim() !== '' ? name.trim().slice(0, 200) : null,
    groups: (Array.isArray(groups) ? groups : [groups]).filter((group): group is string => typeof group === 'string'),
  };
}

/** The library's codes and messages: they say what is wrong and hold no token. */
function reasonOf(error: unknown): string {
  const { code, error: oauth } = error as { readonly code?: unknown; readonly error?: unknown };
  if (typeof oauth === 'string') return oauth.slice(0, 100);
  return typeof code === 'string' ? code.slice(0, 100) : 'no usable answer';
}
