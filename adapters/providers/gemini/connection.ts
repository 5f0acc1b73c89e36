import type { Provider } from '../../../domain/provider/catalogue';
import { authorizeByKey } from '../shared/api-key';
import { createConnection, type Connection } from '../shared/connection';
import { errorOfGoogle } from '../shared/google-error';
import type { HttpClient } from '../shared/http-client';

/** Google's Gemini API as a configured provider reaches it. */
export interface GeminiConnection extends Connection {
  /** Below the base URL: `v1/interactions`. The version is left out where the base URL already ends with one. */
  pathOf(rest: string): string;
  /** How often a job is looked at. */
  readonly pollMs: number;
}

const DEFAULT_VERSION = 'v1';
const DEFAULT_POLL_MS = 5_000;

export function connectToGemini(provider: Provider, client: HttpClient): GeminiConnection {
  const connection = createConnection(provider, client, {
    authorize: authorizeByKey(provider, (key) => ({ 'x-goog-api-key': key })),
    errorOf: (answer, effect) => errorOfGoogle(answer, connection.name, effect, connection.secrets),
  });
  const { api_version: asked } = provider.options;
  const hasVersion = /\/v\d+\w*\/*$/.test(provider.baseUrl ?? '');
  const prefix = typeof asked === 'string' ? `${asked}/` : hasVersion ? '' : `${DEFAULT_VERSION}/`;
  return { ...connection, pathOf: (rest) => `${prefix}${rest}`, pollMs: provider.pollMs ?? DEFAULT_POLL_MS };
}

/** `models/gemini-3.1-flash:generateContent`. A model may be named with its collection: `tunedModels/mine`. */
export function modelPath(model: string, method: string): string {
  return `${modelName(model)}:${method}`;
}

/** `models/gemini-3.1-flash` */
export function modelName(model: string): string {
  return model.includes('/') ? model.split('/').map(encodeURIComponent).join('/') : `models/${encodeURIComponent(model)}`;
}
