import { answerFailure } from '../http/answer-failure';
import { connectionFailure } from '../http/connection-failure';
import { asList, asObject, asText, parseJson } from '../json-value';
import { bad, end, good, type Finding, type ListedModel, type Patient } from './step';

/** Is the key taken at this path? Also reads the list of models. */
export async function lookAtKey(patient: Patient): Promise<Finding> {
  const { base, key, ask } = patient;
  const flaw = flawOf(key);
  if (flaw !== null) return flaw;
  const url = `${base}/models`;
  let response: Response;
  let text: string;
  try {
    response = await ask(url);
    text = await response.text();
  } catch (error) {
    const { message, facts } = connectionFailure(error, url);
    return end(message, ...(facts.advice ?? []));
  }
  const data = asObject(parseJson(text))?.['data'];
  if (response.ok && Array.isArray(data)) {
    patient.models = asList(data).map(listed);
    return good('The key is accepted.');
  }
  switch (response.status) {
    case 401:
      return end(
        `The key was rejected: ${answerFailure(response, text).message}`,
        'If it was revoked, ask for a new one (`atelier keys list` shows those that are valid). Compare its beginning and end with where you got it.',
      );
    case 403:
      return end(
        `The key is known but may not do this: ${answerFailure(response, text).message}`,
        'Ask the operator to allow it, or use another key. If the message is not from Atelier, a proxy or firewall refused the request.',
      );
    case 404:
      return end(
        `${url} was not found (404).`,
        'There is no Atelier at this path, although there is one on this host: check the path of the base URL; it usually ends in /v1.',
      );
    default:
  }
  if (response.ok) {
    return end(
      `${url} did not answer with a list of models: this is a web site or another service.`,
      'Check host, port and path of the base URL.',
    );
  }
  const { message, facts } = answerFailure(response, text);
  return end(message, ...(facts.advice ?? []));
}

/** What is visibly wrong with a key; null: nothing. */
function flawOf(key: string): Finding | null {
  if (key === '') return end('No key was given.', 'Pass it with --key KEY, or set ATELIER_KEY.');
  if (/^bearer\s/i.test(key)) return end('The key begins with "Bearer", which belongs in the header only.', 'Leave it out.');
  if (/["'\s]/.test(key)) return end('The key contains quotes, spaces or line breaks.', 'Remove them.');
  if (!/^[\x21-\x7e]+$/.test(key)) return end('The key contains characters that keys never have.', 'Copy it again from where you got it.');
  if (/^(\$|<|your)|KEY$|\.\.\.$/i.test(key)) return end('The key looks like a placeholder.', 'Use the real key; is the variable set?');
  return null;
}

function listed(value: unknown): ListedModel {
  const model = asObject(value) ?? {};
  return {
    id: asText(model['id']) ?? '',
    modality: asText(model['modality']) ?? '',
    isAvailable: model['available'] !== false,
    warnings: asList(model['warnings']).flatMap((warning) => asText(warning) ?? []),
  };
}

/** May the key use any model? */
export async function lookAtModels({ models }: Patient): Promise<Finding> {
  const available = models.filter(({ isAvailable }) => isAvailable);
  if (models.length === 0) {
    return bad(
      'The list of models is empty: this key may use none, or none is configured.',
      'Operators: allow models for the key (`models:` of its credential), or add some to the configuration.',
    );
  }
  if (available.length === 0) {
    return bad(
      `None of the ${models.length} models is available: they have no price, or none of their providers is enabled.`,
      'Operators: add `price:` to them in the configuration.',
    );
  }
  const counts = ['text', 'image', 'video'].map(
    (modality) => `${available.filter((model) => model.modality === modality).length} ${modality}`,
  );
  const advice = available.flatMap(({ warnings }) => warnings);
  return {
    ...good(`${available.length} of ${models.length} are available: ${counts.join(', ')}.`),
    ...(advice.length === 0 ? {} : { advice }),
  };
}
