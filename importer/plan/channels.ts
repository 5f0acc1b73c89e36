import type { LegacyChannel, LegacyProduct } from '../../domain/migration/source';
import { keysOf } from '../channels/keys';
import { addressOf, kindOfType, type ChannelKind } from '../channels/kinds';
import { mapModels } from '../channels/mapping';
import { objectIn } from '../json';
import { modalityOf } from '../modality';
import { createNames, plainName } from '../names';
import type { Building } from './building';
import type { PlanProvider, PlanRoute } from './plan';

/** A way to a model, before the models of all channels are put together. */
export interface ModelWay {
  readonly model: string;
  /** Null: the channel has none for it. */
  readonly route: PlanRoute | null;
  /** The channel works at the source. */
  readonly isEnabled: boolean;
  readonly priority: number;
  readonly channelType: number;
  readonly upstream: string;
}

const ENABLED = 1;
const MOST_PRIORITY = 1_000_000;
/** Kinds whose adapters have models of images and videos alone, and of text alone. */
const MEDIA_ONLY: ReadonlySet<string> = new Set(['ark', 'dashscope', 'kling', 'minimax', 'replicate', 'xai']);
const TEXT_ONLY: ReadonlySet<string> = new Set(['anthropic']);
/** A ChatGPT account of a person. */
const CODEX = 57;

/** Channels become providers, disabled until they are tested. @returns the ways to models, in the order of the channels */
export async function planChannels(building: Building): Promise<readonly ModelWay[]> {
  const { source, sink, take, leave } = building;
  const nameOf = createNames();
  const ways: ModelWay[] = [];
  for await (const channels of source.channels()) {
    for (const channel of channels) {
      const outcome = providerOf(source.product, channel, nameOf);
      const warn = (category: string, message: string, facts: Readonly<Record<string, string>> = {}): void =>
        sink('warnings', { category, entity: 'channel', legacy_id: channel.id, name: channel.name, ...facts, message });
      const mapping = mapModels(source.product, channel.models, channel.modelMapping);
      const provider = typeof outcome === 'string' ? null : outcome;
      for (const [model, upstream] of mapping.routes) {
        const { route, why } = routeOf(channel, provider, model, upstream);
        if (why !== null) warn('model_not_of_this_kind', why, { model });
        ways.push({
          model,
          route,
          isEnabled: channel.status === ENABLED && upstream !== null,
          priority: channel.priority ?? 0,
          channelType: channel.type,
          upstream: upstream ?? model,
        });
      }
      if (typeof outcome === 'string') {
        leave('channels', 'channel', channel.id, outcome, `type ${String(channel.type)}, ${JSON.stringify(channel.name)}`);
        continue;
      }
      sink('providers', outcome);
      take('channels');
      for (const model of mapping.cycles)
        warn('mapping_cycle', `The mapping of ${model} runs in a circle; the source refuses it.`, { model });
      if (mapping.isInvalid) warn('invalid_mapping', 'Its model_mapping is no JSON object, so its models have no route.');
      for (const [category, message] of reviewsOf(channel)) warn(category, message);
    }
  }
  return ways;
}

/** @returns the provider, or why there is none */
function providerOf(product: LegacyProduct, channel: LegacyChannel, nameOf: ReturnType<typeof createNames>): PlanProvider | string {
  if (product === 'new-api' && channel.type === CODEX) return 'personal_account';
  const type = kindOfType(product, channel.type);
  if (typeof type === 'string') return type;
  const { kind, path } = kindFor(type, channel.models);
  const address = addressOf({ ...type, kind }, channel.baseUrl, path);
  if (address === null) return channel.baseUrl === '' ? 'no_address' : 'bad_address';
  const keys = keysOf(channel, type);
  if (keys.every(({ secrets }) => Object.values(secrets).every((secret) => secret === ''))) return 'no_key';
  return {
    legacy_id: channel.id,
    name: nameOf(plainName(channel.name), channel.id, `channel-${String(channel.id)}`),
    kind,
    base_url: address,
    enabled: false,
    keys: keys.map(({ name, enabled }) => ({ name, enabled })),
  };
}

/** A kind without text models gives way to its OpenAI-compatible endpoint where a channel has any. */
function kindFor(type: ChannelKind, models: readonly string[]): { readonly kind: string; readonly path: string } {
  const hasText = models.length === 0 || models.some((model) => modalityOf(model) === 'text');
  return type.text !== undefined && hasText ? type.text : type;
}

function routeOf(
  channel: LegacyChannel,
  provider: PlanProvider | null,
  model: string,
  upstream: string | null,
): { readonly route: PlanRoute | null; readonly why: string | null } {
  if (provider === null || upstream === null) return { route: null, why: null };
  const isText = modalityOf(model) === 'text';
  if (isText ? MEDIA_ONLY.has(provider.kind) : TEXT_ONLY.has(provider.kind)) {
    return {
      route: null,
      why: `A provider of the kind ${provider.kind} has no ${modalityOf(model)} models: no route to ${model} was made.`,
    };
  }
  const priority = Math.max(-MOST_PRIORITY, Math.min(MOST_PRIORITY, channel.priority ?? 0));
  return {
    route: {
      provider: provider.name,
      model: upstream,
      ...(priority === 0 ? {} : { priority }),
      // New API lets a weight of 0 have traffic still.
      ...(channel.weight === null || channel.weight <= 1 ? {} : { weight: Math.min(channel.weight, MOST_PRIORITY) }),
    },
    why: null,
  };
}

function* reviewsOf(channel: LegacyChannel): Generator<readonly [string, string]> {
  const isGiven = (json: string): boolean => Object.keys(objectIn(json)).length > 0;
  const setting = objectIn(channel.setting);
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  if (isGiven(channel.paramOverride))
    yield ['param_override_for_review', 'Has rules that change requests (param_override). They stay behind: set options of the routes.'];
  if (isGiven(channel.headerOverride))
    yield [
      'header_override_for_review',
      'Has extra headers (header_override), which may hold secrets. They stay behind: set headers of the provider.',
    ];
  if (text(setting['proxy']) !== '')
    yield ['proxy_for_review', 'Goes through a proxy. That stays behind: set HTTPS_PROXY if it is needed.'];
  if (text(setting['system_prompt']) !== '') yield ['system_prompt_for_review', 'Puts a system prompt before every chat. It stays behind.'];
  if (channel.key.trim().includes('\n') && objectIn(channel.channelInfo)['is_multi_key'] !== true) {
    yield ['newline_in_single_key', 'Its one key has a line break in it. It comes along as it is, and will not work: correct it.'];
  }
  if (channel.models.length === 0) yield ['no_models', 'Has no models, so no route leads to it.'];
}
