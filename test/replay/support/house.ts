import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { createObjectStore } from '../../../adapters/storage/object-store';
import { eventually } from '../../support/eventually';
import { startFakeProvider, type FakeProvider } from '../../support/fake-provider';
import { startAtelier, type TestAtelier } from '../../support/stack';
import { createTestBucket } from '../../support/bucket';
import { startS3Proxy, type S3Proxy } from './s3-proxy';

const ROOT = join(__dirname, '../../..');

const CONFIG = (first: string, second: string) => `
breaker: { failures: 10000 }
providers:
  - { name: first, kind: openai, base_url: "${first}", api_key: "\${PROVIDER_KEY}" }
  - { name: second, kind: openai, base_url: "${second}", api_key: "\${PROVIDER_KEY}" }
models:
  - name: text
    modality: text
    price: { input_per_1m_usd: "1", output_per_1m_usd: "2" }
    retries: { per_route: 1 }
    routes: [{ provider: first, model: up-text, priority: 1 }, { provider: second, model: up-text, priority: 0 }]
  - { name: other-text, modality: text, price: free, retries: { per_route: 1 }, routes: [{ provider: second, model: up-other }] }
  - { name: embed, modality: text, price: free, capabilities: { embeddings: true }, routes: [{ provider: first, model: up-embed }] }
  - name: image
    modality: image
    price: { per_image_usd: "0.02" }
    retries: { per_route: 1 }
    capabilities: { sizes: ["512x512", "1024x1024"] }
    routes: [{ provider: first, model: up-image, priority: 1 }, { provider: second, model: up-image, priority: 0 }]
  - { name: other-image, modality: image, price: { per_image_usd: "0.05" }, retries: { per_route: 1 }, routes: [{ provider: second, model: up-other }] }
  - name: video
    modality: video
    price: { per_second_usd: "0.1" }
    retries: { per_route: 1 }
    routes: [{ provider: first, model: up-video, priority: 1 }, { provider: second, model: up-video, priority: 0 }]
teams:
  - name: studio
    credentials: [{ name: site, class: production, key: "\${KEY_SITE}" }, { name: poor, class: test, key: "\${KEY_POOR}", limit_usd: "0.01" }]
  - name: rival
    credentials: [{ name: other, class: production, key: "\${KEY_OTHER}" }]
`;

export const KEYS = { site: 'sk-site-0123456789abcdef', poor: 'sk-poor-0123456789abcdef', other: 'sk-other-0123456789abcdef' };

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: any;
}

export interface CallOptions {
  readonly key?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An installation with two scripted providers, whose worker reaches S3 through a proxy that can refuse to store results. */
export interface House {
  readonly atelier: TestAtelier;
  readonly first: FakeProvider;
  readonly second: FakeProvider;
  readonly s3: S3Proxy;
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  /** Submits and waits for the end. */
  made(body: object, options?: CallOptions): Promise<any>;
  ended(id: string, withinMs?: number): Promise<any>;
  ledger(): Promise<any>;
  /** Writes an object into the installation's bucket. */
  putObject(key: string, body: string): Promise<void>;
  /** Runs `atelier` with the installation's environment. */
  cli(...words: string[]): Promise<{ code: number; out: string; err: string; json: () => any }>;
  stop(): Promise<void>;
}

export async function startHouse(env: Readonly<Record<string, string>> = {}): Promise<House> {
  const [first, second, bucket] = await Promise.all([startFakeProvider(), startFakeProvider(), createTestBucket()]);
  const s3 = await startS3Proxy(bucket.endpoint);
  const close = async () => {
    await Promise.all([first.close(), second.close(), s3.close()]);
  };
  const atelier = await startAtelier({
    config: CONFIG(first.baseUrl, second.baseUrl),
    env: {
      PROVIDER_KEY: 'sk-provider-0123456789',
      KEY_SITE: KEYS.site,
      KEY_POOR: KEYS.poor,
      KEY_OTHER: KEYS.other,
      ATELIER_KEY: KEYS.site,
      S3_ENDPOINT: s3.endpoint,
      S3_BUCKET: bucket.bucket,
      ...env,
    },
  }).catch(async (error: unknown) => {
    await close();
    throw error;
  });

  async function call(method: string, path: string, options: CallOptions = {}): Promise<Answer> {
    const { key = KEYS.site, body, headers = {} } = options;
    const response = await fetch(`${atelier.origin}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) };
  }

  async function ended(id: string, withinMs = 50_000): Promise<any> {
    return eventually(
      async () => {
        const { body } = await call('GET', `/v1/tasks/${id}`);
        return ['queued', 'running'].includes(body.status) ? undefined : body;
      },
      { withinMs, everyMs: 100 },
    );
  }

  return {
    atelier,
    first,
    second,
    s3,
    call,
    ended,
    async made(body, options = {}) {
      const { status, body: task } = await call('POST', '/v1/tasks', { ...options, body });
      if (status !== 202) throw new Error(`POST /v1/tasks said ${status}: ${JSON.stringify(task)}`);
      return ended(task.id);
    },
    putObject: (key, body) => createObjectStore({ ...bucket, publicEndpoint: null }).put(key, Buffer.from(body), 'application/json'),
    async ledger() {
      return (await call('GET', '/admin/v1/ledger/verify', { key: atelier.adminKey })).body;
    },
    cli: (...words) =>
      new Promise((resolve) => {
        execFile(process.execPath, [join(ROOT, 'bin', 'atelier.js'), ...words], { env: atelier.env, cwd: ROOT }, (error, out, err) => {
          resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : 1, out, err, json: () => JSON.parse(out) });
        });
      }),
    async stop() {
      await atelier.stop();
      await close();
    },
  };
}
