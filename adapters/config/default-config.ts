import { MODALITIES } from '../../domain/provider/catalogue';

/** The configuration of an installation without a file: the sandbox, whose models are free and need neither key nor network. */

/** How each model of the sandbox may misbehave, and how soon we lose patience with it. */
const VARIANTS = [
  { suffix: '', timeouts: '' },
  { suffix: '-flaky', timeouts: '' },
  { suffix: '-down', timeouts: '' },
  { suffix: '-slow', timeouts: '' },
  { suffix: '-moderated', timeouts: '' },
  // Never answers: half a minute of patience would make a poor show.
  { suffix: '-lost', timeouts: ', timeouts: { first_byte_ms: 5000, submit_ms: 5000, total_ms: 30000 }' },
] as const;

const CAPABILITIES = {
  text: '{ tools: true, embeddings: true, image_input: true, max_n: 8 }',
  image: '{ image_input: true, max_input_images: 16, partial_images: true, max_n: 10 }',
  video: '{ image_input: true, audio: true, min_duration_s: 1, max_duration_s: 30, default_duration_s: 4, max_n: 4 }',
} as const;

/** Text models that are for one thing only. */
const SPECIAL = [
  ['moderation', '{ moderations: true }'],
  ['speech', '{ speech: true }'],
  ['transcription', '{ transcriptions: true }'],
] as const;

/** YAML of the sandbox provider and its models; `sandbox-text-fallback` fails on its first route and is served by the second. */
export const DEFAULT_CONFIG = [
  'providers:',
  '  - { name: sandbox, kind: sandbox }',
  'models:',
  ...MODALITIES.flatMap((modality) =>
    VARIANTS.map(({ suffix, timeouts }) =>
      model(modality, suffix, [`{ provider: sandbox, model: sandbox-${modality}${suffix} }`], timeouts),
    ),
  ),
  ...MODALITIES.map((modality) =>
    model(modality, '-fallback', [
      `{ provider: sandbox, model: sandbox-${modality}-down, priority: 10 }`,
      `{ provider: sandbox, model: sandbox-${modality}, priority: 0 }`,
    ]),
  ),
  ...SPECIAL.map(
    ([name, capabilities]) =>
      `  - { name: sandbox-${name}, modality: text, tier: sandbox, price: free, routes: [{ provider: sandbox, model: sandbox-${name} }], capabilities: ${capabilities} }`,
  ),
  '',
].join('\n');

function model(modality: (typeof MODALITIES)[number], suffix: string, routes: readonly string[], more = ''): string {
  const head = `name: sandbox-${modality}${suffix}, modality: ${modality}, tier: sandbox, price: free`;
  return `  - { ${head}, routes: [${routes.join(', ')}], capabilities: ${CAPABILITIES[modality]}${more} }`;
}
