import type { TaskRequest } from '../../api/tasks';
import type { Draft, Reference, Role } from './draft';
import { sizeFor, type Support } from './support';

/** An image that is looked at while it is made is shown so often before it is done. */
const PARTIALS = 2;

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
      // Only of one image: vendors stream no more than that.
      ...(withFiles && support.partials && draft.count === 1 ? { partial_images: PARTIALS } : {}),
    },
  };
}

export interface Edit {
  readonly model: string;
  readonly prompt: string;
  readonly count: number;
  /** The image that is edited. */
  readonly asset: string;
  /** A PNG as a `data:` address, transparent where the image is edited; null: all of it is. */
  readonly mask: string | null;
}

/** The run that edits an image; its size is left to the model, which keeps that of the image where it can. */
export function editRequest({ model, prompt, count, asset, mask }: Edit, support: Support): TaskRequest | null {
  if (prompt.trim() === '' || support.mostReferences === 0) return null;
  const masks: InputImage[] = mask === null || !support.mask ? [] : [{ role: 'mask', data: mask }];
  return {
    type: 'image',
    model,
    input: { prompt: prompt.trim(), images: [{ role: roleOfEdited(support), asset_id: asset }, ...masks] },
    output: { n: Math.min(count, support.mostImages), format: 'png' },
  };
}

const roleOfEdited = ({ roles }: Support): Role =>
  (['reference', 'subject', 'first_frame'] as const).find((role) => roles.includes(role)) ?? 'reference';

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
