import { AppError, isAppError } from '../../../domain/errors';
import type { Provider } from '../../../domain/provider/catalogue';
import { createConnection, type Connection } from '../shared/connection';
import { errorOfGoogle } from '../shared/google-error';
import type { HttpClient } from '../shared/http-client';
import { isObject, parseJson, textOf } from '../shared/json';

export const DEFAULT_LOCATION = 'us-central1';
export const DEFAULT_ADDRESS = `https://${DEFAULT_LOCATION}-aiplatform.googleapis.com` as const;
const DEFAULT_STORAGE = 'https://storage.googleapis.com';
const DEFAULT_POLL_MS = 10_000;
const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
/** Keys of Google's API as it gives them out; other texts are access tokens. */
const API_KEY = /^(AIza|AQ\.)/;

/** Codes of Node and undici for a server that does not answer. */
const UNREACHABLE = /^(ECONN[A-Z]+|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE|UND_ERR_\w+)$/;

/** Vertex AI of one project and location as a configured provider reaches it. */
export interface VertexConnection extends Connection {
  /** `v1/projects/p/locations/us-central1/publishers/google/models/veo-3.1:predict`, below the base URL. */
  pathOf(model: string, method: string): Promise<string>;
  /** Where Google Cloud Storage is. */
  readonly storage: URL;
  /** How often a job is looked at. */
  readonly pollMs: number;
  /** Where videos are to be delivered, `gs://bucket/folder/`; undefined: in the answer. */
  readonly storageUri: string | undefined;
}

export function connectToVertex(provider: Provider, client: HttpClient): VertexConnection {
  const { location: asked, project, storage_uri: storageUri, storage_url: storage } = provider.options;
  const location = textOf(asked) ?? DEFAULT_LOCATION;
  const credentials = credentialsOf(provider);
  const baseUrl = provider.baseUrl === null || provider.baseUrl === DEFAULT_ADDRESS ? addressOf(location) : provider.baseUrl;
  const connection = createConnection({ ...provider, baseUrl }, client, {
    authorize: () => credentials.headers(),
    errorOf: (answer, effect) => errorOfGoogle(answer, connection.name, effect, connection.secrets),
  });
  return {
    ...connection,
    async pathOf(model, method) {
      const owner = textOf(project) ?? (await credentials.project());
      const place = owner === null ? '' : `projects/${encodeURIComponent(owner)}/locations/${encodeURIComponent(location)}/`;
      return `v1/${place}publishers/google/models/${encodeURIComponent(model)}:${method}`;
    },
    storage: new URL(textOf(storage) ?? DEFAULT_STORAGE),
    pollMs: provider.pollMs ?? DEFAULT_POLL_MS,
    storageUri: textOf(storageUri),
  };
}

function addressOf(location: string): string {
  return location === 'global' ? 'https://aiplatform.googleapis.com' : `https://${location}-aiplatform.googleapis.com`;
}

interface VertexCredentials {
  headers(): Promise<Readonly<Record<string, string>>>;
  /** The project that the credentials belong to; null: they do not say, and addresses are without one. */
  project(): Promise<string | null>;
}

/** A token or key as it is, else a service account's JSON, else what the machine has (application default credentials). */
function credentialsOf({ name, secrets }: Provider): VertexCredentials {
  const { access_token: token, api_key: key } = secrets;
  const json = secrets['credentials_json'] ?? (key?.trimStart().startsWith('{') === true ? key : undefined);
  const plain = json === undefined ? (token ?? key) : undefined;
  if (plain !== undefined) {
    const headers = token === undefined && API_KEY.test(plain) ? { 'x-goog-api-key': plain } : { authorization: `Bearer ${plain}` };
    return { headers: () => Promise.resolve(headers), project: () => Promise.resolve(null) };
  }
  const auth = once(() => openGoogleAuth(name, json));
  return {
    headers: () => auth().then(headersOf).catch(failed(name)),
    project: () =>
      auth()
        .then((google) => google.getProjectId())
        .catch(failed(name)),
  };
}

interface GoogleAuthentication {
  getRequestHeaders(): Promise<Headers>;
  getProjectId(): Promise<string>;
}

async function openGoogleAuth(name: string, json: string | undefined): Promise<GoogleAuthentication> {
  const credentials = json === undefined ? undefined : parseJson(json);
  if (json !== undefined && (!isObject(credentials) || typeof credentials['type'] !== 'string')) {
    throw new AppError('provider_auth', `The credentials_json of provider ${name} is no credentials file of Google.`);
  }
  // Loaded by those who need it: it is large.
  const { GoogleAuth, JWT } = await import('google-auth-library');
  const auth = new GoogleAuth({ scopes: SCOPE, ...(isObject(credentials) ? { credentials } : {}) });
  const client = await auth.getClient();
  // A service account signs its own tokens: no call to Google for each.
  if (client instanceof JWT) client.useJWTAccessWithScope = true;
  const given = isObject(credentials) ? textOf(credentials['project_id']) : undefined;
  return {
    getRequestHeaders: () => client.getRequestHeaders(),
    getProjectId: async () => given ?? (await auth.getProjectId()),
  };
}

async function headersOf(auth: GoogleAuthentication): Promise<Readonly<Record<string, string>>> {
  return Object.fromEntries(await auth.getRequestHeaders());
}

/** The library's own words may quote credentials. */
function failed(name: string): (error: unknown) => never {
  return (error) => {
    if (isAppError(error)) throw error;
    const status = isObject(error) ? Number(error['status'] ?? error['code']) : Number.NaN;
    const isAway = status >= 500 || (isObject(error) && UNREACHABLE.test(String(error['code'])));
    throw isAway
      ? new AppError('provider_unavailable', `Google gave no access token for provider ${name}: it could not be reached.`, {
          isUnpaid: true,
        })
      : new AppError('provider_auth', `Google gave no access token for provider ${name}. Check its credentials and its project.`);
  };
}

/** Made at the first call and kept; a failure is not. */
function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}
