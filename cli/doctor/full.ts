import { answerFailure } from '../http/answer-failure';
import { asList, asObject, asText, parseJson } from '../json-value';
import { NO_TEXT_MODEL, textModelOf } from './chat';
import { bad, good, skipped, type Finding, type Patient } from './step';

const GENERATION_MS = 180_000;
const CUT = 'Something in between cut the stream off: check the timeouts of the proxy, and that it does not change bodies.';

/** Asks for a generation. @returns what came as text, or what went wrong */
async function generate(patient: Patient, path: string, body: object): Promise<string | Finding> {
  const response = await patient.ask(`${patient.root}/v1${path}`, {
    body,
    timeoutMs: GENERATION_MS,
    headers: { authorization: `Bearer ${patient.key}`, 'anthropic-version': '2023-06-01' },
  });
  const text = await response.text();
  if (response.ok) return text;
  const { message, facts } = answerFailure(response, text);
  return bad(`${message} (${facts.code})`, ...(facts.advice ?? []));
}

/** What Codex CLI, LobeChat and n8n ask for: a stream of a response that ends as it should. */
export async function lookAtResponses(patient: Patient): Promise<Finding> {
  const model = textModelOf(patient);
  if (model === null) return skipped(NO_TEXT_MODEL);
  const said = await generate(patient, '/responses', { model, input: 'Say hello.', stream: true, store: false, max_output_tokens: 64 });
  if (typeof said !== 'string') return said;
  return /^event: response\.(completed|incomplete)$/m.test(said)
    ? good('A stream ended with response.completed.')
    : bad('A stream of /v1/responses did not end with response.completed.', CUT);
}

/** What Claude Code and the Anthropic SDKs ask for. */
export async function lookAtMessages(patient: Patient): Promise<Finding> {
  const model = textModelOf(patient);
  if (model === null) return skipped(NO_TEXT_MODEL);
  const messages = [{ role: 'user', content: 'Say hello.' }];
  const said = await generate(patient, '/messages?beta=true', { model, messages, stream: true, max_tokens: 64 });
  if (typeof said !== 'string') return said;
  return /^event: message_stop$/m.test(said)
    ? good('A stream ended with message_stop.')
    : bad('A stream of /v1/messages did not end with message_stop.', CUT);
}

/** Can the model call tools, as editors need it to? */
export async function lookAtTools(patient: Patient): Promise<Finding> {
  const model = textModelOf(patient);
  if (model === null) return skipped(NO_TEXT_MODEL);
  const said = await generate(patient, '/chat/completions', {
    model,
    stream: true,
    messages: [{ role: 'user', content: 'Read the file a.txt.' }],
    tool_choice: 'required',
    tools: [
      { type: 'function', function: { name: 'read_file', parameters: { type: 'object', properties: { path: { type: 'string' } } } } },
    ],
  });
  if (typeof said !== 'string') return said;
  const calls = [...said.matchAll(/^data: (\{.*)$/gm)].flatMap(([, data]) =>
    asList(asObject(asObject(asList(asObject(parseJson(data ?? ''))?.['choices'])[0])?.['delta'])?.['tool_calls']),
  );
  if (calls.length === 0)
    return bad(`${model} called no tool although it had to.`, 'Choose a model that can: editors and agents need tools.');
  const isNumbered = calls.every((call) => typeof asObject(call)?.['index'] === 'number');
  return isNumbered
    ? good(`${model} calls tools.`)
    : bad(
        'Parts of a tool call come without index: clients show blank replies.',
        'Give the operator the request id; the provider leaves it out.',
      );
}

/** Does an image come as most clients expect it: as data, without being asked for that? */
export async function lookAtImage(patient: Patient): Promise<Finding> {
  const model = patient.models.find(({ modality, isAvailable }) => modality === 'image' && isAvailable)?.id;
  if (model === undefined) return skipped('There is no image model to test.');
  const begun = performance.now();
  const said = await generate(patient, '/images/generations', { model, prompt: 'A loaf of bread' });
  if (typeof said !== 'string') return said;
  const image = asObject(asList(asObject(parseJson(said))?.['data'])[0]);
  if (asText(image?.['b64_json']) !== null) return good(`${model} made an image in ${((performance.now() - begun) / 1_000).toFixed(1)} s.`);
  return bad(
    'The image came as a link, not as data: several clients refuse that.',
    'Take images_default off the key: `atelier keys set NAME --images b64_json`.',
  );
}
