import type { Batch, BatchEndpoint } from '../../../../domain/batch/batch';
import type { Caller, ImagesDefault } from '../../../../domain/access/caller';
import type { RoutingWish } from '../../../../domain/admission/request';
import { AppError } from '../../../../domain/errors';
import type { Catalogue, Modality } from '../../../../domain/provider/catalogue';
import type { GenerationInput, InputImage } from '../../../../domain/task/generation';
import type { Endpoint, Task } from '../../../../domain/task/task';
import { parseWith } from '../../../http/faults';
import { wishOf, withModel } from '../../../submit/routing-fields';
import { chatInputOf } from '../../chat/input';
import { chatBody } from '../../chat/schema';
import { embeddingsBody } from '../../embeddings/schema';
import { imageInput } from '../../images/map';
import { generationSchema } from '../../images/schema';
import type { GivenImage } from '../../input-images';
import { chatOfAsker } from '../../responses/request';
import { responsesBody } from '../../responses/schema';
import { defaultModel } from '../../submit-media';
import { inputReference } from '../../videos/create';
import { videoInput } from '../../videos/map';
import { videoSchema } from '../../videos/schema';

/** The generation that a line asks for, its images still where the line names them. */
export interface LineRequest {
  readonly model: string;
  readonly images: readonly GivenImage[];
  readonly input: (images: readonly InputImage[]) => GenerationInput;
  readonly metadata: Readonly<Record<string, string>>;
  readonly routing?: RoutingWish;
  readonly answer?: { readonly images: ImagesDefault };
}

/** Who asks, and what may be referred to. */
export interface LineAsker {
  readonly catalogue: Catalogue;
  readonly caller: Caller;
  readonly load: (taskId: string) => Promise<Task>;
}

interface Reading {
  readonly type: Modality;
  readonly endpoint: Endpoint;
  /** Checks the body of a line as the endpoint does. @throws AppError naming the field at fault */
  read(asker: LineAsker, body: unknown): LineRequest | Promise<LineRequest>;
}

/** How the body of a line is understood, by the endpoint of its batch: with the schemas and mappings of the endpoint itself. */
const READINGS: Readonly<Record<BatchEndpoint, Reading>> = {
  '/v1/chat/completions': {
    type: 'text',
    endpoint: 'chat.completions',
    read: (_asker, given) => {
      const body = parseWith(chatBody, withModel(given));
      refuseStream(body.stream);
      return text(body.model, chatInputOf(body), wishOf(body));
    },
  },
  '/v1/embeddings': {
    type: 'text',
    endpoint: 'embeddings',
    read: (_asker, given) => {
      const { model, input, routing, models, ...params } = parseWith(embeddingsBody, withModel(given));
      return text(model, { operation: 'embedding', input, params }, wishOf({ routing, models }));
    },
  },
  '/v1/responses': {
    type: 'text',
    endpoint: 'responses',
    read: async (asker, given) => {
      const body = parseWith(responsesBody, withModel(given));
      refuseStream(body.stream);
      if (body.background === true) throw unsupported('background', 'A batch runs in the background already.');
      const { model, input } = await chatOfAsker(asker, body);
      return { ...text(model, input, wishOf(body)), metadata: body.metadata ?? {} };
    },
  },
  '/v1/images/generations': {
    type: 'image',
    endpoint: 'images.generations',
    read: ({ catalogue, caller }, given) => {
      const fields = parseWith(generationSchema, given);
      refuseStream(fields.stream);
      const { response_format: format } = fields;
      return {
        model: fields.model ?? fields.models?.[0] ?? defaultModel(catalogue, caller, 'image'),
        images: [],
        input: (images) => imageInput(fields, images),
        metadata: {},
        ...wishOf(fields),
        ...(format === undefined || format === null ? {} : { answer: { images: format } }),
      };
    },
  },
  '/v1/videos': {
    type: 'video',
    endpoint: 'videos',
    read: ({ catalogue, caller }, given) => {
      const fields = parseWith(videoSchema, given);
      if ((fields.callback_url ?? null) !== null) throw unsupported('callback_url', 'The end of the batch is told as an event of its own.');
      return {
        model: fields.model ?? fields.models?.[0] ?? defaultModel(catalogue, caller, 'video'),
        images: inputReference(fields, []),
        input: (images) => videoInput(fields, images),
        metadata: {},
        ...wishOf(fields),
      };
    },
  },
};

/** The reading of a batch. */
export function readingOf({ endpoint }: Pick<Batch, 'endpoint'>): Reading {
  return READINGS[endpoint];
}

function text(model: string, input: GenerationInput, wish: ReturnType<typeof wishOf>): LineRequest {
  return { model, images: [], input: () => input, metadata: {}, ...wish };
}

function refuseStream(stream: boolean | null | undefined): void {
  if (stream === true) throw unsupported('stream', 'A line is answered in a file, whole.');
}

function unsupported(param: string, hint: string): AppError {
  return new AppError('unsupported_parameter', `${param} is not supported in a batch. ${hint}`, { param });
}
