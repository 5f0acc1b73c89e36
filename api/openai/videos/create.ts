import type { Request, Response } from 'express';
import { AppError } from '../../../domain/errors';
import { assertContentsKept } from '../../../domain/task/retention';
import type { ApiContext, Sourcing, SubmittingMedia, UsingTemplates } from '../../deps';
import { templatedMedia, VIDEO_PLACES } from '../../templates/media-request';
import { wishOf } from '../../submit/routing-fields';
import { loadTask } from '../../tasks/find';
import { callerOf, catalogueOf } from '../../http/context';
import { parseWith } from '../../http/faults';
import { noteBody } from '../../http/request-origin';
import { IMAGE_FORM } from '../../uploads/limits';
import { withBody } from '../../uploads/read-body';
import type { UploadedFile } from '../../uploads/stage-file';
import type { GivenImage } from '../input-images';
import { defaultModel, submitCompatible } from '../submit-media';
import { REMIXED_FROM, videoInput } from './map';
import { remixSchema, VIDEO_FORM_KINDS, videoSchema, type VideoRequest } from './schema';

const VIDEOS = { type: 'video', places: VIDEO_PLACES, imageFields: ['input_reference'] } as const;

type Deps = Sourcing & SubmittingMedia & UsingTemplates & Pick<ApiContext, 'catalogue' | 'droppedParams' | 'objects'>;

/** `POST /v1/videos`: the id of the new task. */
export function createVideo(context: Deps, request: Request, response: Response): Promise<string> {
  return withBody(context, request, response, { limits: IMAGE_FORM, kinds: VIDEO_FORM_KINDS }, async (body) => {
    const hasFiles = body.files.length > 0;
    const isForm = request.is('multipart/form-data') !== false;
    const asked = await templatedMedia(context, response, body.fields, { ...VIDEOS, isForm, hasFiles });
    const fields = parseWith(videoSchema, asked.fields);
    return submitCompatible(context, request, response, body, {
      endpoint: 'videos',
      answered: { status: 200 },
      model: fields.model ?? fields.models?.[0] ?? defaultModel(catalogueOf(context, response), callerOf(response), 'video'),
      images: [...inputReference(fields, body.files), ...asked.images],
      template: asked.template,
      callbackUrl: fields.callback_url ?? null,
      aside: { user: fields.user },
      ...wishOf(fields),
      input: (images) => asked.input(videoInput(fields, images)),
    });
  });
}

/** `POST /v1/videos/{id}/remix`: a new task with the stored input and another prompt. */
export function remixVideo(context: Deps, request: Request, response: Response, id: string): Promise<string> {
  return withBody(context, request, response, { limits: IMAGE_FORM, kinds: {} }, async ({ fields }) => {
    const { prompt } = parseWith(remixSchema, fields);
    const source = await loadTask(context, response, id);
    noteBody(response, { model: source.model });
    assertContentsKept(source);
    const { input } = source;
    if (input.operation !== 'video') throw new AppError('not_found', `${source.id} is not a video.`);
    if (source.status !== 'succeeded') throw new AppError('video_not_ready', 'Only a completed video can be remixed.');
    return submitCompatible(
      context,
      request,
      response,
      { fingerprint: { remix: source.id, prompt } },
      {
        endpoint: 'videos',
        answered: { status: 200 },
        model: source.model,
        images: [],
        metadata: { [REMIXED_FROM]: source.id },
        input: () => ({ ...input, prompt }),
      },
    );
  });
}

/** The image a video begins with. @throws AppError `unknown_parameter`, `invalid_value` for more than one */
export function inputReference(request: VideoRequest, files: readonly UploadedFile[]): readonly GivenImage[] {
  const stray = files.find((file) => file.field !== 'input_reference');
  if (stray !== undefined) {
    throw new AppError('unknown_parameter', `Unknown file parameter: ${stray.param}.`, { param: stray.param });
  }
  const named = request.input_reference ?? null;
  const given = [...files, ...(named === null ? [] : [named])];
  if (given.length > 1) {
    throw new AppError('invalid_value', 'Only one input_reference is allowed.', { param: 'input_reference' });
  }
  return given.map((from) => ({ role: 'first_frame', param: 'input_reference', from }));
}
