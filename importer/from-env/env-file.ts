import { modalityOf } from '../modality';
import { createDraft, type Draft } from './draft';
import { VENDORS, type Vendor } from './vendors';

/** Values of a `.env` file by name; `export`, quotes and comments are read as a shell does. */
export function variablesOf(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const match = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*$/.exec(line);
    if (match === null) continue;
    const [, name = '', raw = ''] = match;
    const quoted = /^(["'])(.*)\1\s*(?:#.*)?$/.exec(raw);
    found.set(name, quoted === null ? raw.replace(/\s+#.*$/, '') : (quoted[2] ?? ''));
  }
  return found;
}

/** A secret that no vendor of ours is known by. */
const SECRET = /(API_?KEY|SECRET|TOKEN)$/;

/**
 * Makes a configuration of a script's `.env`: a provider for each key, and a model for each that a variable names
 * (`OPENAI_MODEL`, `OPENAI_IMAGE_MODEL`, `MODELS`).
 */
export function draftOfEnv(text: string): Draft {
  const variables = variablesOf(text);
  const draft = createDraft();
  const used = new Set<string>();
  const nameOf = new Map<Vendor, string>();
  for (const vendor of VENDORS) {
    const variable = vendor.keys.find((name) => (variables.get(name) ?? '') !== '');
    if (variable === undefined) continue;
    const address = vendor.addresses.find((name) => (variables.get(name) ?? '') !== '');
    const baseUrl = address === undefined ? vendor.baseUrl : variables.get(address);
    nameOf.set(
      vendor,
      draft.provider(vendor.name, { kind: vendor.kind, ...(baseUrl === undefined ? {} : { base_url: baseUrl }), variable }),
    );
    draft.needs(variable, 'as in that file');
    for (const name of [variable, address ?? '']) used.add(name);
  }
  const kling = ['KLING_ACCESS_KEY', 'KLING_SECRET_KEY'].filter((name) => variables.has(name));
  if (kling.length > 0) draft.leave(kling.join(', '), 'Kling has two keys: add it by hand as kind kling (docs/providers/kling.md).');
  for (const name of kling) used.add(name);

  for (const [name, value] of variables) {
    if (!/MODELS?$/.test(name) || value === '') continue;
    used.add(name);
    for (const model of value
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== ''))
      addModel(name, model);
  }
  for (const [name] of variables) {
    if (!used.has(name) && SECRET.test(name)) draft.leave(name, 'Looks like a secret of a vendor that is not known here.');
  }
  if (draft.models.length === 0)
    draft.leave('models', 'No variable names one (such as OPENAI_MODEL): add those that you use under models.');
  return draft;

  function addModel(variable: string, model: string): void {
    const vendor = vendorOf(variable, model, [...nameOf.keys()]);
    const provider = vendor === undefined ? undefined : nameOf.get(vendor);
    if (provider === undefined) {
      draft.leave(`${variable}=${model}`, 'It is not clear whose model it is: add it by hand.');
      return;
    }
    draft.route({ name: model, modality: modalityOf(model), price: 'catalogue' }, { provider, model });
  }
}

/** Whose model: by the variable's name, by the model's, or as there is one vendor only. */
function vendorOf(variable: string, model: string, vendors: readonly Vendor[]): Vendor | undefined {
  const word = variable.split('_')[0]?.toLowerCase() ?? '';
  return (
    vendors.find(({ name, prefixes }) => name === word || prefixes.includes(word)) ??
    vendors.find(({ names }) => names?.test(model) === true) ??
    (vendors.length === 1 ? vendors[0] : undefined)
  );
}
