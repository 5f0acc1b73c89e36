import { answerFailure } from '../http/answer-failure';
import { connectionFailure } from '../http/connection-failure';
import { asList, asObject, asText, parseJson } from '../json-value';
import { bad, good, skipped, type Finding, type Patient } from './step';

const CHAT_MS = 120_000;

/** The model that chat and stream are tried on; null: none can be used. */
export function textModelOf({ wantedModel, models }: Patient): string | null {
  return wantedModel ?? models.find(({ modality, isAvailable }) => modality === 'text' && isAvailable)?.id ?? null;
}

export const NO_TEXT_MODEL = 'There is no text model to test.';

/** Asks for a short chat. */
export async function askChat(patient: Patient, more: object): Promise<{ readonly response: Response } | { readonly problem: Finding }> {
  const url = `${patient.base}/chat/completions`;
  const model = textModelOf(patient);
  const body = { model, messages: [{ role: 'user', content: 'Count from one to ten in words.' }], max_tokens: 64, ...more };
  try {
    const response = await patient.ask(url, { body, timeoutMs: CHAT_MS });
    if (response.ok) return { response };
    const { message, facts } = answerFailure(response, await response.text());
    const ids = [facts.requestId, facts.taskId].filter((id) => typeof id === 'string').join(', ');
    return {
      problem: bad(
        `${model ?? ''}: ${message} (${facts.code}${ids === '' ? '' : `, ${ids}`})`,
        ...(facts.advice ?? []),
        ...another(patient),
      ),
    };
  } catch (error) {
    const { message, facts } = connectionFailure(error, url);
    return { problem: bad(message, ...(facts.advice ?? [])) };
  }
}

/** Does a whole answer come? */
export async function lookAtChat(patient: Patient): Promise<Finding> {
  const model = textModelOf(patient);
  if (model === null) return skipped(NO_TEXT_MODEL);
  const begun = performance.now();
  const asked = await askChat(patient, {});
  if ('problem' in asked) return asked.problem;
  const text = await asked.response.text().catch(() => '');
  const content = asText(asObject(asObject(asList(asObject(parseJson(text))?.['choices'])[0])?.['message'])?.['content']);
  if (content === null) {
    return bad(`${model} did not answer with a chat completion.`, 'If there is a proxy in between, check whether it changes bodies.');
  }
  return good(`${model} answered in ${((performance.now() - begun) / 1_000).toFixed(1)} s.`);
}

function another({ wantedModel }: Patient): readonly string[] {
  return wantedModel === null ? ['Try another model: --model NAME.'] : [];
}
