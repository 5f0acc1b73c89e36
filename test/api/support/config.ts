export const KEYS = { site: 'sk-site-0123456789abcdef', poor: 'sk-poor-0123456789abcdef', other: 'sk-other-0123456789abcdef' };

/** What is configured. */
export const CONFIG = `
providers:
  - { name: fake, kind: openai, base_url: "http://127.0.0.1:1/v1", api_key: "\${PROVIDER_KEY}" }
models:
  - name: gpt-test
    modality: text
    price: { input_per_1m_usd: "0.25", output_per_1m_usd: "2.00" }
    context_window: 8000
    capabilities: { image_input: true }
    routes: [{ provider: fake, model: up-text }]
  - { name: vendor/slashed, modality: text, tier: economy, price: free, routes: [{ provider: fake, model: up-text }] }
  - { name: "@cf/meta/llama-3.1-8b", modality: text, price: free, routes: [{ provider: fake, model: "@cf/meta/llama-3.1-8b", when: { classes: [production] } }] }
  - { name: embed-test, modality: text, price: free, shutdown_date: "2999-12-31", capabilities: { embeddings: true }, routes: [{ provider: fake, model: up-embed }] }
  - { name: unpriced, modality: text, shutdown_date: "2020-01-31", routes: [{ provider: fake, model: up-text }] }
  - name: image-test
    modality: image
    price: { per_image_usd: "0.02" }
    capabilities: { sizes: ["1024x1024", "512x512"], max_n: 4, max_input_images: 1 }
    routes: [{ provider: fake, model: up-image }]
  - { name: video-test, modality: video, price: { per_second_usd: "0.1" }, routes: [{ provider: fake, model: up-video }] }
teams:
  - name: studio
    credentials:
      - { name: site, class: production, key: "\${KEY_SITE}" }
      - { name: poor, class: test, key: "\${KEY_POOR}", limit_usd: "0.01", models: ["gpt-test", "image-test"] }
  - name: rival
    credentials: [{ name: other, class: production, key: "\${KEY_OTHER}" }]
`;

/** Values of the variables that it names. */
export const VARIABLES = { PROVIDER_KEY: 'k', KEY_SITE: KEYS.site, KEY_POOR: KEYS.poor, KEY_OTHER: KEYS.other };
