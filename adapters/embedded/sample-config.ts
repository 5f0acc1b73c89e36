/** The sample team's variables in the default configuration; the values live in credentials.json. */
export const SAMPLE_VARIABLES = {
  production: 'ATELIER_SAMPLE_KEY_PRODUCTION',
  test: 'ATELIER_SAMPLE_KEY_TEST',
  script: 'ATELIER_SAMPLE_KEY_SCRIPT',
  personal: 'ATELIER_SAMPLE_KEY_PERSONAL',
  callbackSecret: 'ATELIER_SAMPLE_CALLBACK_SECRET',
} as const;

export const SAMPLE_TEAM = 'sample';
