import type { z } from 'zod';
import type { Caller } from '../../domain/access/caller';
import { rolesOf, type GenerationInput, type MediaInput, type MediaSource, type TextInput } from '../../domain/task/generation';
import { fetchedInputId, INPUT_VIDEO_NAME, inputImageName, replayedMediaInput, replayedTextInput } from '../../domain/task/replay';
import type { Task } from '../../domain/task/task';
import type { ApiContext, Sourcing } from '../deps';
import { parseWith, parseWithNulls } from '../http/faults';
import { speechParams, transcriptionParams } from '../openai/audio/schema';
import { chatParams } from '../openai/chat/schema';
import { embeddingParams } from '../openai/embeddings/schema';
import { moderationParams } from '../openai/moderations/schema';
import { sourceOf } from '../tasks/input';
import { purposeOf } from '../uploads/keep-asset';
import {
  chatOverrides,
  embeddingOverrides,
  imageOverrides,
  moderationOverrides,
  speechOverrides,
  transcriptionOverrides,
  videoOverrides,
  type replayBody,
} from './schema';

type Overrides = NonNullable<z.output<typeof replayBody>['overrides']>;
type MediaOverrides = Pick<z.output<typeof videoOverrides>, 'model' | 'input'> & {
  readonly output?: Readonly<Record<string, unknown>> | undefined;
};

/** The input of a replay before files were kept, and how to keep them. */
export interface ReplayInput {
  /** The model that was asked for; null: the same. */
  readonly model: string | null;
  /** Enough to check and to price. */
  readonly draft: GenerationInput;
  /** Keeps inline images and checks links. Never called for what was refused. */
  complete(): Promise<GenerationInput>;
}

/** A stored request that overrides are laid over. */
export interface StoredRequest {
  readonly input: GenerationInput;
  readonly teamId: number;
  /** Id of the task that ran it; null: none has. */
  readonly id: string | null;
}

/** Where the overrides stand in their body. */
type Place = readonly PropertyKey[];

/** True when a replay with these is a new purchase. */
export function hasOverrides(overrides: Overrides | null | undefined): boolean {
  if (overrides === null || overrides === undefined) return false;
  const { model, ...objects } = overrides;
  return model !== undefined || Object.values(objects).some((object) => object !== undefined && Object.keys(object).length > 0);
}

/**
 * Lays overrides over a stored input.
 * @throws AppError that names the override at fault: `overrides.output.size`
 */
export function replayInput(
  context: Sourcing,
  caller: Caller,
  stored: StoredRequest,
  overrides: Overrides,
  place: Place = ['overrides'],
): ReplayInput {
  const { input } = stored;
  switch (input.operation) {
    case 'chat': {
      const { model = null, input: change, params } = parseWithNulls(chatOverrides, overrides, place);
      const messages = change?.prompt === undefined ? change?.messages : [{ role: 'user', content: change.prompt }];
      return ready(model, checked(chatParams, place, replayedTextInput(input, { messages, params })));
    }
    case 'embedding': {
      const { model = null, input: change, params } = parseWithNulls(embeddingOverrides, overrides, place);
      return ready(model, checked(embeddingParams, place, replayedTextInput(input, { input: change?.input, params })));
    }
    case 'moderation': {
      const { model = null, input: change, params } = parseWithNulls(moderationOverrides, overrides, place);
      return ready(model, checked(moderationParams, place, replayedTextInput(input, { input: change?.input, params })));
    }
    case 'speech': {
      const { model = null, input: change, params } = parseWithNulls(speechOverrides, overrides, place);
      return ready(model, checked(speechParams, place, replayedTextInput(input, { ...change, params })));
    }
    case 'transcription': {
      const { model = null, params } = parseWithNulls(transcriptionOverrides, overrides, place);
      return ready(model, checked(transcriptionParams, place, replayedTextInput(input, { params })));
    }
    case 'image':
      return mediaInput(context, caller, { ...stored, input }, parseWithNulls(imageOverrides, overrides, place), place);
    case 'video':
      return mediaInput(context, caller, { ...stored, input }, parseWithNulls(videoOverrides, overrides, place), place);
  }
}

/** The input whose parameters are right as they will be sent: the stored ones with the overrides in them. */
function checked(schema: z.ZodType<Readonly<Record<string, unknown>>>, place: Place, input: TextInput): GenerationInput {
  return { ...input, params: parseWith(schema, input.params, [...place, 'params']) };
}

function ready(model: string | null, input: GenerationInput): ReplayInput {
  return { model, draft: input, complete: () => Promise.resolve(input) };
}

function mediaInput(
  context: Sourcing,
  caller: Caller,
  { input: stored, ...source }: StoredRequest & { readonly input: MediaInput },
  overrides: MediaOverrides,
  at: Place,
): ReplayInput {
  const { model = null, input = {}, output } = overrides;
  const { prompt, negative_prompt, images, video } = input;
  // "auto" is the provider's own choice: as if nothing had been given.
  const chosen = Object.entries(output ?? {}).map(([name, value]) => [name, value === 'auto' ? null : value] as const);
  const change = { prompt, negative_prompt, output: Object.fromEntries(chosen) };
  const roles = rolesOf(
    stored.operation,
    (images ?? []).map(({ role }) => role),
  );
  const pending: MediaSource = { assetId: '' };
  const draft = replayedMediaInput(stored, {
    ...change,
    images: images === undefined ? undefined : roles.map((role) => ({ role, source: pending })),
    video: video === undefined || video === null ? video : pending,
  });
  const complete = async (): Promise<MediaInput> => {
    const newImages =
      images === null
        ? []
        : await inTurn(images, ({ role: _role, ...named }, index) =>
            own('image', named, `input.images[${index}]`, roles[index] ?? 'reference'),
          );
    const newVideo = video === undefined || video === null ? video : (await own('video', video, 'input.video', '')).source;
    const kept = source.id === null ? stored : await withFetchedInputs(context, { id: source.id, teamId: source.teamId }, stored);
    return replayedMediaInput(kept, { ...change, images: newImages, video: newVideo });
  };
  const own = async (expect: 'image' | 'video', named: Parameters<typeof sourceOf>[2], place: string, role: string) => ({
    role,
    source: await sourceOf(context, caller, named, [...at, place].join('.'), expect, purposeOf(role)),
  });
  return { model, draft, complete };
}

/** Links that the first run has read already are taken as the assets that it made of them: links die. */
export async function withFetchedInputs(
  context: Pick<ApiContext, 'assets'>,
  task: Pick<Task, 'id' | 'teamId'>,
  input: MediaInput,
): Promise<MediaInput> {
  const fetched = async (source: MediaSource, name: string): Promise<MediaSource> => {
    if ('assetId' in source) return source;
    const asset = await context.assets.get(fetchedInputId(task.id, name), task.teamId);
    return asset === null ? source : { assetId: asset.id };
  };
  const images = await inTurn(input.images, async ({ role, source }, index) => ({
    role,
    source: await fetched(source, inputImageName(index)),
  }));
  return {
    ...input,
    images: images ?? [],
    ...(input.video === undefined ? {} : { video: await fetched(input.video, INPUT_VIDEO_NAME) }),
  };
}

async function inTurn<Item, Made>(
  items: readonly Item[] | undefined,
  make: (item: Item, index: number) => Promise<Made>,
): Promise<readonly Made[] | undefined> {
  if (items === undefined) return undefined;
  const made: Made[] = [];
  for (const [index, item] of items.entries()) made.push(await make(item, index));
  return made;
}
