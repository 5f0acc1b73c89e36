import type { Template, TemplateInput } from '../../api/templates';
import type { Kind } from './draft';

/** A place of an item that a column can fill. `name` is a key of the texts, or the input's own name. */
export interface Target {
  /** As the API writes it: "inputs.product", "output.seed", "key". */
  readonly path: string;
  readonly isRequired: boolean;
  /** Of the template, if it is one of its inputs. */
  readonly input: { readonly name: string; readonly spec: TemplateInput } | null;
}

const OUTPUTS: Readonly<Record<Kind, readonly string[]>> = {
  image: ['output.aspect_ratio', 'output.size', 'output.n', 'output.seed', 'output.quality'],
  video: ['output.aspect_ratio', 'output.duration_s', 'output.resolution', 'output.seed'],
  text: [],
};

/** Where the columns can go. */
export function targetsOf(template: Template | null, type: Kind): readonly Target[] {
  const plain = (path: string, isRequired = false): Target => ({ path, isRequired, input: null });
  if (template !== null) {
    const inputs = Object.entries(template.inputs).map(([name, spec]): Target => {
      return { path: `inputs.${name}`, isRequired: spec.required === true && spec.default === undefined, input: { name, spec } };
    });
    const open = OUTPUTS[template.type].filter((path) => template.overridable.some((one) => one === path || one === 'output'));
    return [plain('key'), ...inputs, ...open.map((path) => plain(path))];
  }
  const content = type === 'text' ? [plain('input.prompt', true)] : [plain('input.prompt', true), plain('input.negative_prompt')];
  const images = type === 'text' ? [] : [plain('input.images')];
  return [plain('key'), ...content, ...images, ...OUTPUTS[type].map((path) => plain(path)), plain('model')];
}

/** What columns are called that mean the same. */
const ALSO: Readonly<Record<string, readonly string[]>> = {
  key: ['key', 'id', 'sku', 'item', 'code', '货号', '编号', '条目', '条目键'],
  'input.prompt': ['prompt', 'text', 'description', '提示词', '描述'],
  'input.negative_prompt': ['negative', 'negative prompt', '反向提示词'],
  'input.images': ['image', 'images', 'photo', 'reference', '图片', '参考图', '图片链接'],
  'output.aspect_ratio': ['ratio', 'aspect ratio', '比例'],
  'output.size': ['size', '尺寸'],
  'output.n': ['n', 'count', 'images per row', '张数', '数量'],
  'output.seed': ['seed', '种子'],
  'output.quality': ['quality', '质量'],
  'output.duration_s': ['seconds', 'duration', '秒数', '时长'],
  'output.resolution': ['resolution', '分辨率'],
  model: ['model', '模型'],
};

const plainOf = (title: string): string =>
  title
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_-]+/g, ' ');

/** Gives columns to places by their names. What fits nothing is left out. */
export function mapByName(titles: readonly string[], targets: readonly Target[]): Readonly<Record<string, string | null>> {
  const taken = new Set<string>();
  const mapping: Record<string, string | null> = {};
  for (const title of titles) {
    const found = targets.find((target) => !taken.has(target.path) && namesOf(target).includes(plainOf(title)));
    if (found !== undefined) taken.add(found.path);
    mapping[title] = found?.path ?? null;
  }
  return mapping;
}

function namesOf({ path, input }: Target): readonly string[] {
  const own = [path, ...(ALSO[path] ?? [])];
  if (input === null) return own.map(plainOf);
  const { label } = input.spec;
  const labels = typeof label === 'string' ? [label] : [label?.en, label?.zh];
  return [...own, input.name, ...labels.filter((one) => one !== undefined)].map(plainOf);
}

/** Places that must be filled and are not. */
export function missingOf(targets: readonly Target[], mapping: Readonly<Record<string, string | null>>): readonly Target[] {
  const filled = new Set(Object.values(mapping));
  return targets.filter(({ path, isRequired }) => isRequired && !filled.has(path));
}
