import type { ServerResponse } from 'node:http';
import { FAKE_PNG_BASE64 } from './fixtures';
import type { Step } from './plan';
import type { RecordedRequest } from './records';
import { beginEvents, sendEvent, sendJson } from './reply';

const USAGE = { input_tokens: 10, output_tokens: 100, total_tokens: 110, input_tokens_details: { text_tokens: 10, image_tokens: 0 } };

/** Answers an image generation or edit: the same small PNG for each image asked for. */
export function answerImage(response: ServerResponse, request: RecordedRequest, step: Step): void {
  const { body } = request;
  const usage = step.noUsage === true ? undefined : USAGE;
  const kind = request.path.endsWith('/edits') ? 'image_edit' : 'image_generation';
  if (body['stream'] === true || body['stream'] === 'true') {
    beginEvents(response);
    for (let index = 0; index < Number(body['partial_images'] ?? 0); index += 1) {
      const type = `${kind}.partial_image`;
      sendEvent(response, { type, b64_json: FAKE_PNG_BASE64, partial_image_index: index, output_format: 'png' }, type);
    }
    const type = `${kind}.completed`;
    sendEvent(response, { type, b64_json: FAKE_PNG_BASE64, output_format: 'png', usage }, type);
    return void response.end();
  }
  const data = Array.from({ length: Number(body['n'] ?? 1) }, () => ({
    b64_json: FAKE_PNG_BASE64,
    revised_prompt: `revised: ${request.prompt ?? ''}`,
  }));
  sendJson(response, 200, { created: 1_790_000_000, output_format: 'png', size: body['size'] ?? '1024x1024', data, usage });
}
