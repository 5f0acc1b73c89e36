import {
  isMediaInput,
  type GenerationInput,
  type ImageRole,
  type MediaInput,
  type OutputParams,
  type TextOperation,
} from '../task/generation';
import { resolutionWord } from '../task/output-size';
import type { Capabilities, Catalogue, MediaParameter, MediaSupport, Model, Route } from './catalogue';

export type { MediaParameter, MediaSupport } from './catalogue';

/** The support of a kind of provider for one of its models; null: all, the server judges. */
export type MediaSupportOf = (kind: string, operation: 'image' | 'video', model: string) => MediaSupport | null;

/** What a kind of provider can do with one of its text models. */
export type OperationsOf = (kind: string, model: string) => readonly TextOperation[];

/** What adapters know of the models they reach. */
export interface AdapterSupport {
  readonly media: MediaSupportOf;
  readonly operations: OperationsOf;
}

/** What of a request a route or model cannot do. */
export interface Misfit {
  /** Canonical: `seed`, `size`, `images`, `images[1].role`, `video`, `negative_prompt`. */
  readonly param: string;
  /** `parameter`: it has no such thing. `value`: it has, but not this one. */
  readonly kind: 'parameter' | 'value';
  /** What was asked for, as it reads in a message: `"4k"`, `7 s`. */
  readonly asked: string;
  /** What it offers instead, in the same spelling. */
  readonly offers: readonly string[];
}

/** The catalogue with what its adapters know: the support of each route, and capabilities that the configuration does not name. */
export function withSupport(catalogue: Catalogue, { media, operations }: AdapterSupport): Catalogue {
  const models = [...catalogue.models.values()].map((model): Model => {
    const { modality } = model;
    if (modality === 'text') {
      return {
        ...model,
        routes: model.routes.map((route) => {
          const kind = catalogue.providers.get(route.provider)?.kind;
          return kind === undefined ? route : { ...route, serves: operations(kind, route.model) };
        }),
      };
    }
    const routes = model.routes.map((route): Route => {
      const kind = catalogue.providers.get(route.provider)?.kind;
      const support = kind === undefined ? null : media(kind, modality, route.model);
      return support === null ? route : { ...route, support: undeclared(support, model.capabilities) };
    });
    // One of its routes is not known: then nobody knows what the model offers in all.
    const known = routes.every(({ support }) => support !== undefined) ? routes.map(({ support }) => support?.capabilities ?? {}) : [];
    return { ...model, routes, capabilities: { ...merged(known), ...model.capabilities } };
  });
  return { ...catalogue, models: new Map(models.map((model) => [model.name, model])) };
}

/** What the configuration says of a model wins over what its adapter believes. */
function undeclared(support: MediaSupport, declared: Capabilities): MediaSupport {
  const own = Object.entries(support.capabilities ?? {}).filter(([name]) => !(name in declared));
  return { ...support, ...(declared.roles === undefined ? {} : { roles: declared.roles }), capabilities: Object.fromEntries(own) };
}

/** All that one of them offers. A list or a bound that one of them leaves open is open. */
function merged(all: readonly Capabilities[]): Capabilities {
  const [first, ...rest] = all;
  return rest.reduce<Capabilities>((left, right) => {
    const names = (Object.keys(left) as (keyof Capabilities)[]).filter((name) => right[name] !== undefined);
    return Object.fromEntries(names.map((name) => [name, union(name, left[name], right[name])]));
  }, first ?? {});
}

function union(name: keyof Capabilities, left: unknown, right: unknown): unknown {
  if (Array.isArray(left) && Array.isArray(right)) return [...new Set([...(left as unknown[]), ...(right as unknown[])])];
  if (typeof left === 'number' && typeof right === 'number') return name === 'minDurationS' ? Math.min(left, right) : Math.max(left, right);
  return left === true || right === true;
}

/** What of a request the model itself does not offer. */
export function misfitOfModel(model: Pick<Model, 'capabilities'>, input: MediaInput): Misfit | null {
  return misfitOfCapabilities(model.capabilities, input);
}

/** What of a request a route cannot do, though its model can. */
export function misfitOfRoute({ support }: Pick<Route, 'support'>, input: MediaInput): Misfit | null {
  if (support === undefined) return null;
  const { roles } = support;
  const named = parametersAsked(input).find((name) => !support.parameters.includes(name));
  if (named !== undefined) return { param: named, kind: 'parameter', asked: '', offers: offered(input.operation, support) };
  if (roles.length === 0 && input.images.length > 0) return { param: 'images', kind: 'parameter', asked: '', offers: [] };
  const odd = input.images.findIndex(({ role }) => !roles.includes(role as ImageRole));
  const role = input.images[odd]?.role;
  if (role !== undefined) return { param: `images[${odd}].role`, kind: 'value', asked: role, offers: roles };
  if (input.video !== undefined && support.video !== true) return { param: 'video', kind: 'parameter', asked: '', offers: [] };
  return misfitOfCapabilities(support.capabilities ?? {}, input);
}

