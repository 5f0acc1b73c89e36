/**
 * Why a cell of docs/providers.md is empty, by kind; every empty cell is here, and no other.
 *   none: the vendor has none, as the page of the kind says.
 *   elsewhere: the vendor has it at an address that is reached by the kind `openai`.
 *   unshown: the vendor has it, or may have; no test shows it at the lab.
 */
const TEXT = ['text', 'stream', 'tools', 'image input', 'reasoning'];
const IMAGE = ['text-to-image', 'image-to-image', 'several references'];
const VIDEO = ['text-to-video', 'image-to-video', 'last frame', 'audio'];

/** @type {Readonly<Record<string, Readonly<Partial<Record<'none' | 'elsewhere' | 'unshown', readonly string[]>>>>>} */
export const GAPS = {
  anthropic: { none: [...IMAGE, ...VIDEO, 'seed', 'cancel', 'webhook', 'reconcile'] },
  ark: { elsewhere: TEXT, none: ['reconcile'] },
  bfl: { none: [...TEXT, ...VIDEO, 'cancel', 'reconcile'] },
  dashscope: { elsewhere: TEXT, none: ['webhook', 'reconcile'] },
  fal: { unshown: TEXT, none: ['reconcile'] },
  gemini: { none: ['audio'], unshown: ['reconcile'] },
  kling: { none: [...TEXT, 'seed', 'cancel'] },
  luma: { none: [...TEXT, 'audio', 'seed', 'reconcile'] },
  minimax: { elsewhere: TEXT, none: ['audio', 'cancel', 'reconcile'] },
  openai: { none: ['last frame', 'audio', 'reconcile'], unshown: ['webhook'] },
  replicate: { unshown: TEXT, none: ['reconcile'] },
  runway: { none: [...TEXT, 'webhook', 'reconcile'] },
  vertex: { elsewhere: TEXT, none: ['cancel', 'webhook', 'reconcile'] },
  xai: { elsewhere: TEXT, none: ['seed', 'cancel', 'webhook', 'reconcile'] },
};
