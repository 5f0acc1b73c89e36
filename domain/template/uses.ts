import { placeholdersIn, textsIn } from './placeholders';
import type { TemplateBody } from './template';

/** All texts of a body in which placeholders stand, each with its path. */
export function templateTexts({ prompt, negative_prompt, messages, output, params }: TemplateBody) {
  return [
    ...textsIn(prompt, 'prompt'),
    ...textsIn(negative_prompt, 'negative_prompt'),
    ...textsIn(messages, 'messages'),
    ...textsIn(output, 'output'),
    ...textsIn(params, 'params'),
  ];
}

/** Inputs that no text of the template names; images and videos have their place without one. */
export function unusedInputs(body: TemplateBody): string[] {
  const used = new Set(templateTexts(body).flatMap(({ text }) => placeholdersIn(text)));
  return Object.entries(body.inputs).flatMap(([name, { type }]) => (type === 'image' || type === 'video' || used.has(name) ? [] : [name]));
}

/** Assets that a body names: kept as long as its version. */
export function assetsOf({ images, video, preview_asset_ids: previews, inputs }: TemplateBody): string[] {
  const defaults = Object.values(inputs).flatMap(({ default: value }) =>
    typeof value === 'object' && value.asset_id !== undefined ? [value.asset_id] : [],
  );
  return [...new Set([...images.map((image) => image.asset_id), ...(video === null ? [] : [video.asset_id]), ...defaults, ...previews])];
}
