import { lookup } from 'node:dns/promises';
import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { keysOf, type Provider } from '../../domain/provider/catalogue';
import { AppError, toAppError, type ErrorCode } from '../../domain/errors';
import type { ProviderTester, TestStep } from '../../domain/provider/health';
import { TEST_CHAT } from '../../domain/provider/probe';
import type { ProviderRegistry } from '../../domain/provider/provider';
import type { Usage } from '../../domain/task/generation';
import { PROVIDER_KINDS } from './kinds';

const PATIENCE_MS = 10_000;
const CALL_MS = 30_000;
const TIMEOUTS = { firstByteMs: CALL_MS, wholeFirstByteMs: CALL_MS, idleMs: CALL_MS, submitMs: CALL_MS, totalMs: CALL_MS };

/** What is wrong, in words an operator can act on. */
class Finding extends Error {}

type Found = Omit<TestStep, 'name' | 'durationMs'>;

/** Takes the steps to a provider one by one, the last a real call with each of its keys. */
export function createProviderTester(registry: ProviderRegistry): ProviderTester {
  return async (provider, route, signal) => {
    const steps: TestStep[] = [];
    const add = async (name: TestStep['name'], look: () => Promise<Found>): Promise<boolean> => {
      const began = performance.now();
      const found = await look();
      steps.push({ name, ...found, durationMs: Math.round(performance.now() - began) });
      return found.ok;
    };
    const take = (name: TestStep['name'], look: () => string | Promise<string>): Promise<boolean> =>
      add(name, () =>
        Promise.resolve()
          .then(look)
          .then(
            (message) => ({ ok: true, message }),
            (error: unknown) => ({ ok: false, message: error instanceof Error ? error.message : String(error) }),
          ),
      );
    const url = provider.baseUrl === null ? null : new URL(provider.baseUrl);
    const isThere =
      (await take('configuration', () => configurationOf(provider))) &&
      (url === null ||
        ((await take('dns', () => resolve(url))) &&
          (await take('connection', () => reach(url, false))) &&
          (url.protocol === 'http:' || (await take('tls', () => reach(url, true))))));
    if (!isThere) return steps;
    for (const { name: key } of keysOf(provider)) {
      const named = provider.keys === undefined ? '' : `Key "${key}": `;
      const beganAt = new Date();
      await add('call', async () => {
        try {
          const { message, usage } = await call(registry, provider, key, route, signal);
          return { ok: true, message: `${named}${message}`, call: { key, beganAt, code: null, usage } };
        } catch (error) {
          const fault = toAppError(error);
          return { ok: false, message: `${named}${wordsOf(fault, route.model)}`, call: { key, beganAt, code: fault.code, usage: null } };
        }
      });
    }
    return steps;
  };
}

function configurationOf(provider: Provider): string {
  const secrets = PROVIDER_KINDS.find(({ kind }) => kind === provider.kind)?.secretOptions ?? [];
  const hasKey = secrets.length === 0 || keysOf(provider).every((key) => Object.keys(key.secrets).length > 0);
  return hasKey ? `Kind ${provider.kind}.` : `Kind ${provider.kind}, without a key: right only for a server that asks for none.`;
}

async function resolve({ hostname }: URL): Promise<string> {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0) return `${host} is an address.`;
  try {
    const found = await lookup(host);
    return `${host} is ${found.address}.`;
  } catch (error) {
    const code = codeOf(error);
    throw new Finding(`DNS does not know the host ${host} (${code}). Check base_url, and the name server of this machine.`);
  }
}

async function reach(url: URL, isSafe: boolean): Promise<string> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  const place = `${host}:${String(port)}`;
  const socket = isSafe ? connectTls({ host, port, ...(isIP(host) === 0 ? { servername: host } : {}) }) : connectPlain({ host, port });
  try {
    await opened(socket, isSafe ? 'secureConnect' : 'connect');
    return isSafe ? `The certificate of ${host} is trusted.` : `${place} takes connections.`;
  } catch (error) {
    const code = codeOf(error);
    if (!isSafe) throw new Finding(`${place} takes no connection (${code}). Check the port in base_url, firewalls and proxies.`);
    throw new Finding(
      `TLS with ${place} fails (${code}): the certificate is not trusted here, has expired, or is for another name; or the server speaks plain HTTP.`,
    );
  } finally {
    socket.destroy();
  }
}

