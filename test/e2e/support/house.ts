import { type FakeProvider, startFakeProvider } from '../../support/fake-provider';
import { startAtelier, type AtelierOptions, type TestAtelier } from '../../support/stack';
import { createCalls, type Calls } from './calls';

/** An installation with two fake providers behind it. */
export interface House extends Calls {
  readonly atelier: TestAtelier;
  readonly first: FakeProvider;
  readonly second: FakeProvider;
}

export interface HouseOptions extends Pick<AtelierOptions, 'env' | 'copies' | 'root'> {
  /** Further models, as lines of the configuration. */
  readonly models?: string;
  /** Further providers, likewise. */
  readonly providers?: (first: FakeProvider, second: FakeProvider) => string;
}

/** How long a whole installation may take to come up or go on a busy machine. */
const START_MS = 150_000;
const STOP_MS = 90_000;

/**
 * Gives the test file one installation whose models have two routes each: `first` is always tried before `second`. Both fakes are
 * reset before each test.
 */
export function useHouse(options: HouseOptions = {}): House {
  let house: House | undefined;
  const undo: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    const first = await startFakeProvider();
    undo.push(() => first.close());
    const second = await startFakeProvider();
    undo.push(() => second.close());
    const atelier = await startAtelier({
      config: `${providersConfig(first, second)}${options.providers?.(first, second) ?? ''}${MODELS}${options.models ?? ''}`,
      ...(options.env === undefined ? {} : { env: options.env }),
      ...(options.copies === undefined ? {} : { copies: options.copies }),
      ...(options.root === undefined ? {} : { root: options.root }),
    });
    undo.push(() => atelier.stop());
    house = { atelier, first, second, ...createCalls(atelier.origin, atelier.keys.production, atelier.adminKey) };
  }, START_MS);

  beforeEach(() => {
    house?.first.reset();
    house?.second.reset();
  });

  afterAll(async () => {
    for (const close of undo.reverse()) await close();
  }, STOP_MS);

  return new Proxy({} as House, {
    get: (_target, name) => {
      if (house === undefined) throw new Error('The installation starts in beforeAll: use it inside a test or hook.');
      return house[name as keyof House];
    },
  });
}

/** Tests make providers fail in rows, and count the calls. */
const NO_BREAKERS = 'breaker: { failures: 10000, window_s: 1, open_s: 1 }\n';

function providersConfig(first: FakeProvider, second: FakeProvider): string {
  return `${NO_BREAKERS}providers:
  - { name: first, kind: openai, base_url: "${first.baseUrl}" }
  - { name: second, kind: openai, base_url: "${second.baseUrl}" }
  - { name: rebuying, kind: openai, base_url: "${first.baseUrl}", on_unknown_outcome: retry }
  - { name: sandbox, kind: sandbox }
`;
}

/** A micro-dollar per input token and two per output token make costs that can be counted by hand. */
const TEXT_PRICE = 'price: { input_per_1m_usd: "1", output_per_1m_usd: "2" }';
const ONCE = 'retries: { per_route: 1 }';
const bothRoutes = (model: string): string =>
  `routes: [{ provider: first, model: ${model}, priority: 10 }, { provider: second, model: ${model}-2 }]`;

const MODELS = `models:
  - { name: text, modality: text, ${TEXT_PRICE}, ${ONCE}, timeouts: { first_byte_ms: 1000 }, ${bothRoutes('fake-text')} }
  - { name: text-patient, modality: text, ${TEXT_PRICE}, ${bothRoutes('fake-text')} }
  - { name: image, modality: image, price: { per_image_usd: "0.01" }, ${ONCE}, timeouts: { submit_ms: 1000 }, ${bothRoutes('fake-image')} }
  - name: image-rebought
    modality: image
    price: { per_image_usd: "0.01" }
    retries: { per_route: 1 }
    timeouts: { submit_ms: 1000 }
    routes: [{ provider: rebuying, model: fake-image, priority: 10 }, { provider: second, model: fake-image-2 }]
  - { name: video, modality: video, price: { per_second_usd: "0.1" }, ${ONCE}, ${bothRoutes('fake-video')} }
  - { name: sandbox-text, modality: text, price: free, routes: [{ provider: sandbox, model: sandbox-text }] }
  - { name: sandbox-image, modality: image, price: free, routes: [{ provider: sandbox, model: sandbox-image }] }
  - { name: sandbox-video, modality: video, price: free, routes: [{ provider: sandbox, model: sandbox-video }] }
`;
