import { parse, stringify } from 'yaml';
import { DEFAULT_CONFIG } from '../../adapters/config/default-config';
import { PROVIDER_KINDS } from '../../adapters/providers/kinds';
import type { ProviderDescriptor } from '../../adapters/providers/shared/descriptor';
import type { Modality } from '../../domain/provider/catalogue';
import { ARK_KEY } from './ark';
import { DASHSCOPE_KEY } from './dashscope';
import { KLING_KEYS } from './kling';
import { MINIMAX_KEY } from './minimax';
import { VENDORS } from './vendors';

/** Models of the vendors that their servers in the lab know, by kind and what they make. */
const MODELS: Readonly<Record<string, Partial<Record<Modality, string>>>> = {
  anthropic: { text: 'claude-sonnet-4-6' },
  ark: { image: 'doubao-seedream-5-0-260128', video: 'doubao-seedance-2-0-260128' },
  bfl: { image: 'flux-kontext-pro' },
  dashscope: { image: 'qwen-image-2.0', video: 'wan2.7-t2v' },
  fal: { image: 'fal-ai/flux/dev', video: 'fal-ai/veo3.1' },
  gemini: { text: 'gemini-2.5-flash', image: 'gemini-2.5-flash-image', video: 'gemini-omni-1.1-flash' },
  kling: { image: 'kling-v3', video: 'kling-v3' },
  luma: { image: 'photon-1', video: 'ray-2' },
  minimax: { image: 'image-01', video: 'MiniMax-H3' },
  openai: { text: 'gpt-5-mini', image: 'gpt-image-2', video: 'sora-2' },
  replicate: { image: 'black-forest-labs/flux-dev', video: 'google/veo-3.1' },
  runway: { image: 'gen4_image', video: 'veo3.1' },
  vertex: { image: 'imagen-4.0-generate-001', video: 'veo-3.1-generate-001' },
  xai: { image: 'grok-imagine-image', video: 'grok-imagine-video' },
};
/** Keys that a server of the lab insists on; the others take any. */
const KEYS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  ark: { api_key: ARK_KEY },
  dashscope: { api_key: DASHSCOPE_KEY },
  minimax: { api_key: MINIMAX_KEY },
  vertex: { access_token: 'lab-token' },
  kling: { access_key: KLING_KEYS.access_key, secret_key: KLING_KEYS.secret_key },
};
/** Other options that a kind needs. */
const OPTIONS: Readonly<Record<string, object>> = { openai: { quirks: 'openai' }, vertex: { project: 'lab', location: 'us-central1' } };

/** Kinds that have an adapter, a server here and a model above. */
export function labKinds(): readonly string[] {
  return VENDORS.map(({ kind }) => kind).filter((kind) => kind in MODELS && PROVIDER_KINDS.some((descriptor) => descriptor.kind === kind));
}

/**
 * A configuration with a provider `lab-<kind>` and models `lab-<kind>-text|image|video` for each kind of the lab, free, beside those of the
 * sandbox; and the variables that hold the keys it refers to, which open nothing.
 */
export function labConfiguration(urlOf: (kind: string) => string) {
  const variables: Record<string, string> = {};
  const kinds = PROVIDER_KINDS.filter(({ kind }) => labKinds().includes(kind));
  const file = parse(DEFAULT_CONFIG) as { providers: object[]; models: object[] };
  for (const descriptor of kinds) {
    const { kind } = descriptor;
    const keys = KEYS[kind] ?? { api_key: 'lab-key' };
    const references = Object.entries(keys).map(([option, value]) => {
      const variable = `ATELIER_LAB_${kind}_${option}`.toUpperCase();
      variables[variable] = value;
      return [option, `\${${variable}}`];
    });
    file.providers.push({
      name: `lab-${kind}`,
      kind,
      base_url: `${urlOf(kind)}${pathOf(descriptor)}`,
      poll_ms: 300,
      ...OPTIONS[kind],
      ...(Object.fromEntries(references) as object),
    });
    for (const [modality, model] of Object.entries(MODELS[kind] ?? {})) file.models.push(labModel(kind, modality as Modality, model));
  }
  return { configuration: stringify(file), variables };
}

function labModel(kind: string, modality: Modality, model: string) {
  return {
    name: `lab-${kind}-${modality}`,
    modality,
    tier: 'lab (simulated)',
    price: 'free',
    routes: [{ provider: `lab-${kind}`, model }],
    // Faults that never answer would try patience.
    timeouts: { first_byte_ms: 5_000, submit_ms: 5_000, idle_ms: 5_000, total_ms: 60_000 },
    ...(modality === 'text' ? { capabilities: { tools: true, image_input: true } } : {}),
  };
}

/** What `base_url` has behind the host by the kind's own address: `/v1`, or nothing. */
function pathOf({ address }: ProviderDescriptor): string {
  return address === 'none' ? '' : new URL(address).pathname.replace(/\/$/, '');
}
