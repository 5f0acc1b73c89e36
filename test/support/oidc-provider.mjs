/**
 * A real OpenID Connect provider as a process: `node oidc-provider.mjs '{"port", "redirectUri", "codeTtlS", "people": {...}}'`. It
 * signs in whoever is named in its form, without a password, and says "ready" on stdout once it listens.
 */
import Provider from 'oidc-provider';

const { port, redirectUri, codeTtlS, people } = JSON.parse(process.argv[2] ?? '{}');

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{ client_id: 'atelier', client_secret: 'a-secret-of-the-client', redirect_uris: [redirectUri] }],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'groups'] },
  pkce: { required: () => true },
  ttl: { AuthorizationCode: codeTtlS ?? 60 },
  findAccount: (_context, id) => (people[id] === undefined ? undefined : { accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
});
provider.listen(port, '127.0.0.1', () => process.stdout.write('ready\n'));
