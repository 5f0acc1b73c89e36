import type { Response } from 'express';
import { z } from 'zod';
import { AppError } from '../../domain/errors';
import { isOverridable, notOverridable, renderTemplate, type Rendered, type VersionedBody } from '../../domain/template/render';
import type { TemplateBody, TemplateInputs } from '../../domain/template/template';
import type { TemplateUse } from '../../domain/template/use';
import type { UsingTemplates } from '../deps';
import { parseWith } from '../http/faults';
import { noteTemplate } from '../http/request-origin';
import { templateFields } from './fields';
import { findVersion } from './find';

const naming = z.looseObject(templateFields);

/** A body in which no template is named any more. */
export interface Expanded {
  readonly body: unknown;
  /** null: none was named. */
  readonly template: TemplateUse | null;
}

/** The templates that one request uses, each looked up once: all its items mean the same version. */
export interface Templates {
  /** The body of a task, its template rendered. @throws AppError of `findVersion` and `renderTemplate`, `invalid_value` for another type */
  expand(body: unknown): Promise<Expanded>;
  /** @throws AppError of `findVersion` and `renderTemplate`; `invalid_value` for a template of another type */
  render(request: NamedRequest, type: TemplateBody['type'] | null): Promise<RenderedUse>;
  /** What the template declares. @throws AppError of `findVersion` */
  inputsOf(reference: string): Promise<TemplateInputs>;
}

export interface RenderedUse extends Rendered {
  readonly template: TemplateUse;
  /** @throws AppError `parameter_not_overridable` unless the template lets requests set what stands at the path */
  expectOverridable(path: string): void;
}

export interface NamedRequest {
  readonly template: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly overrides: Readonly<Record<string, unknown>>;
}

/** Fields of a task that are parameters of its generation; all others go with any template. */
const PARAMETERS = ['model', 'models', 'input', 'output', 'params'] as const;

/** @param response - of the request whose call names them; null: they are those of items, which have calls of their own */
export function createTemplates(context: UsingTemplates, teamId: number, response: Response | null): Templates {
  const found = new Map<string, Promise<VersionedBody>>();

  function find(reference: string): Promise<VersionedBody> {
    const known = found.get(reference) ?? look(reference);
    found.set(reference, known);
    return known;
  }

  async function look(reference: string): Promise<VersionedBody> {
    const version = await findVersion(context, teamId, reference);
    if (response !== null) noteTemplate(response, version);
    return version;
  }

  async function render({ template: reference, inputs, overrides }: NamedRequest, type: TemplateBody['type'] | null): Promise<RenderedUse> {
    const version = await find(reference);
    const { name, body } = version;
    if (type !== null && body.type !== type) {
      throw new AppError('invalid_value', `The template ${name} makes ${body.type}, and the request asks for ${type}.`, {
        param: 'template',
      });
    }
    return {
      ...renderTemplate(version, { inputs, overrides }),
      template: { name, version: version.version },
      expectOverridable(path: string) {
        if (!isOverridable(body, path)) throw notOverridable(version, path);
      },
    };
  }

  return {
    render,
    inputsOf: async (reference) => (await find(reference)).body.inputs,
    async expand(body) {
      const named = namedTemplate(body);
      if (named === null) return { body: withoutNames(body), template: null };
      const { template, inputs, rest } = named;
      const entries = Object.entries(rest);
      const isParameter = ([name]: readonly [string, unknown]): boolean => PARAMETERS.includes(name as (typeof PARAMETERS)[number]);
      const overrides = withModels(Object.fromEntries(entries.filter(isParameter)));
      const { type, ...others } = Object.fromEntries(entries.filter((entry) => !isParameter(entry)));
      const rendered = await render({ template, inputs, overrides }, typeOf(type));
      const models = rest['models'] === undefined ? {} : { models: rest['models'] };
      return { body: { ...others, ...rendered.task, ...models }, template: rendered.template };
    },
  };
}

/** The template that a body names, apart from the rest; null: none. @throws AppError for inputs of no template */
export function namedTemplate(
  body: unknown,
): (Omit<NamedRequest, 'overrides'> & { readonly rest: Readonly<Record<string, unknown>> }) | null {
  if (!saysTemplate(body)) return null;
  const { template, inputs, ...rest } = parseWith(naming, body);
  if (template !== undefined && template !== null) return { template, inputs: inputs ?? {}, rest };
  if (inputs === undefined || inputs === null) return null;
  const message = 'Missing required parameter: template. The inputs are those of a template.';
  throw new AppError('missing_required_parameter', message, { param: 'template' });
}

/** A body without the nulls by which it says that it names none. */
function withoutNames(body: unknown): unknown {
  if (!saysTemplate(body)) return body;
  const { template: _template, inputs: _inputs, ...rest } = body;
  return rest;
}

function saysTemplate(body: unknown): body is Readonly<Record<string, unknown>> {
  return typeof body === 'object' && body !== null && !Array.isArray(body) && ('template' in body || 'inputs' in body);
}

/** A list of models is a choice of the model. */
function withModels({ models, ...overrides }: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const [first] = Array.isArray(models) ? (models as unknown[]) : [];
  return first === undefined || (overrides['model'] ?? null) !== null ? overrides : { ...overrides, model: first };
}

const TYPES = ['text', 'image', 'video'] as const;

function typeOf(type: unknown): TemplateBody['type'] | null {
  if (type === undefined || type === null) return null;
  return parseWith(z.enum(TYPES, { error: 'must be text, image or video' }), type, ['type']);
}
