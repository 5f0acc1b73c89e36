import type { FormData } from 'undici';
import { AppError } from '../../../domain/errors';
import type { MediaCall } from '../../../domain/provider/provider';
import { sizeSent } from '../../../domain/task/output-size';
import { streamedFile } from '../shared/media-file';
import { formOf } from './image-request';
import { overExtras } from '../shared/json';

/**
 * The body of a video's creation: JSON, or multipart when an image comes along.
 * @throws AppError `unsupported_parameter` for inputs the shape has no place for
 */
export function videoBody(call: MediaCall): string | FormData {
  const { output } = call;
  const fields = overExtras(
    { ...call.options, ...call.params },
    {
      model: call.model,
      prompt: call.prompt,
      negative_prompt: call.negativePrompt ?? undefined,
      seconds: output.duration_s === undefined ? undefined : String(output.duration_s),
      size: sizeSent('video', output),
      quality: output.quality,
      seed: output.seed,
      audio: output.audio,
      n: output.n === 1 ? undefined : output.n,
    },
  );
  const [first, second] = call.images;
  if (second !== undefined) throw unsupported('input.images', 'more than one input image');
  if (first?.role === 'last_frame') throw unsupported('input.images', 'a last frame');
  if (call.video !== null) throw unsupported('input.video', 'an input video');
  if (first === undefined) return JSON.stringify(fields);
  const form = formOf(fields);
  form.append('input_reference', streamedFile(first));
  return form;
}

function unsupported(param: string, what: string): AppError {
  return new AppError('unsupported_parameter', `This model's provider does not support ${what} for a video. Leave it out.`, { param });
}
