/** The sample team's variables in the default configuration; the values live in credentials.json. */
export const SAMPLE_VARIABLES = {
  production: 'ATELIER_SAMPLE_KEY_PRODUCTION',
  test: 'ATELIER_SAMPLE_KEY_TEST',
  script: 'ATELIER_SAMPLE_KEY_SCRIPT',
  personal: 'ATELIER_SAMPLE_KEY_PERSONAL',
  callbackSecret: 'ATELIER_SAMPLE_CALLBACK_SECRET',
} as const;

export const SAMPLE_TEAM = 'sample';

/** The sandbox provider and its three models: free, and need no network. */
export const SANDBOX_CONFIG = `providers:
  - { name: sandbox, kind: sandbox }
models:
  - { name: sandbox-text, modality: text, price: free, routes: [{ provider: sandbox, model: sandbox-text }] }
  - { name: sandbox-image, modality: image, price: free, routes: [{ provider: sandbox, model: sandbox-image }] }
  - { name: sandbox-video, modality: video, price: free, routes: [{ provider: sandbox, model: sandbox-video }] }
`;

/** A team with a key of each class; holds no secret, only the names of variables. */
export const SAMPLE_TEAM_CONFIG = `teams:
  - name: ${SAMPLE_TEAM}
    callback_secret: "\${${SAMPLE_VARIABLES.callbackSecret}}"
    credentials:
      - { name: production, class: production, key: "\${${SAMPLE_VARIABLES.production}}" }
      - { name: test, class: test, key: "\${${SAMPLE_VARIABLES.test}}" }
      - { name: script, class: script, key: "\${${SAMPLE_VARIABLES.script}}" }
      - { name: personal, class: personal, key: "\${${SAMPLE_VARIABLES.personal}}" }
`;
