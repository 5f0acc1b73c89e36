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

const PLACE: readonly PropertyKey[] = ['overrides'];

/** True when a replay with these is a new purchase. */
export function hasOverrides(overrides: Overrides | null | undefined): boolean {
  if (overrides === null || overrides === undefined) return false;
  const { model, ...objects } = overrides;
  return model !== undefined || Object.values(objects).some((object) => object !== undefined && Object.keys(object).length > 0);
}

/**
 * Lays overrides over the stored input of a task.
 * @throws AppError that names the override at fault: `overrides.output.size`
 */
export function replayInput(context: Sourcing, caller: Caller, task: Task, overrides: Overrides): ReplayInput {
  const { input } = task;
  switch (input.operation) {
    case 'chat': {
      const { model = null, input: change, params } = parseWithNulls(chatOverrides, overrides, PLACE);
      const messages = change?.prompt === undefined ? change?.messages : [{ role: 'user', content: change.prompt }];
      return ready(model, checked(chatParams, replayedTextInput(input, { messages, params })));
    }
    case 'embedding': {
      const { model = null, input: change, params } = parseWithNulls(embeddingOverrides, overrides, PLACE);
      return ready(model, checked(embeddingParams, replayedTextInput(input, { input: change?.input, params })));
    }
    case 'moderation': {
      const { model = null, input: change, params } = parseWithNulls(moderationOverrides, overrides, PLACE);
      return ready(model, checked(moderationParams, replayedTextInput(input, { input: change?.input, params })));
    }
    case 'speech': {
      const { model = null, input: change, params } = parseWithNulls(speechOverrides, overrides, PLACE);
      return ready(model, checked(speechParams, replayedTextInput(input, { ...change, params })));
    }
    case 'transcription': {
      const { model = null, params } = parseWithNulls(transcriptionOverrides, overrides, PLACE);
      return ready(model, checked(transcriptionParams, replayedTextInput(input, { params })));
    }
    case 'image':
      return mediaInput(context, caller, task, input, parseWithNulls(imageOverrides, overrides, PLACE));
    case 'video':
      return mediaInput(context, caller, task, input, parseWithNulls(videoOverrides, overrides, PLACE));
  }
}

/** The input whose parameters are right as they will be sent: the stored ones with the overrides in them. */
function checked(schema: z.ZodType<Readonly<Record<string, unknown>>>, input: TextInput): GenerationInput {
  return { ...input, params: parseWith(schema, input.params, [...PLACE, 'params']) };
}

function ready(model: string | null, input: GenerationInput): ReplayInput {
  return { model, draft: input, complete: () => Promise.resolve(input) };
}

function mediaInput(context: Sourcing, caller: Caller, task: Task, stored: MediaInput, overrides: MediaOverrides): ReplayInput {
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
    const kept = await withFetchedInputs(context, task, stored);
    return replayedMediaInput(kept, { ...change, images: newImages, video: newVideo });
  };
  const own = async (expect: 'image' | 'video', named: Parameters<typeof sourceOf>[2], place: string, role: string) => ({
    role,
    source: await sourceOf(context, caller, named, `overrides.${place}`, expect),
  });
  return { model, draft, complete };
}

/** Links that the first run has read already are taken as the assets that it made of them: links die. */
export async function withFetchedInputs(context: Pick<ApiContext, 'assets'>, task: Task, input: MediaInput): Promise<MediaInput> {
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
