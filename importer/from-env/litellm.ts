import { decimalOf, quotient, times, wholeNumber } from '../decimal';
import { modalityOf } from '../modality';
import { createDraft, type Draft, type DraftBuilder, type DraftModel } from './draft';
import { ELSEWHERE, VENDORS, type Vendor } from './vendors';

type Fields = Readonly<Record<string, unknown>>;

const MILLION = wholeNumber(1_000_000);

/** LiteLLM's `mode` of a model. */
const MODES: Readonly<Record<string, Pick<DraftModel, 'modality' | 'capabilities'>>> = {
  image_generation: { modality: 'image' },
  image_edit: { modality: 'image' },
  video_generation: { modality: 'video' },
  embedding: { modality: 'text', capabilities: { embeddings: true } },
  moderation: { modality: 'text', capabilities: { moderations: true } },
  audio_speech: { modality: 'text', capabilities: { speech: true } },
  audio_transcription: { modality: 'text', capabilities: { transcriptions: true } },
};

/**
 * Makes a configuration of LiteLLM's `config.yaml`: deployments of one `model_name` become routes of one model, keys become references,
 * fallbacks ours where we have them.
 */
export function draftOfLitellm(config: unknown): Draft {
  const draft = createDraft();
  const { model_list: list, router_settings: router, litellm_settings: settings, general_settings: general } = fields(config);
  for (const [index, item] of many(list).entries()) addDeployment(draft, fields(item), index);
  const both = { ...fields(settings), ...fields(router) };
  addFallbacks(draft, both);
  for (const [alias, name] of Object.entries(fields(both['model_group_alias'])))
    addAlias(draft, alias, text(name) ?? text(fields(name)['model']));
  if (text(fields(general)['master_key']) !== null) {
    draft.leave('general_settings.master_key', 'Keys of users are made here: atelier keys create.');
  }
  if (text(fields(general)['database_url']) !== null) {
    draft.leave('general_settings.database_url', 'Keys, teams and budgets of its database stay there: make them anew (docs/people.md).');
  }
  return draft;
}

function addDeployment(draft: DraftBuilder, item: Fields, index: number): void {
  const name = text(item['model_name']) ?? '';
  const params = fields(item['litellm_params']);
  const full = text(params['model']) ?? '';
  const what = `model_list[${String(index)}] ${name}`;
  if (name === '' || full === '') {
    draft.leave(what, 'It has no model_name or no litellm_params.model.');
    return;
  }
  if (name.includes('*')) {
    draft.leave(what, 'A name with * stands for many: name each model that you use.');
    return;
  }
  const { prefix, model, vendor } = vendorOf(full);
  if (vendor === undefined) {
    draft.leave(what, ELSEWHERE[prefix] ?? `There is no kind for "${prefix === '' ? full : prefix}".`);
    return;
  }
  const address = text(params['api_base']) ?? vendor.baseUrl;
  const provider = draft.provider(vendor.name, {
    kind: vendor.kind,
    ...(address === undefined ? {} : { base_url: address }),
    variable: variableOf(draft, params['api_key'], vendor, index),
  });
  const info = fields(item['model_info']);
  const mode = MODES[text(info['mode']) ?? ''];
  const order = numberOf(params['order']);
  const weight = numberOf(params['weight']);
  draft.route(
    { name, ...(mode ?? { modality: modalityOf(model) }), price: priceOf({ ...info, ...params }) ?? 'catalogue' },
    {
      provider,
      model,
      // LiteLLM tries the lowest order first, we the highest priority.
      ...(order === null ? {} : { priority: Math.max(0, 100 - order) }),
      ...(weight === null ? {} : { weight }),
    },
  );
}

function vendorOf(full: string): { readonly prefix: string; readonly model: string; readonly vendor: Vendor | undefined } {
  const slash = full.indexOf('/');
  const prefix = slash === -1 ? '' : full.slice(0, slash);
  const byPrefix = VENDORS.find(({ prefixes }) => prefixes.includes(prefix));
  if (byPrefix !== undefined) return { prefix, model: full.slice(slash + 1), vendor: byPrefix };
  if (prefix in ELSEWHERE) return { prefix, model: full.slice(slash + 1), vendor: undefined };
  return { prefix, model: full, vendor: VENDORS.find(({ names }) => names?.test(full) === true) };
}

