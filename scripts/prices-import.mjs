/**
 * `npm run prices:import -- FILE [--as-of DATE]`: takes the prices of our kinds of providers from LiteLLM's catalogue (MIT), a file
 * `model_prices_and_context_window_backup.json` that you downloaded, into prices/*.json. Rows with another source are yours and stay.
 * What is not understood is left out and reported, never guessed.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import * as prettier from 'prettier';
import { root } from './lib/sources.mjs';

/**
 * @typedef {{ kind: string, model: string, modality: string, price: Record<string, unknown> | 'free', source: string, as_of: string, shutdown_date?: string }} Row
 * @typedef {Record<string, unknown>} Entry
 * @typedef {{ file: string, kind: Partial<Record<'text' | 'image' | 'video', string>>, prefix?: RegExp, only?: RegExp, imagesUnderInput?: true }} Vendor
 */

const MARK = 'LiteLLM ';
/** LiteLLM's names of vendors. One name may be billed by several of them: the first vendor here that prices it wins. @type {Record<string, Vendor>} */
const VENDORS = {
  openai: { file: 'openai', kind: { text: 'openai', image: 'openai', video: 'openai' }, prefix: /^openai\//, imagesUnderInput: true },
  anthropic: { file: 'anthropic', kind: { text: 'anthropic' } },
  gemini: { file: 'gemini', kind: { text: 'gemini', image: 'gemini' }, prefix: /^gemini\//, only: /^(?:gemini|nano-banana|gemma)/ },
  vertex_ai: { file: 'vertex', kind: { image: 'vertex' }, prefix: /^vertex_ai\// },
  'vertex_ai-video-models': { file: 'vertex', kind: { video: 'vertex' }, prefix: /^vertex_ai\// },
  'vertex_ai-image-models': { file: 'vertex', kind: { image: 'vertex' }, prefix: /^vertex_ai\// },
  volcengine: { file: 'ark', kind: { image: 'ark', video: 'ark' }, prefix: /^volcengine\// },
  // The international service, which is the default of base_url. What it resells of others is priced by their own servers.
  qwencloud: {
    file: 'dashscope',
    kind: { text: 'openai', image: 'dashscope', video: 'dashscope' },
    prefix: /^qwencloud\//,
    only: /^(?:qwen|qwq|wan|happyhorse)/,
  },
  dashscope: { file: 'dashscope', kind: { image: 'dashscope' }, prefix: /^dashscope\// },
  minimax: { file: 'minimax', kind: { text: 'openai', video: 'minimax' }, prefix: /^minimax\// },
  runwayml: { file: 'runway', kind: { image: 'runway', video: 'runway' }, prefix: /^runwayml\// },
  fal_ai: { file: 'fal', kind: { image: 'fal', video: 'fal' }, prefix: /^fal_ai\// },
  black_forest_labs: { file: 'bfl', kind: { image: 'bfl' }, prefix: /^black_forest_labs\// },
  xai: { file: 'xai', kind: { text: 'openai', image: 'xai', video: 'xai' }, prefix: /^xai\//, imagesUnderInput: true },
  deepseek: { file: 'deepseek', kind: { text: 'openai' }, prefix: /^deepseek\// },
  moonshot: { file: 'moonshot', kind: { text: 'openai' }, prefix: /^moonshot\// },
};
/** @type {Record<string, 'text' | 'image' | 'video'>} */
const MODALITIES = {
  ...{ chat: 'text', embedding: 'text', image_generation: 'image', image_edit: 'image', video_generation: 'video' },
  ...{ moderation: 'text', audio_speech: 'text', audio_transcription: 'text' },
};
/** Made by the kind `openai` alone: what other vendors have of it is not OpenAI's format. */
const OPENAI_ONLY = ['moderation', 'audio_speech', 'audio_transcription'];
const UNWANTED =
  /^ft:|audio|-live-|gemini-omni|trellis|realtime|lyria|robotics|deep-research|search-(?:api|preview)|experimental|beta|-exp(?:-|$)|container/;
const QUALITY_AND_SIZE = /^(?:(low|medium|high|xhigh|max|auto|standard|hd)\/)?(?:(\d+)-x-(\d+)\/)(.+)$/;

class LeftOut extends Error {}

/**
 * A float of the catalogue as the decimal that was written there, times a power of ten. Digits beyond 12 are noise of binary fractions
 * (2.9999999999999997e-06). @param {unknown} value @param {number} shift @param {number} places
 */
function decimal(value, shift, places) {
  if (typeof value !== 'number' || !(value > 0)) throw new LeftOut(`a price is ${String(value)}`);
  const [digits = '', exponent = '0'] = value.toExponential(String(value).replace(/\D/g, '').length > 15 ? 11 : undefined).split('e');
  const whole = BigInt(digits.replace('.', ''));
  const scale = (digits.split('.')[1]?.length ?? 0) - Number(exponent) - shift;
  const text = scale <= 0 ? String(whole * 10n ** BigInt(-scale)) : String(whole).padStart(scale + 1, '0');
  const point = scale <= 0 ? text : `${text.slice(0, -scale)}.${text.slice(-scale)}`.replace(/\.?0+$/, '');
  if ((point.split('.')[1]?.length ?? 0) > places) throw new LeftOut(`${String(value)} has more digits than a price can have`);
  return point;
}

/** @param {Entry} entry @returns {Record<string, unknown> | 'free'} */
function moderationPrice(entry) {
  return entry['input_cost_per_token'] === 0 && !entry['output_cost_per_token'] ? 'free' : textPrice(entry);
}

/** Tokens where the vendor counts them, sound at the price of a text's or of its own; else characters or seconds. @param {Entry} entry */
function soundPrice(entry) {
  const sound = entry['input_cost_per_audio_token'] ?? entry['input_cost_per_token'];
  if (entry['input_cost_per_token'] !== undefined) {
    if (sound !== entry['input_cost_per_token']) throw new LeftOut('sound and text cost differently, which a row cannot say');
    const output = entry['output_cost_per_audio_token'] ?? entry['output_cost_per_token'];
    return { input_per_1m_usd: decimal(sound, 6, 6), output_per_1m_usd: decimal(output, 6, 6) };
  }
  if (entry['input_cost_per_character'] !== undefined) return { per_1m_characters_usd: decimal(entry['input_cost_per_character'], 6, 6) };
  const perSecond = entry['input_cost_per_second'];
  if (typeof perSecond !== 'number') throw new LeftOut('no price of tokens, characters or seconds');
  return { per_minute_usd: decimal(Number((perSecond * 60).toPrecision(12)), 0, 12) };
}

/** @param {string} mode @param {Entry} entry @returns {Record<string, unknown> | 'free'} */
function priceOfText(mode, entry) {
  if (mode === 'moderation') return moderationPrice(entry);
  return mode === 'chat' || mode === 'embedding' ? textPrice(entry) : soundPrice(entry);
}

/** @param {Entry} entry */
function textPrice(entry) {
  const input = entry['input_cost_per_token'];
  if (input === undefined || input === null) throw new LeftOut('no single price per token (tiers only)');
  const optional = (/** @type {string} */ key, /** @type {string} */ name) =>
    typeof entry[key] === 'number' && entry[key] > 0 ? { [name]: decimal(entry[key], 6, 6) } : {};
  return {
    input_per_1m_usd: decimal(input, 6, 6),
    ...optional('cache_read_input_token_cost', 'cached_input_per_1m_usd'),
    ...optional('cache_creation_input_token_cost', 'cache_write_input_per_1m_usd'),
    ...optional('cache_creation_input_token_cost_above_1hr', 'cache_write_1h_input_per_1m_usd'),
    ...optional('output_cost_per_token', 'output_per_1m_usd'),
  };
}

/** @param {Entry} entry @param {Vendor} vendor */
function imagePrice(entry, vendor) {
  const rows = Object.entries(entry).flatMap(([key, value]) => {
    const size = /^output_cost_per_image_(\d+(?:\.\d+)?K|\d+)$/.exec(key)?.[1];
    return size === undefined ? [] : [{ size, usd: decimal(value, 0, 12) }];
  });
  const usual = entry['output_cost_per_image'] ?? (vendor.imagesUnderInput === true ? entry['input_cost_per_image'] : undefined);
  if (usual === undefined) {
    const under = ['input_cost_per_image', 'output_cost_per_image_token', 'output_cost_per_pixel'].filter((key) => key in entry);
    throw new LeftOut(under.length === 0 ? 'no price of an image' : `priced by ${under.join(', ')}, which says no price of an image`);
  }
  if (rows.length === 0) return { per_image_usd: decimal(usual, 0, 12) };
  // A request that names no size may get the largest: the default row is the dearest.
  return { per_image: [...rows, { usd: dearest([decimal(usual, 0, 12), ...rows.map(({ usd }) => usd)]) }] };
}

/** @param {Entry} entry */
function videoPrice(entry) {
  const usual = entry['output_cost_per_second'] ?? entry['output_cost_per_video_per_second'];
  if (usual === undefined) throw new LeftOut('no price of a second');
  const rows = Object.entries(entry).flatMap(([key, value]) => {
    const resolution = /^output_cost_per_second_(\d+p|[24]k)$/.exec(key)?.[1];
    return resolution === undefined ? [] : [{ resolution, usd: decimal(value, 0, 12) }];
  });
  return rows.length === 0 ? { per_second_usd: decimal(usual, 0, 12) } : { per_second: [...rows, { usd: decimal(usual, 0, 12) }] };
}

/** @param {readonly string[]} prices */
function dearest(prices) {
  return [...prices].sort((one, other) => Number(other) - Number(one))[0] ?? '';
}

/** The rows of a catalogue and what of our vendors was left out. @param {Record<string, Entry>} catalogue @param {string} source @param {string} asOf */
function convert(catalogue, source, asOf) {
  /** @type {Map<string, { file: string, row: Row }>} */
  const rows = new Map();
  /** @type {Map<string, { file: string, row: Row, variants: { size: string, quality?: string, usd: string }[] }>} */
  const bySize = new Map();
  /** @type {Map<string, string[]>} */
  const left = new Map();
  /** @type {string[]} */
  const tiered = [];
  const order = Object.keys(VENDORS);
  const entries = Object.entries(catalogue)
    .filter(([, entry]) => order.includes(String(entry['litellm_provider'])))
    .sort(([, one], [, other]) => order.indexOf(String(one['litellm_provider'])) - order.indexOf(String(other['litellm_provider'])));
  for (const [key, entry] of entries) {
    const vendor = /** @type {Vendor} */ (VENDORS[String(entry['litellm_provider'])]);
    const modality = MODALITIES[String(entry['mode'])];
    const kind = modality === undefined ? undefined : vendor.kind[modality];
    const variant = QUALITY_AND_SIZE.exec(vendor.prefix === undefined ? key : key.replace(vendor.prefix, ''));
    const model = variant?.[4] ?? (vendor.prefix === undefined ? key : key.replace(vendor.prefix, ''));
    const ends = typeof entry['deprecation_date'] === 'string' ? entry['deprecation_date'] : undefined;
    try {
      if (modality === undefined || kind === undefined) throw new LeftOut(`no kind of ours makes it (${String(entry['mode'])})`);
      if (OPENAI_ONLY.includes(String(entry['mode'])) && vendor.file !== 'openai') throw new LeftOut('not in the format of OpenAI');
      if (UNWANTED.test(model)) throw new LeftOut('left to you (audio, 3D, beta, fine-tuned, search ...)');
      if (vendor.only !== undefined && !vendor.only.test(model)) throw new LeftOut('made by another kind, or resold from another vendor');
      if (ends !== undefined && ends <= asOf) throw new LeftOut('shut down already');
      const price =
        modality === 'text'
          ? priceOfText(String(entry['mode']), entry)
          : modality === 'image'
            ? imagePrice(entry, vendor)
            : videoPrice(entry);
      if (modality === 'text' && Object.keys(entry).some((name) => /^input_cost_per_token_above_\d+k_tokens$/.test(name)))
        tiered.push(model);
      const row = { kind, model, modality, price, source, as_of: asOf, ...(ends === undefined ? {} : { shutdown_date: ends }) };
      const id = `${kind} ${model}`;
      if (variant === null) {
        if (!rows.has(id)) rows.set(id, { file: vendor.file, row });
        continue;
      }
      const usd = /** @type {{ per_image_usd?: string }} */ (price).per_image_usd;
      if (usd === undefined) throw new LeftOut('sizes of sizes');
      /** @type {{ file: string, row: Row, variants: { size: string, quality?: string, usd: string }[] }} */
      const sized = bySize.get(id) ?? { file: vendor.file, row, variants: [] };
      const quality = variant[1] === undefined ? {} : { quality: variant[1] };
      const size = `${variant[2] ?? ''}x${variant[3] ?? ''}`;
      if (!sized.variants.some((one) => one.size === size && one.quality === variant[1])) sized.variants.push({ size, ...quality, usd });
      bySize.set(id, sized);
    } catch (error) {
      if (!(error instanceof LeftOut)) throw error;
      left.set(error.message, [...(left.get(error.message) ?? []), key]);
    }
  }
  for (const [id, { file, row, variants }] of bySize) {
    const usual = /** @type {{ per_image_usd?: string } | undefined} */ (rows.get(id)?.row.price)?.per_image_usd;
    const most = dearest([...variants.map(({ usd }) => usd), ...(usual === undefined ? [] : [usual])]);
    rows.set(id, { file, row: { ...row, price: { per_image: [...variants, { usd: most }] } } });
  }
  return { rows: [...rows.values()], left, tiered };
}

/** @param {string} folder @returns {Map<string, Row[]>} */
function ownRows(folder) {
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : [];
  const read = (/** @type {string} */ name) => /** @type {Row[]} */ (JSON.parse(readFileSync(join(folder, name), 'utf8')));
  return new Map(files.map((name) => [name.slice(0, -5), read(name).filter(({ source }) => !source.startsWith(MARK))]));
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { 'as-of': { type: 'string' }, version: { type: 'string' }, into: { type: 'string' } },
});
const [file] = positionals;
if (file === undefined) {
  process.stderr.write(
    'Usage: npm run prices:import -- model_prices_and_context_window_backup.json [--as-of 2026-11-24] [--version 1.109.1]\n',
  );
  process.exit(2);
}
const folder = values.into ?? join(root, 'prices');
const asOf = values['as-of'] ?? new Date().toISOString().slice(0, 10);
const source = `${MARK}${values.version ?? 'catalogue'}, model_prices_and_context_window`;
const { rows, left, tiered } = convert(JSON.parse(readFileSync(file, 'utf8')), source, asOf);
const own = ownRows(folder);
const mine = new Set([...own.values()].flat().map(({ kind, model }) => `${kind} ${model}`));
const imported = rows.filter(({ row }) => !mine.has(`${row.kind} ${row.model}`));
for (const name of new Set([...own.keys(), ...imported.map((one) => one.file)])) {
  const all = [...(own.get(name) ?? []), ...imported.filter((one) => one.file === name).map(({ row }) => row)];
  const sorted = all.sort((one, other) => (`${one.kind} ${one.model}` < `${other.kind} ${other.model}` ? -1 : 1));
  const path = join(folder, `${name}.json`);
  mkdirSync(dirname(path), { recursive: true });
  const options = (await prettier.resolveConfig(join(root, 'prices', 'openai.json'))) ?? {};
  writeFileSync(path, await prettier.format(JSON.stringify(sorted), { ...options, parser: 'json' }));
}
const some = (/** @type {readonly string[]} */ names) =>
  names.length > 8 ? `${names.slice(0, 8).join(', ')} and ${names.length - 8} more` : names.join(', ');
process.stdout.write(`${imported.length} rows imported, ${mine.size} rows of yours kept.\n`);
if (tiered.length > 0) process.stdout.write(`Without the higher price of long prompts, which a row cannot say: ${some(tiered)}\n`);
process.stdout.write('Left out:\n');
for (const [reason, keys] of left) process.stdout.write(`  ${reason}: ${some(keys)}\n`);