/** For the planning of routes: which parameter of a request a route cannot do, as it is named when the route is skipped. */
export function parameterLacking(input: GenerationInput): (route: Pick<Route, 'support' | 'serves'>) => string | null {
  if (!isMediaInput(input)) return ({ serves }) => (serves?.includes(input.operation) === false ? input.operation : null);
  return (route) => misfitOfRoute(route, input)?.param.replace(/\[.*/, '') ?? null;
}

/** Atelier does these itself to an image that comes without. */
const OURS: readonly MediaParameter[] = ['format', 'compression', 'watermark'];

function offered(operation: 'image' | 'video', { parameters }: MediaSupport): readonly MediaParameter[] {
  return operation === 'image' ? [...new Set([...parameters, ...OURS])] : parameters;
}

/** The canonical parameters that a model's routes can do between them; null: one of them is not known. */
export function parametersOfRoutes({ routes, modality }: Pick<Model, 'routes' | 'modality'>): readonly MediaParameter[] | null {
  if (modality === 'text') return null;
  const all = routes.map(({ support }) => (support === undefined ? null : offered(modality, support)));
  return all.includes(null) ? null : [...new Set(all.flatMap((parameters) => parameters ?? []))];
}

/** The roles of input images that a model's routes take between them; null: one of them is not known. */
export function rolesOfRoutes({ routes, modality }: Pick<Model, 'routes' | 'modality'>): readonly ImageRole[] | null {
  if (modality === 'text') return null;
  const all = routes.map(({ support }) => support?.roles ?? null);
  return all.includes(null) ? null : [...new Set(all.flatMap((roles) => roles ?? []))];
}

/** The canonical parameters that a request really asks for: an empty text, no watermark and one result are nothing that a vendor has to know. */
export function parametersAsked({
  operation,
  output,
  negative_prompt,
}: Pick<MediaInput, 'operation' | 'output' | 'negative_prompt'>): readonly MediaParameter[] {
  const asks = (name: MediaParameter, value: unknown): boolean => {
    if (value === undefined || value === 'auto' || name === 'partial_images') return false;
    // Nothing need be said to get one, or one without a watermark.
    if ((name === 'n' && value === 1) || (name === 'watermark' && value === false)) return false;
    if (name === 'format' && operation === 'video') return false;
    return operation === 'video' || !OURS.includes(name);
  };
  const names = (Object.keys(output) as (keyof OutputParams)[]).filter((name) => asks(name, output[name]));
  return negative_prompt === undefined || negative_prompt === '' ? names : [...names, 'negative_prompt'];
}

function misfitOfCapabilities(capabilities: Capabilities, input: MediaInput): Misfit | null {
  const { output } = input;
  const images = input.images.filter((image) => image.role !== 'mask').length;
  const value = (param: string, asked: string, offers: readonly string[]): Misfit => ({ param, kind: 'value', asked, offers });
  const lacks = (param: string): Misfit => ({ param, kind: 'parameter', asked: '', offers: [] });
  const list = (param: 'size' | 'aspect_ratio' | 'resolution' | 'quality', offers: readonly string[] | undefined): Misfit | null => {
    const asked = output[param];
    if (asked === undefined || asked === 'auto' || offers === undefined) return null;
    const same = param === 'resolution' ? resolutionWord : (text: string) => text.toLowerCase();
    return offers.some((offer) => same(offer) === same(asked)) ? null : value(param, JSON.stringify(asked), offers);
  };
  const bound = (param: 'n' | 'duration_s', least: number | undefined, most: number | undefined): Misfit | null => {
    const asked = output[param];
    if (asked === undefined || (asked >= (least ?? asked) && asked <= (most ?? asked))) return null;
    return value(param, String(asked), [
      ...(least === undefined ? [] : [`at least ${least}`]),
      ...(most === undefined ? [] : [`at most ${most}`]),
    ]);
  };
  const { durationsS, roles } = capabilities;
  const duration = output.duration_s;
  const role = roles === undefined ? undefined : input.images.findIndex((image) => !roles.includes(image.role as ImageRole));
  return (
    list('size', capabilities.sizes) ??
    list('aspect_ratio', capabilities.aspectRatios) ??
    list('resolution', capabilities.resolutions) ??
    list('quality', capabilities.qualities) ??
    bound('n', 1, capabilities.maxN) ??
    (duration !== undefined && durationsS !== undefined && !durationsS.includes(duration)
      ? value('duration_s', String(duration), durationsS.map(String))
      : null) ??
    bound('duration_s', capabilities.minDurationS, capabilities.maxDurationS) ??
    (output.audio === true && capabilities.audio === false ? lacks('audio') : null) ??
    (images > 0 && capabilities.imageInput === false ? lacks('images') : null) ??
    (capabilities.maxInputImages !== undefined && images > capabilities.maxInputImages
      ? value('images', String(images), [`at most ${capabilities.maxInputImages}`])
      : null) ??
    (role === undefined || role < 0 ? null : value(`images[${role}].role`, JSON.stringify(input.images[role]?.role), roles ?? []))
  );
}
