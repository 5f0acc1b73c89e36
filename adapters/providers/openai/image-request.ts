import { FormData } from 'undici';
import type { MediaCall, MediaFile } from '../../../domain/provider/provider';
import { streamedFile } from '../shared/media-file';
import { overExtras, type JsonObject } from '../shared/json';
import { sizeSent } from '../../../domain/task/output-size';

/** The fields of an image call in OpenAI's names. */
export function imageFields(call: MediaCall): JsonObject {
  const { output } = call;
  return overExtras(
    { ...call.options, ...call.params },
    {
      model: call.model,
      prompt: call.prompt,
      negative_prompt: call.negativePrompt ?? undefined,
      n: output.n,
      size: sizeSent('image', output),
      quality: output.quality,
      background: output.background,
      output_format: output.format,
      output_compression: output.compression,
      seed: output.seed,
    },
  );
}

/** A multipart body of fields and files, which are read as they are sent. Files of one role share a field name; several images are `image[]`. */
export function imageForm(fields: JsonObject, files: readonly MediaFile[]): FormData {
  const form = formOf(fields);
  const images = files.filter(({ role }) => role !== 'mask');
  for (const image of images) form.append(images.length > 1 ? 'image[]' : 'image', streamedFile(image));
  for (const mask of files.filter(({ role }) => role === 'mask').slice(0, 1)) form.append('mask', streamedFile(mask));
  return form;
}

export function formOf(fields: JsonObject): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) appendField(form, name, value);
  return form;
}

/** Nested values in the encoding of OpenAI's own clients: `a[b]` and repeated `a[]`. */
function appendField(form: FormData, name: string, value: unknown): void {
  if (value === null || value === undefined) return;
  if (Array.isArray(value)) value.forEach((item) => appendField(form, `${name}[]`, item));
  else if (typeof value === 'object') for (const [key, item] of Object.entries(value)) appendField(form, `${name}[${key}]`, item);
  else form.append(name, typeof value === 'string' ? value : JSON.stringify(value));
}
