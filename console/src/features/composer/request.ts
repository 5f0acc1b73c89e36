import type { TaskRequest } from '../../api/tasks';
import type { Draft, Reference, Role } from './draft';
import { sizeFor, type Support } from './support';

/** The run that a draft asks for, with what the model has a place for. @param withFiles - false for a price, which no file's bytes change */
export function imageRequest(draft: Draft, support: Support, { withFiles }: { readonly withFiles: boolean }): TaskRequest | null {
  const { model, prompt } = draft;
  if (model === null || prompt.trim() === '') return null;
  return {
    type: 'image',
    model,
    input: { ...words(draft, support), ...images(draft, support, withFiles) },
    output: {
      ...shape(draft, support),
      n: Math.min(draft.count, support.mostImages),
      ...(support.quality && draft.quality !== null ? { quality: draft.quality } : {}),
      ...(support.seed && draft.seed !== null ? { seed: draft.seed } : {}),
      ...(support.background && draft.isTransparent && draft.format !== 'jpeg' ? { background: 'transparent' as const } : {}),
      ...(support.watermark && draft.hasWatermark ? { watermark: true } : {}),
      format: draft.format as 'png' | 'jpeg' | 'webp',
    },
  };
}

/** As `imageRequest`, for a video. */
export function videoRequest(draft: Draft, support: Support, { withFiles }: { readonly withFiles: boolean }): TaskRequest | null {
  const { model, prompt } = draft;
  if (model === null || prompt.trim() === '') return null;
  return {
    type: 'video',
    model,
    input: { ...words(draft, support), ...images(draft, support, withFiles) },
    output: {
      ...shape(draft, support),
      n: Math.min(draft.count, support.mostImages),
      duration_s: draft.durationS ?? support.durations.usual,
      ...(draft.resolution === null ? {} : { resolution: draft.resolution }),
      ...(support.seed && draft.seed !== null ? { seed: draft.seed } : {}),
      ...(support.audio && draft.hasSound ? { audio: true } : {}),
      ...(support.watermark && draft.hasWatermark ? { watermark: true } : {}),
    },
  };
}

function words({ prompt, negativePrompt }: Draft, support: Support): { prompt: string; negative_prompt?: string } {
  const negative = negativePrompt.trim();
  return { prompt: prompt.trim(), ...(support.negativePrompt && negative !== '' ? { negative_prompt: negative } : {}) };
}

interface InputImage {
  role: Role;
  asset_id?: string;
  data?: string;
}

function images({ references }: Draft, { mostReferences }: Support, withFiles: boolean): { images?: InputImage[] } {
  const given = references.slice(0, mostReferences).flatMap((reference) => imageOf(reference, withFiles));
  return given.length === 0 ? {} : { images: given };
}

function imageOf({ role, source }: Reference, withFiles: boolean): InputImage[] {
  if (source.kind === 'asset') return [{ role, asset_id: source.asset }];
  return withFiles ? [{ role, data: source.dataUrl }] : [];
}

/** A model with a list of sizes is asked for one of them; any other for the ratio. */
function shape({ ratio }: Draft, { sizes, ratio: takesRatio }: Support): { size?: string; aspect_ratio?: string } {
  if (ratio === null || !takesRatio) return {};
  const size = sizes === null ? null : sizeFor(ratio, sizes);
  return size === null ? { aspect_ratio: ratio } : { size };
}
