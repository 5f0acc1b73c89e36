import { createParser } from 'eventsource-parser';
import { connectionFailure } from '../http/connection-failure';
import { asList, asObject, parseJson } from '../json-value';
import { askChat, NO_TEXT_MODEL, textModelOf } from './chat';
import { bad, good, skipped, type Finding, type Patient } from './step';

/** Waiting shorter than this for all of a stream says nothing about buffering: the model may just be fast. */
const FAST_MS = 800;
/** Share of the whole time in which the chunks must be spread out. */
const SPREAD = 0.1;
const BUFFERING =
  'Turn off buffering in the proxy: nginx `proxy_buffering off;`, Apache `flushpackets=on`; compression of text/event-stream too.';

interface Heard {
  readonly chunks: number;
  readonly isDone: boolean;
  readonly error: string | null;
  /** Milliseconds from the request to the first and last chunk. */
  readonly firstMs: number;
  readonly lastMs: number;
}

/** Do the parts of a streamed answer come one after the other, up to [DONE]? */
export async function lookAtStream(patient: Patient): Promise<Finding> {
  const model = textModelOf(patient);
  if (model === null) return skipped(NO_TEXT_MODEL);
  const begun = performance.now();
  const asked = await askChat(patient, { stream: true });
  if ('problem' in asked) return asked.problem;
  const { response } = asked;
  const type = response.headers.get('content-type') ?? 'no content type';
  if (!type.startsWith('text/event-stream') || response.body === null) {
    await response.body?.cancel();
    return bad(
      `The stream came as ${type}, not as text/event-stream.`,
      'If there is a proxy in between, check whether it changes responses.',
    );
  }
  try {
    return judge(model, await listen(response.body, begun));
  } catch (error) {
    return bad(
      `The stream broke: ${connectionFailure(error, response.url).message}`,
      'If there is a proxy in between, check its timeouts.',
    );
  }
}

async function listen(body: ReadableStream<Uint8Array>, begun: number): Promise<Heard> {
  const decoder = new TextDecoder();
  const heard = { chunks: 0, isDone: false, error: null as string | null, firstMs: 0, lastMs: 0 };
  const parser = createParser({
    onEvent({ data }) {
      if (data === '[DONE]') {
        heard.isDone = true;
        return;
      }
      const chunk = asObject(parseJson(data));
      const error = asObject(chunk?.['error']);
      if (error !== null) heard.error = String(error['message']);
      if (asList(chunk?.['choices']).length === 0) return;
      heard.lastMs = performance.now() - begun;
      if (heard.chunks === 0) heard.firstMs = heard.lastMs;
      heard.chunks += 1;
    },
  });
  for await (const part of body) parser.feed(decoder.decode(part, { stream: true }));
  return heard;
}

function judge(model: string, { chunks, isDone, error, firstMs, lastMs }: Heard): Finding {
  if (error !== null) return bad(`${model} ended its stream with an error: ${error}`, 'Try again, or another model: --model NAME.');
  if (chunks === 0)
    return bad('The stream contained no chunk of an answer.', 'If there is a proxy in between, check whether it changes responses.');
  if (!isDone) return bad('The stream ended before its [DONE].', 'Something in between cut it off: check the timeouts of the proxy.');
  const spread = lastMs - firstMs;
  const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;
  if (chunks > 2 && lastMs > FAST_MS && spread < lastMs * SPREAD) {
    return bad(
      `All ${chunks} chunks came at once, after ${seconds(lastMs)}: a proxy in between buffers the response, or the model sends it in one piece.`,
      BUFFERING,
      'Without a proxy, compare with another model: --model NAME.',
    );
  }
  return good(`${chunks} chunks in ${seconds(lastMs)}, the first after ${seconds(firstMs)}, and [DONE].`);
}
