import { openai } from './openai';
import { sandbox } from './sandbox';
import type { ProviderDescriptor } from './shared/descriptor';

/** Every kind of provider; a new one is a folder and a line here. */
export const PROVIDER_KINDS: readonly ProviderDescriptor[] = [openai, sandbox];
