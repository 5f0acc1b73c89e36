import { anthropic } from './anthropic';
import { ark } from './ark';
import { dashscope } from './dashscope';
import { bfl } from './bfl';
import { fal } from './fal';
import { gemini } from './gemini';
import { droppedTools, withoutAnthropicTools } from './shared/anthropic-input';
import { isGiven } from './shared/json';
import { kling } from './kling';
import { luma } from './luma';
import { minimax } from './minimax';
import { openai } from './openai';
import { replicate } from './replicate';
import { runway } from './runway';
import { sandbox } from './sandbox';
import { xai } from './xai';
import type { DroppedParams } from '../../domain/provider/provider';
import type { AdapterSupport } from '../../domain/provider/media-support';
import type { ProviderDescriptor } from './shared/descriptor';
import { vertex } from './vertex';

/** Every kind of provider; a new one is a folder and a line here. */
export const PROVIDER_KINDS: readonly ProviderDescriptor[] = [
  anthropic,
  ark,
  bfl,
  dashscope,
  fal,
  gemini,
  kling,
  luma,
  minimax,
  openai,
  replicate,
  runway,
  sandbox,
  xai,
  vertex,
];

/** Which parameters of a request an adapter leaves out, by its kind and by what the request and the configuration say. */
export const droppedParams: DroppedParams = (provider, model, { operation, params, messages = [], format }) => {
  const descriptor = PROVIDER_KINDS.find(({ kind }) => kind === provider.kind);
  if (descriptor === undefined) return [];
  if (operation === 'chat' && descriptor.droppedOfChat !== undefined) {
    return descriptor.droppedOfChat(provider, model, { operation, params, messages, ...(format === undefined ? {} : { format }) });
  }
  const passed = descriptor.params;
  if (passed === 'all') return [];
  const request = { params, ...(format === undefined ? {} : { format }) };
  const left = operation === 'chat' ? withoutAnthropicTools(request) : params;
  const names = Object.keys(params).filter(
    (name) => isGiven(params[name]) && !(isGiven(left[name]) && passed[operation]?.includes(name) === true),
  );
  return operation === 'chat' ? [...names, ...droppedTools(request)] : names;
};

/** What an adapter of the kind can say of the canonical parameters, and do with a text model. */
export const adapterSupport: AdapterSupport = {
  media: (kind, operation, model) => descriptorOf(kind)?.supports?.(operation, model) ?? null,
  operations: (kind, model) => descriptorOf(kind)?.operations?.(model) ?? ['chat', 'embedding'],
};

function descriptorOf(kind: string): ProviderDescriptor | undefined {
  return PROVIDER_KINDS.find((descriptor) => descriptor.kind === kind);
}
