import { fal } from './fal';
import { gemini } from './gemini';
import { kling } from './kling';
import { openai } from './openai';
import { sandbox } from './sandbox';
import type { DroppedParams } from '../../domain/provider/provider';
import type { ProviderDescriptor } from './shared/descriptor';

/** Every kind of provider; a new one is a folder and a line here. */
export const PROVIDER_KINDS: readonly ProviderDescriptor[] = [fal, gemini, kling, openai, sandbox];

/** Which of these parameters an adapter of the kind leaves out. */
export const droppedParams: DroppedParams = (kind, operation, names) => {
  const passed = PROVIDER_KINDS.find((descriptor) => descriptor.kind === kind)?.params ?? 'all';
  return passed === 'all' ? [] : names.filter((name) => !passed[operation].includes(name));
};
