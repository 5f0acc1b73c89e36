import type { HouseOptions } from './house';

const PRICE = 'price: { per_image_usd: "0.01" }, retries: { per_route: 1 }';
/** Two api processes, and models for each rule of routing. */
export const ROUTED: HouseOptions = {
  copies: 2,
  env: { KEY_ONE: 'sk-provider-key-one', KEY_TWO: 'sk-provider-key-two' },
  providers: (first, second) => `  - { name: reserved, kind: openai, base_url: "${second.baseUrl}", classes: [production] }
  - { name: paced, kind: openai, base_url: "${first.baseUrl}", limits: { requests_per_minute: 120 } }
  - { name: narrow, kind: openai, base_url: "${first.baseUrl}", limits: { concurrent: 2 } }
  # Its places are free when its one test begins: those of another test are given back a moment after its answers.
  - { name: slim, kind: openai, base_url: "${first.baseUrl}", limits: { concurrent: 2 } }
  - { name: metered, kind: openai, base_url: "${first.baseUrl}", limits: { requests_per_minute: 5 } }
  - { name: lost, kind: openai, base_url: "http://127.0.0.1:9/v1" }
  - { name: nameless, kind: openai, base_url: "http://atelier.invalid/v1" }
  - { name: fragile, kind: openai, base_url: "${first.baseUrl}", breaker: { failures: 3, window_s: 30, open_s: 2 } }
  - name: keyed
    kind: openai
    base_url: "${first.baseUrl}"
    keys: [{ name: one, api_key: "\${KEY_ONE}", weight: 1000000 }, { name: two, api_key: "\${KEY_TWO}", weight: 0.000001 }]
`,
  models: `  - { name: strict, modality: image, ${PRICE}, fallbacks: { content_policy: [lenient] }, routes: [{ provider: first, model: fake-strict }] }
  - { name: lenient, modality: image, price: { per_image_usd: "0.03" }, routes: [{ provider: second, model: fake-lenient }] }
  - { name: strict-text, modality: text, price: { input_per_1m_usd: "1", output_per_1m_usd: "2" }, fallbacks: { content_policy: [lenient-text], context_window: [lenient-text] }, context_window: 50, routes: [{ provider: first, model: fake-strict }] }
  - { name: lenient-text, modality: text, price: { input_per_1m_usd: "10", output_per_1m_usd: "20" }, routes: [{ provider: second, model: fake-lenient }] }
  - { name: for-production, modality: text, price: free, routes: [{ provider: reserved, model: fake-text }] }
  - { name: conditional, modality: text, price: free, routes: [{ provider: first, model: fake-text, priority: 9, when: { classes: [test] } }, { provider: second, model: fake-text-2 }] }
  - { name: cheapest, modality: image, ${PRICE}, strategy: cheapest, routes: [{ provider: first, model: fake-image, priority: 9, cost: { per_image_usd: "0.009" } }, { provider: second, model: fake-image-2, cost: { per_image_usd: "0.004" } }] }
  - { name: fragile, modality: text, price: free, retries: { per_route: 1 }, routes: [{ provider: fragile, model: fake-fragile, priority: 9 }, { provider: second, model: fake-text-2 }] }
  - { name: paced, modality: image, price: free, routes: [{ provider: paced, model: fake-paced }] }
  - { name: narrow, modality: text, price: free, timeouts: { first_byte_ms: 20000 }, routes: [{ provider: narrow, model: fake-narrow }] }
  - { name: slim-or-second, modality: text, price: free, routes: [{ provider: slim, model: fake-slim, priority: 9 }, { provider: second, model: fake-text-2 }] }
  - { name: narrow-image, modality: image, price: free, routes: [{ provider: narrow, model: fake-narrow }] }
  - { name: narrow-video, modality: video, price: free, routes: [{ provider: narrow, model: fake-narrow-video }] }
  - { name: metered, modality: text, price: free, timeouts: { first_byte_ms: 700 }, routes: [{ provider: metered, model: fake-metered }] }
  - { name: lost, modality: text, price: free, routes: [{ provider: lost, model: x }, { provider: nameless, model: x }] }
  - { name: keyed-text, modality: text, price: free, retries: { per_route: 1 }, routes: [{ provider: keyed, model: fake-text }] }
`,
};
