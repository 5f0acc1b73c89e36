import { z } from 'zod';

/** Base64 is looked at here and at its end: all of a large image would take longer than the rest of the request. */
const CHECKED_CHARACTERS = 256;
const DATA_URL = /^data:[\w.+-]{1,64}\/[\w.+-]{1,128}(?:;[\w.+-]{1,64}=[^;,]{1,128})*;base64,/i;
const BASE64 = /^[A-Za-z0-9+/_\s-]*={0,2}\s*$/;

/** An address that a provider can read an image from: http, https, or the image itself as a data: URL. */
export const imageUrl = z.string().superRefine((url, fault) => {
  const reason = faultOfUrl(url);
  if (reason !== null) fault.addIssue({ code: 'custom', message: reason, params: { code: 'invalid_url' } });
});

/** What is wrong with the address of an image; null: nothing that can be seen without reading it. */
export function faultOfUrl(url: string): string | null {
  const scheme = /^\s*([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase();
  if (scheme === 'data') {
    const head = DATA_URL.exec(url)?.[0];
    const data = head === undefined ? '' : url.slice(head.length);
    // Padding belongs at the end alone.
    const isBase64 = BASE64.test(data.slice(-CHECKED_CHARACTERS)) && /^[^=]*$/.test(data.slice(0, -2).slice(0, CHECKED_CHARACTERS));
    if (data !== '' && isBase64 && BASE64.test(data.slice(0, CHECKED_CHARACTERS))) return null;
    return 'The data: URL is broken: it must be like "data:image/png;base64,iVBORw0...", with its data in base64.';
  }
  if ((scheme === 'http' || scheme === 'https') && URL.canParse(url.trim()) && new URL(url.trim()).hostname !== '') return null;
  const given = scheme === undefined ? JSON.stringify(url.slice(0, 40)) : `"${scheme.slice(0, 20)}:"`;
  return `An image is given by an http:// or https:// URL, or as a data: URL in base64; this one is ${given}.`;
}

const text = z.looseObject({ text: z.string() });

/** Parts of a message that are known are checked; others travel to the provider as they are. */
const contentPart = z.looseObject({ type: z.string().min(1) }).superRefine(
  byType({
    text,
    refusal: z.looseObject({ refusal: z.string() }),
    image_url: z.looseObject({
      image_url: z.union([imageUrl, z.looseObject({ url: imageUrl, detail: z.string().nullish() })]),
    }),
    input_audio: z.looseObject({ input_audio: z.looseObject({ data: z.string().min(1), format: z.string().min(1) }) }),
    file: z.looseObject({
      file: z
        .looseObject({ file_id: z.string().nullish(), file_data: z.string().nullish(), filename: z.string().nullish() })
        .refine((file) => Object.values(file).some((value) => value !== null && value !== undefined), {
          message: 'Name the file by file_id, or give it as file_data.',
        }),
    }),
  }),
);

const content = z.union([z.string(), z.array(contentPart)]);
const contentOrNull = z.union([z.string(), z.array(contentPart), z.null()]).optional();
const name = z.string().nullish();

const toolCall = z
  .looseObject({ id: z.string().min(1), type: z.string().min(1).nullish() })
  .superRefine((call, fault) => checkCall({ ...call, type: call.type ?? 'function' }, fault));
const checkCall = byType({
  function: z.looseObject({ function: z.looseObject({ name: z.string().min(1), arguments: z.string().nullish() }) }),
  custom: z.looseObject({ custom: z.looseObject({ name: z.string().min(1), input: z.string().nullish() }) }),
});

/** A message of a chat. What is known of its role is checked; fields that are not known travel to the provider. */
export const chatMessage = z
  .discriminatedUnion('role', [
    z.looseObject({ role: z.literal('user'), content, name }),
    z.looseObject({
      role: z.literal('assistant'),
      content: contentOrNull,
      name,
      refusal: z.string().nullish(),
      tool_calls: z.array(toolCall).nullish(),
      function_call: z.looseObject({ name: z.string().min(1), arguments: z.string().nullish() }).nullish(),
      audio: z.looseObject({}).nullish(),
    }),
    z.looseObject({ role: z.literal('tool'), content, tool_call_id: z.string().min(1) }),
    z.looseObject({ role: z.literal('system'), content, name }),
    z.looseObject({ role: z.literal('developer'), content, name }),
    z.looseObject({ role: z.literal('function'), content: contentOrNull, name: z.string().min(1) }),
  ])
  .meta({ id: 'ChatMessage' });

/**
 * Checks an object by its `type` when that is one we know; objects of other types travel as they are. The object itself is kept, not
 * a copy.
 * @param known - schema of the whole object, for each type
 */
export function byType(known: Readonly<Record<string, z.ZodType>>) {
  const schemas = new Map(Object.entries(known));
  return (value: { readonly type: string }, fault: z.core.$RefinementCtx): void => {
    const parsed = schemas.get(value.type)?.safeParse(value);
    if (parsed === undefined || parsed.success) return;
    for (const issue of parsed.error.issues) fault.addIssue({ ...issue, path: [...issue.path] });
  };
}
