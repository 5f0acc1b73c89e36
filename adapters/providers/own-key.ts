import { AppError, toAppError } from '../../domain/errors';
import type { MediaProvider, ProviderAdapter, TextProvider } from '../../domain/provider/provider';

/** The key with which a credential is known at the gateway that it comes from. @throws AppError `provider_auth` when it is not kept (any more) */
export type OwnKeyOf = (credentialId: number) => Promise<string>;

/** What New API and One API say when the balance or the key has nothing left. */
const SPENT = /quota/i;

/**
 * An adapter of the old gateway that is called with its caller's own key. What that gateway holds against the key is the caller's: neither the
 * provider's fault nor a reason to serve the request elsewhere, which would spend the same balance twice.
 */
export function withOwnKey(open: () => Promise<ProviderAdapter>): ProviderAdapter {
  const text = async <Answer>(work: (text: TextProvider) => Promise<Answer>): Promise<Answer> => {
    const there = (await open()).text ?? lacking();
    return told(() => work(there));
  };
  const media = async (): Promise<MediaProvider> => (await open()).media ?? lacking();
  return {
    drawsWatermark: false,
    text: {
      chat: (call) => text((there) => there.chat(call)),
      embed: (call) => text((there) => there.embed(call)),
      moderate: (call) => text((there) => there.moderate?.(call) ?? lacking()),
      speak: (call) => text((there) => there.speak?.(call) ?? lacking()),
      transcribe: (call) => text((there) => there.transcribe?.(call) ?? lacking()),
    },
    media: {
      submit: async (call) => {
        const there = await media();
        return told(() => there.submit(call));
      },
      poll: async (job) => (await media()).poll(job),
      open: async (job, ref) => (await media()).open(job, ref),
      cancel: async (job) => (await (await media()).cancel?.(job)) ?? false,
    },
  };
}

async function told<Answer>(work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (caught) {
    throw ofCaller(toAppError(caught));
  }
}

function lacking(): never {
  throw new AppError('provider_not_found', 'The old gateway serves no such requests.');
}

function ofCaller(error: AppError): AppError {
  if (error.code !== 'provider_auth') return error;
  const { providerCode = '', providerMessage = '' } = error.facts;
  const words = providerMessage === '' ? providerCode : providerMessage;
  return SPENT.test(`${providerCode} ${providerMessage}`)
    ? new AppError('insufficient_quota', `The old gateway says that this key has nothing left there: ${words}`, error.facts, error)
    : new AppError('invalid_api_key', `The old gateway, which serves this key for now, refuses it: ${words}`, error.facts, error);
}
