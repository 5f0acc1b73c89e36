import type { Model, Provider, Route } from '../../../domain/provider/catalogue';
import type { Price } from '../../../domain/money/price';
import type { ConfigModel } from '../../../domain/config/document';

/** What `models.definition` holds: the model without name and date; prices as text, since JSON has no bigint. */
export type ModelDefinition = Omit<ConfigModel, 'name' | 'price' | 'routes'> & {
  readonly price: StoredPrice | null;
  readonly routes: readonly StoredRoute[];
};

type StoredRoute = Omit<Route, 'cost'> & { readonly cost?: StoredPrice };

/** A price with every bigint as decimal text. */
type StoredPrice = Stored<Price>;
type Stored<Value> = Value extends bigint
  ? string
  : Value extends readonly (infer Item)[]
    ? readonly Stored<Item>[]
    : Value extends object
      ? { readonly [Key in keyof Value]: Stored<Value[Key]> }
      : Value;

export function toModelDefinition(model: ConfigModel): ModelDefinition {
  const { name: _name, price, routes, ...rest } = model;
  return {
    ...rest,
    price: price === null ? null : storePrice(price),
    routes: routes.map(({ cost, ...route }) => (cost === undefined ? route : { ...route, cost: storePrice(cost) })),
  };
}

/** As it was defined. */
export function toConfigModel(name: string, { price, routes, ...rest }: ModelDefinition): ConfigModel {
  return {
    ...rest,
    name,
    price: price === null ? null : readPrice(price),
    routes: routes.map(({ cost, ...route }) => (cost === undefined ? route : { ...route, cost: readPrice(cost) })),
  };
}

export function toModel(name: string, definition: ModelDefinition, createdAt: Date): Model {
  const { notes, ...model } = toConfigModel(name, definition);
  return {
    ...model,
    ...(notes.shutdownDate === null ? {} : { shutdownDate: notes.shutdownDate }),
    createdAt,
  };
}

function storePrice(price: Price): StoredPrice {
  switch (price.kind) {
    case 'free':
      return price;
    case 'per_token':
      return {
        kind: 'per_token',
        input: String(price.input),
        cachedInput: String(price.cachedInput),
        output: String(price.output),
        ...(price.cacheWrite && { cacheWrite: { short: String(price.cacheWrite.short), long: String(price.cacheWrite.long) } }),
      };
    case 'per_image':
      return { kind: 'per_image', rows: price.rows.map((row) => ({ ...row, each: String(row.each) })) };
    case 'per_second':
      return { kind: 'per_second', rows: price.rows.map((row) => ({ ...row, each: String(row.each) })) };
    case 'per_character':
    case 'per_minute':
    case 'per_call':
      return { kind: price.kind, each: String(price.each) };
  }
}

function readPrice(price: StoredPrice): Price {
  switch (price.kind) {
    case 'free':
      return price;
    case 'per_token':
      return {
        kind: 'per_token',
        input: BigInt(price.input),
        cachedInput: BigInt(price.cachedInput),
        output: BigInt(price.output),
        ...(price.cacheWrite && { cacheWrite: { short: BigInt(price.cacheWrite.short), long: BigInt(price.cacheWrite.long) } }),
      };
    case 'per_image':
      return { kind: 'per_image', rows: price.rows.map((row) => ({ ...row, each: BigInt(row.each) })) };
    case 'per_second':
      return { kind: 'per_second', rows: price.rows.map((row) => ({ ...row, each: BigInt(row.each) })) };
    case 'per_character':
    case 'per_minute':
    case 'per_call':
      return { kind: price.kind, each: BigInt(price.each) };
  }
}

/** What `providers.definition` holds: all but the name and what may be secret. */
export type ProviderDefinition = Omit<Provider, 'name' | 'secrets' | 'keys' | 'headers' | 'disabled'>;
/** What `providers.secrets_encrypted` holds, as JSON. */
export type ProviderSecrets = Pick<Provider, 'secrets' | 'keys' | 'headers'>;

export function splitProvider(provider: Provider): { readonly definition: ProviderDefinition; readonly secrets: ProviderSecrets } {
  const { name: _name, secrets, keys, headers, disabled: _disabled, ...definition } = provider;
  return { definition, secrets: { secrets, ...(keys === undefined ? {} : { keys }), headers } };
}
