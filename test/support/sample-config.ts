import { SAMPLE_TEAM, SAMPLE_VARIABLES } from '../../adapters/embedded/up/credentials';

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
