import type { z } from 'zod';
import type { Modality, Provider } from '../../../domain/provider/catalogue';
import type { MediaSupport } from '../../../domain/provider/media-support';
import type { ProviderAdapter } from '../../../domain/provider/provider';
import type { ChatInput, Operation, TextOperation } from '../../../domain/task/generation';
import type { HttpClient } from './http-client';

export type { MediaSupport } from '../../../domain/provider/media-support';

/**
 * All that the rest of Atelier knows of a kind of provider. The configuration's schema, which of its options are secrets (references in
 * the file, sealed in the database, redacted in messages), the check of routes and the registry are derived from the list of these.
 *
 * @example
 * export const acme: ProviderDescriptor = {
 *   kind: 'acme',
 *   address: 'https://api.acme.example',
 *   options: { api_key: z.string().optional(), region: z.enum(['eu', 'us']).default('eu') },
 *   secretOptions: ['api_key'],
 *   modalities: ['image'],
 *   params: { chat: [], embedding: [], image: ['style'], video: [] },
 *   create: (provider, tools) => createAcmeAdapter(provider, tools.client),
 * };
 */
export interface ProviderDescriptor {
  /** The value of `kind` in the configuration file. */
  readonly kind: string;
  /**
   * Where its servers are: the vendor's public address, the default of `base_url`. `none`: nothing outside is called, and the options of
   * network providers (`base_url`, `headers`, ...) are unknown to it.
   */
  readonly address: 'none' | `https://${string}`;
  /** Options of this kind beside those that all have, in the spelling of the file. */
  readonly options: z.ZodRawShape;
  /** Those of `options` that are secrets. */
  readonly secretOptions: readonly string[];
  /** What its models make; a route of another model to it is a fault of the file. */
  readonly modalities: readonly Modality[];
  /**
   * Which parameters of a caller reach its servers beside the canonical ones (prompt, messages, size, n ...). `all`: they speak OpenAI's
   * format, and what we do not know travels on. Else those that the adapter reads, by operation; the answer names the others as dropped.
   */
  readonly params: 'all' | Readonly<Partial<Record<Operation, readonly string[]>>>;
  /** What the adapter can do with one of its text models. Absent: chats and embeddings, the server judges. */
  readonly operations?: (model: string) => readonly TextOperation[];
  /**
   * For chats, in place of `params`: the parameters that this request loses with this model of this provider. To be told by the code that
   * makes the vendor's request, so that both say the same.
   */
  readonly droppedOfChat?: (provider: Provider, model: string, input: ChatInput) => readonly string[];
  /**
   * Which canonical parameters and roles of images the adapter can say in the vendor's words, for one of its models. A request with another
   * one leaves the route out before anything is reserved. Absent: all, the server judges.
   */
  readonly supports?: (operation: 'image' | 'video', model: string) => MediaSupport | null;
  /** Makes the adapter of a configured provider; once per change of its configuration. */
  readonly create: (provider: Provider, tools: ProviderTools) => ProviderAdapter;
}

/** What one process has once for all its providers. */
export interface ProviderTools {
  readonly client: HttpClient;
}
