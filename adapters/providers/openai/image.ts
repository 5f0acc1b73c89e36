import { AppError } from '../../../domain/errors';
import type { JobFailure, MediaCall, MediaResult, Submission } from '../../../domain/provider/provider';
import { errorOfJob } from '../shared/job-status';
import { isObject, requireObject, textOf, type JsonObject } from '../shared/json';
import { errorOfLateFault, hasFault, readFault } from '../shared/provider-error';
import type { Call, Connection } from '../shared/connection';
import { createEventSink } from '../shared/event-sink';
import { imageFields, imageForm } from './image-request';
import { holdsImage, imageOutput, imageResult } from './image-result';

/** Base64 of ten large images; a JSON text beyond this would come near the longest string of the runtime. */
const MAX_ANSWER_BYTES = 256 * 1024 * 1024;

/** Makes images, or edits those that came in; the answer is the result. */
export async function submitImage(connection: Connection, call: MediaCall): Promise<Submission> {
  const partials = call.onPartial === undefined ? 0 : (call.output.partial_images ?? 0);
  const result = partials > 0 ? await streamed(connection, call, partials) : await atOnce(connection, call);
  return 'error' in result ? { ...result, upstreamId: null } : { state: 'completed', upstreamId: null, result };
}

async function atOnce(connection: Connection, call: MediaCall): Promise<MediaResult | JobFailure> {
  const answer = await connection.send(request(call, imageFields(call)));
  return readResult(connection, call, answer.body);
}

async function streamed(connection: Connection, call: MediaCall, partials: number): Promise<MediaResult | JobFailure> {
  const finished: JsonObject[] = [];
  let usage: unknown = null;
  let handedOver: Promise<void> = Promise.resolve();
  const sink = createEventSink((event) => {
    if (hasFault(event)) throw errorOfLateFault(readFault(event), `Provider ${connection.name} reported an error`, connection.secrets);
    const type = textOf(event['type']) ?? '';
    if (type.endsWith('.partial_image')) {
      const output = imageOutput(event);
      const index = typeof event['partial_image_index'] === 'number' ? event['partial_image_index'] : 0;
      if (output?.from === 'bytes')
        handedOver = handedOver.then(() => call.onPartial?.({ index, bytes: output.bytes, contentType: output.contentType }));
      handedOver.catch(() => undefined);
    } else if (type.endsWith('.completed')) {
      finished.push(event);
      usage = event['usage'] ?? usage;
    }
  });
  await connection.send(request(call, { ...imageFields(call), stream: true, partial_images: partials }), sink);
  const whole = sink.whole();
  if (whole !== null) return readResult(connection, call, whole);
  await handedOver;
  if (finished.length > 0) return imageResult(connection, { items: finished, usage, body: {}, asked: call.output.n ?? 1 });
  throw new AppError('outcome_unknown', `Provider ${connection.name} ended the stream without an image. It may charge for it.`);
}

function request(call: MediaCall, fields: JsonObject): Call {
  const isEdit = call.images.length > 0;
  return {
    method: 'POST',
    path: isEdit ? 'images/edits' : 'images/generations',
    body: isEdit ? imageForm(fields, call.images) : JSON.stringify(fields),
    operationKey: call.operationKey,
    signal: call.signal,
    firstByteMs: call.timeouts.submitMs,
    totalMs: call.timeouts.totalMs,
    effect: 'paid',
    maxBytes: MAX_ANSWER_BYTES,
  };
}

/** The images of an answer; an error in their place, for all of them or for each, is the provider's verdict. */
function readResult(connection: Connection, call: MediaCall, text: string): MediaResult | JobFailure {
  const body = requireObject(text, 'images');
  const data: readonly unknown[] = Array.isArray(body['data']) ? body['data'] : [];
  // Beside images an error is the reason for those that are not among them.
  const refused = data.some(holdsImage) ? undefined : [body, ...data.filter(isObject)].find(hasFault);
  if (refused !== undefined) {
    const status = textOf(body['status']) ?? '';
    return { state: 'failed', error: errorOfJob(refused, status, `Provider ${connection.name} reported an error`, connection.secrets) };
  }
  const format = textOf(body['output_format']) ?? call.output.format;
  const items = data.map((item) => (isObject(item) ? { output_format: format, ...item } : item));
  return imageResult(connection, { items, usage: body['usage'], body, asked: call.output.n ?? 1 });
}
