import { FormData } from 'undici';
import type { MediaCall, MediaFile } from '../../../domain/provider/provider';
import type { JsonObject } from '../shared/json';
import { sizeSent } from '../../../domain/task/output-size';

/** The fields of an image call in OpenAI's names. */
export function imageFields(call: MediaCall): JsonObject {
  const { output } = call;
  return overExtras(call.params, {
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
  });
}

/** A multipart body of fields and files. Files of one role share a field name; several pictures are `image[]`. */
export async function imageForm(fields: JsonObject, images: readonly MediaFile[]): Promise<FormData> {
  const form = formOf(fields);
  const pictures = images.filter((image) => image.role !== 'mask');
  for (const picture of pictures) await appendFile(form, pictures.length > 1 ? 'image[]' : 'image', picture);
  for (const mask of images.filter((image) => image.role === 'mask').slice(0, 1)) await appendFile(form, 'mask', mask);
  return form;
}

export function formOf(fields: JsonObject): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) appendField(form, name, value);
  return form;
}

export async function appendFile(form: FormData, name: string, file: MediaFile): Promise<void> {
  // A copy into a plain ArrayBuffer: what storage hands over may be backed by anything.
  const bytes = new Uint8Array(await file.read());
  form.append(name, new File([bytes], file.filename, { type: file.contentType }));
}

/** Nested values in the encoding of OpenAI's own clients: `a[b]` and repeated `a[]`. */
function appendField(form: FormData, name: string, value: unknown): void {
  if (value === null || value === undefined) return;
  if (Array.isArray(value)) value.forEach((item) => appendField(form, `${name}[]`, item));
  else if (typeof value === 'object') for (const [key, item] of Object.entries(value)) appendField(form, `${name}[${key}]`, item);
  else form.append(name, typeof value === 'string' ? value : JSON.stringify(value));
}

/** The caller's extra fields and ours over them; ours that are undefined leave the extra ones alone. */
export function overExtras(extras: JsonObject, fields: JsonObject): JsonObject {
  return { ...extras, ...Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) };
}