/** The variable of a key. A key that stands in the file gets one, and never stands in ours. */
function variableOf(draft: DraftBuilder, key: unknown, vendor: Vendor, index: number): string {
  const given = text(key);
  const reference = given === null ? null : (/^os\.environ\/(\w+)$/.exec(given)?.[1] ?? /^\$\{?(\w+)\}?$/.exec(given)?.[1] ?? null);
  const variable = reference ?? (given === null ? (vendor.keys[0] ?? 'API_KEY') : `LITELLM_KEY_${String(index + 1)}`);
  draft.needs(variable, given === null || reference !== null ? 'as LiteLLM is given it' : `the api_key of model_list[${String(index)}]`);
  return variable;
}

/** Dollars per token, second or image, as decimal strings of ours. @returns null when it says none */
function priceOf(facts: Fields): Readonly<Record<string, string>> | null {
  const million = (name: string): string | null => {
    const cost = decimalOf(facts[name]);
    return cost === null ? null : quotient(times(cost, MILLION), wholeNumber(1), 6).text;
  };
  const plain = (name: string): string | null => {
    const cost = decimalOf(facts[name]);
    return cost === null ? null : quotient(cost, wholeNumber(1), 12).text;
  };
  const rows: readonly (readonly [string, string | null])[] = [
    ['per_image_usd', plain('output_cost_per_image') ?? plain('input_cost_per_image')],
    ['per_second_usd', plain('output_cost_per_second')],
    ['input_per_1m_usd', million('input_cost_per_token')],
    ['output_per_1m_usd', million('output_cost_per_token')],
    ['cached_input_per_1m_usd', million('cache_read_input_token_cost')],
  ];
  const found = rows.flatMap(([name, value]) => (value === null ? [] : [[name, value] as const]));
  return found.length === 0 ? null : Object.fromEntries(found);
}

const CAUSES = [
  ['context_window_fallbacks', 'context_window'],
  ['content_policy_fallbacks', 'content_policy'],
] as const;

function addFallbacks(draft: DraftBuilder, settings: Fields): void {
  const pairs = (name: string): readonly (readonly [string, readonly string[]])[] =>
    many(settings[name]).flatMap((item) =>
      Object.entries(fields(item)).map(([from, to]) => [from, many(to).flatMap((one) => text(one) ?? [])] as const),
    );
  for (const [theirs, ours] of CAUSES) {
    for (const [from, to] of pairs(theirs)) {
      const model = draft.models.find(({ name }) => name === from);
      const known = to.filter((name) => draft.models.some((one) => one.name === name));
      if (model === undefined || known.length === 0) draft.leave(`${theirs}: ${from}`, 'It names models that do not come along.');
      else model.fallbacks = { ...model.fallbacks, [ours]: known };
    }
  }
  // After any failure LiteLLM goes on at another model; here that is a route of the same model, with a lower priority.
  for (const [from, to] of pairs('fallbacks')) {
    const model = draft.models.find(({ name }) => name === from);
    if (model === undefined) {
      draft.leave(`fallbacks: ${from}`, 'It names a model that does not come along.');
      continue;
    }
    const lowest = Math.min(0, ...model.routes.map(({ priority = 0 }) => priority));
    for (const [step, name] of to.entries()) {
      const routes = draft.models.find((one) => one.name === name)?.routes ?? [];
      model.routes.push(...routes.map((route) => ({ ...route, priority: lowest - step - 1 })));
    }
  }
}

function addAlias(draft: DraftBuilder, alias: string, name: string | null): void {
  const model = draft.models.find((one) => one.name === name);
  if (model === undefined) {
    draft.leave(`model_group_alias: ${alias}`, 'It names a model that does not come along.');
    return;
  }
  const { routes, ...facts } = model;
  for (const route of routes) draft.route({ ...facts, name: alias }, route);
}

function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function many(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
