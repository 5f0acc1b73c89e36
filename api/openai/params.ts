import type { Response } from 'express';
import type { ChatInput, Operation } from '../../domain/task/generation';
import type { ApiContext } from '../deps';
import { catalogueOf, localsOf } from '../http/context';

/** Leaves out what was not given; "auto" is the provider's default and so is not given either. */
export function given<T extends object>(values: { readonly [Key in keyof T]: T[Key] | null | undefined }): T {
  return Object.fromEntries(Object.entries(present(values)).filter(([, value]) => value !== 'auto')) as unknown as T;
}

/** Leaves out null and undefined. */
export function present(values: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== null));
}

/** The fields of a request beyond those of its schema: what travels on to providers that speak OpenAI's format. */
export function extrasOf(
  request: Readonly<Record<string, unknown>>,
  schema: { readonly shape: object },
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(request).filter(([name]) => !Object.hasOwn(schema.shape, name)));
}

const MOST_NAMES = 32;
const MOST_NAME_LENGTH = 64;

/** The parameters of a request that may not reach its provider. */
export interface GivenParams {
  readonly operation: Operation;
  readonly model: string;
  /** Those that go with the canonical ones to providers that know them. */
  readonly params: Readonly<Record<string, unknown>>;
  /** Of a chat. */
  readonly messages?: ChatInput['messages'];
  readonly format?: ChatInput['format'];
  /** Those that go to none, if they were given. */
  readonly aside?: Readonly<Record<string, unknown>>;
}

/**
 * Lets the answer say in `x-atelier-dropped` which parameters its provider was not given, once `setRun` names the provider; before
 * that, those that no route of the model would pass on. To be called before `setRun`.
 */
export function noteParams(
  context: Pick<ApiContext, 'catalogue' | 'droppedParams'>,
  response: Response,
  { operation, model, params, messages, format, aside = {} }: GivenParams,
): void {
  const catalogue = catalogueOf(context, response);
  const routes = catalogue.models.get(model)?.routes ?? [];
  const always = namesIn(aside);

  function droppedBy(provider: string): readonly string[] {
    const configured = catalogue.providers.get(provider);
    const route = routes.find((candidate) => candidate.provider === provider);
    if (configured === undefined) return [];
    const chat = { ...(messages === undefined ? {} : { messages }), ...(format === undefined ? {} : { format }) };
    return context.droppedParams(configured, route?.model ?? model, { operation, params, ...chat });
  }

  localsOf(response).droppedBy = (provider) => {
    const [first = [], ...others] = provider === null ? routes.map((route) => droppedBy(route.provider)) : [droppedBy(provider)];
    const names = [...always, ...first.filter((name) => others.every((other) => other.includes(name)))];
    return names.slice(0, MOST_NAMES).map(printable).join(', ');
  };
}

/** Null is a parameter that was not given. */
function namesIn(params: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(params).filter((name) => params[name] !== null && params[name] !== undefined);
}

/** A caller's name as part of a header. */
function printable(name: string): string {
  return name.slice(0, MOST_NAME_LENGTH).replace(/[^\x21-\x2b\x2d-\x7e]/g, '?');
}
