import { startFakeProvider, type FakeProvider } from '../../support/fake-provider';
import { startAtelier, type TestAtelier } from '../../support/stack';

const config = (baseUrl: string) => `providers:
  - { name: fake, kind: openai, base_url: "${baseUrl}", api_key: "\${FAKE_KEY}" }
models:
  - name: words
    modality: text
    price: { input_per_1m_usd: "1", output_per_1m_usd: "2" }
    routes: [{ provider: fake, model: up-words }]
  - name: image
    modality: image
    price: { per_image_usd: "0.02" }
    routes: [{ provider: fake, model: up-image }]
  - name: video
    modality: video
    price: { per_second_usd: "0.01" }
    routes: [{ provider: fake, model: up-video }]
  - name: unpriced
    modality: text
    routes: [{ provider: fake, model: up-words }]
`;

export interface CliInstallation {
  readonly atelier: TestAtelier;
  readonly fake: FakeProvider;
  /** The environment of a member of the sample team. */
  readonly member: NodeJS.ProcessEnv;
  /** The environment of the operator. */
  readonly operator: NodeJS.ProcessEnv;
}

/** One installation with priced models at a fake provider, for all tests of a file. */
export function useInstallation(): CliInstallation {
  let fake: FakeProvider;
  let atelier: TestAtelier;
  beforeAll(async () => {
    fake = await startFakeProvider();
    atelier = await startAtelier({ config: config(fake.baseUrl), env: { FAKE_KEY: 'fake-key' } });
  }, 120_000);
  afterAll(async () => {
    await atelier.stop();
    await fake.close();
  }, 60_000);
  return {
    get atelier() {
      return atelier;
    },
    get fake() {
      return fake;
    },
    get member() {
      return { ATELIER_BASE_URL: atelier.baseUrl, ATELIER_KEY: atelier.keys.production };
    },
    get operator() {
      return { ATELIER_BASE_URL: atelier.baseUrl, ATELIER_KEY: atelier.adminKey };
    },
  };
}