function opened(socket: Socket, event: string): Promise<void> {
  return new Promise((done, failed) => {
    socket.once(event, () => done());
    socket.once('error', failed);
    socket.setTimeout(PATIENCE_MS, () => failed(Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' })));
  });
}

async function call(
  registry: ProviderRegistry,
  provider: Provider,
  key: string,
  { model, modality: known }: Parameters<ProviderTester>[1],
  stopped: AbortSignal | undefined,
): Promise<{ readonly message: string; readonly usage: Usage | null }> {
  const { text, media } = registry(provider, provider.keys === undefined ? null : key);
  const modality = known ?? (text === undefined ? 'image' : 'text');
  const signal = AbortSignal.any([AbortSignal.timeout(CALL_MS), ...(stopped === undefined ? [] : [stopped])]);
  if (modality === 'text') {
    if (text === undefined) throw new AppError('provider_not_found', 'The provider serves no text models.');
    const operationKey = `test:${Date.now().toString(36)}`;
    try {
      const answer = await text.chat({ model, input: TEST_CHAT, maxOutputTokens: 1, signal, operationKey, timeouts: TIMEOUTS });
      return { message: `The model ${model} answered.`, usage: answer.usage?.usage ?? null };
    } catch (error) {
      const { code, facts } = toAppError(error);
      if (code !== 'provider_rejected' || !TOO_SHORT.test(facts.providerMessage ?? '')) throw error;
      return { message: `The model ${model} was reached; it wants more than the one token of this test to answer.`, usage: null };
    }
  }
  if (media === undefined) throw new AppError('provider_not_found', `The provider serves no ${modality} models.`);
  try {
    await media.poll({ kind: modality, model, upstreamId: 'atelier-test', signal });
  } catch (error) {
    const { code } = toAppError(error);
    // It let us in and looked for the job: all that can be learned without buying something.
    if (code !== 'provider_not_found' && code !== 'provider_rejected') throw error;
  }
  return {
    message: `The key is accepted. Nothing was made: whether the model ${model} exists shows with the first ${modality}.`,
    usage: null,
  };
}

/** Models that think first refuse to answer in one token. */
const TOO_SHORT = /max_tokens or model output limit was reached|below minimum value/i;

/** The kinds of trouble that providers tell by the code of an answer. */
const BILLING = /quota|billing|balance|arrear|payment|credit|insufficient/i;
const REGION = /region|country|territory|location/i;

function wordsOf({ code, message, facts }: AppError, model: string): string {
  const said = facts.providerMessage ?? message;
  const hint = `${facts.providerCode ?? ''} ${facts.providerMessage ?? ''}`;
  if (REGION.test(facts.providerCode ?? '')) return `The provider does not serve this region. It says: ${said}`;
  if (code === 'provider_auth' && BILLING.test(hint)) {
    return `The account has a billing problem: top it up or settle the bill at the provider. It says: ${said}`;
  }
  const words: Readonly<Partial<Record<ErrorCode, string>>> = {
    provider_auth: `The provider refuses the key: it is wrong, revoked, or not for this account or region. It says: ${said}`,
    provider_not_found: `The provider does not know the model ${model}, or there is no such API below base_url. It says: ${said}`,
    rate_limited: `The key is accepted, but the provider limits its calls right now. It says: ${said}`,
    provider_timeout: `The provider did not answer in time. It may be overloaded. (${message})`,
    outcome_unknown: `The provider took the call and did not answer in time. It may be overloaded. (${message})`,
    provider_bad_response: `What answers there does not speak this wire format: check kind and base_url. (${message})`,
    provider_unavailable: `The provider is down or overloaded. It says: ${said}`,
  };
  return words[code] ?? `The call failed (${code}). It says: ${said}`;
}

function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null ? (error as { readonly code?: unknown }).code : undefined;
  return typeof code === 'string' ? code : 'no answer';
}
