import { answerFailure } from '../http/answer-failure';
import { connectionFailure } from '../http/connection-failure';
import { asList, asObject, asText, parseJson } from '../json-value';
import { bad, end, good, goodBut, type Finding, type ListedModel, type Patient } from './step';

/** Claude Code gives a list up after this. */
const SLOW_LIST_MS = 3_000;

/** Is the key taken at this path? Also reads the list of models. */
export async function lookAtKey(patient: Patient): Promise<Finding> {
  const { base, key, ask } = patient;
  const flaw = flawOf(key);
  if (flaw !== null) return flaw;
  const url = `${base}/models`;
  let response: Response;
  let text: string;
  const begun = performance.now();
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
    patient.listedInMs = performance.now() - begun;
    return good('The key is accepted.');
  }
  switch (response.status) {
    case 401:
      return end(
        `The key was rejected: ${answerFailure(response, text).message}`,
        'It was revoked, mistyped, or is the key of another installation: compare its beginning and end with where you got it. `atelier keys list` shows those that are valid here.',
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
    flaws: flawsOf(model),
  };
}

/** What Cherry Studio, Open WebUI and others refuse a whole list for. */
function flawsOf(model: Readonly<Record<string, unknown>>): readonly string[] {
  const nulls = Object.keys(model).filter((name) => model[name] === null);
  return [
    ...(asText(model['id']) === null ? ['id is not a text'] : []),
    ...nulls.map((name) => `${name} is null`),
    ...('created' in model && !Number.isInteger(model['created']) && !nulls.includes('created') ? ['created is not an integer'] : []),
  ];
}

/** May the key use any model? */
export async function lookAtModels({ models, wantedModel, listedInMs }: Patient): Promise<Finding> {
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
  if (wantedModel !== null && !models.some(({ id }) => id === wantedModel)) return unlisted(wantedModel, models);
  const flawed = models.find(({ flaws }) => flaws.length > 0);
  if (flawed !== undefined) {
    return bad(
      `${flawed.id}: ${flawed.flaws.join(', ')}. Some clients refuse the whole list for that.`,
      'If there is a proxy in between, check whether it changes bodies.',
    );
  }
  const counts = ['text', 'image', 'video'].map(
    (modality) => `${available.filter((model) => model.modality === modality).length} ${modality}`,
  );
  const slow =
    listedInMs > SLOW_LIST_MS ? [`The list took ${(listedInMs / 1_000).toFixed(1)} s: Claude Code waits 3 s for it, Open WebUI 10 s.`] : [];
  return goodBut(
    `${available.length} of ${models.length} are available: ${counts.join(', ')}.`,
    ...available.flatMap(({ warnings }) => warnings),
    ...slow,
  );
}

/** A name that this key's list lacks, with the one that was probably meant. */
function unlisted(wanted: string, models: readonly ListedModel[]): Finding {
  const core = wanted.replace(/^[^/]*\//, '').replace(/-(?:thinking|high|xhigh|low|latest)$/, '');
  const near =
    models.find(({ id }) => id === core) ??
    models.find(({ id }) => id.toLowerCase() === core.toLowerCase()) ??
    models.find(({ id }) => id.includes(core) || core.includes(id));
  return bad(
    `${wanted} is not among the ${models.length} models of this key.`,
    near === undefined
      ? 'Use a name from `atelier models list`, exactly; or ask the operator to allow it for this key.'
      : `Did you mean ${near.id}? Clients add prefixes (openai/…) and suffixes (-thinking) of their own.`,
  );
}
