import type { Provider } from '../../../domain/provider/catalogue';
import { authorizeByKey } from '../shared/api-key';
import { createConnection, type Connection } from '../shared/connection';
import type { HttpClient } from '../shared/http-client';
import { quirksOf, type Quirks } from './quirks';

/** One server that speaks OpenAI's wire format. */
export interface OpenAiConnection extends Connection {
  /** Where the vendor departs from OpenAI's format. */
  readonly quirks: Quirks;
  /** Streams of this model are asked to end with their usage: unless the configuration or the server itself is against it. */
  asksStreamUsage(model: string): boolean;
  /** The server refused `stream_options` for this model: never asked again, until the process or the configuration changes. */
  leaveOutStreamUsage(model: string): void;
}

export function connectToOpenAi(provider: Provider, client: HttpClient): OpenAiConnection {
  const withoutStreamUsage = new Set<string>();
  return {
    ...createConnection(provider, client, { authorize: authorizeByKey(provider) }),
    quirks: quirksOf(provider),
    asksStreamUsage: (model) => provider.options['stream_usage'] !== false && !withoutStreamUsage.has(model),
    leaveOutStreamUsage: (model) => void withoutStreamUsage.add(model),
  };
}
