import { stringify } from 'yaml';
import { createNames, plainName } from '../names';

/** A provider of the file that is being made. Its key is a reference to a variable. */
interface DraftProvider {
  readonly name: string;
  readonly kind: string;
  readonly base_url?: string;
  readonly api_key: string;
}

interface DraftRoute {
  readonly provider: string;
  readonly model: string;
  readonly priority?: number;
  readonly weight?: number;
}

export interface DraftModel {
  readonly name: string;
  readonly modality: 'text' | 'image' | 'video';
  price?: 'catalogue' | 'free' | Readonly<Record<string, string>>;
  readonly capabilities?: Readonly<Record<string, boolean>>;
  readonly routes: DraftRoute[];
  fallbacks?: Record<string, readonly string[]>;
}

/** What of the source stays behind, and what to do about it. */
export interface Left {
  readonly what: string;
  readonly why: string;
}

/** A configuration in the making. */
export interface Draft {
  readonly providers: readonly DraftProvider[];
  readonly models: readonly DraftModel[];
  readonly left: readonly Left[];
  /** Variables that the file refers to, with where their values are now. */
  readonly variables: ReadonlyMap<string, string>;
}

export interface DraftBuilder extends Draft {
  /** Adds a provider, or finds the one that is the same. @returns its name */
  provider(wanted: string, entry: Omit<DraftProvider, 'name' | 'api_key'> & { readonly variable: string }): string;
  /** Adds a route to a model, which is made if it is new. */
  route(model: Omit<DraftModel, 'routes'>, route: DraftRoute): DraftModel;
  leave(what: string, why: string): void;
  needs(variable: string, where: string): void;
}

export function createDraft(): DraftBuilder {
  const providers = new Map<string, DraftProvider>();
  const models = new Map<string, DraftModel>();
  const left: Left[] = [];
  const variables = new Map<string, string>();
  const nameOf = createNames();
  return {
    get providers() {
      return [...providers.values()];
    },
    get models() {
      return [...models.values()];
    },
    left,
    variables,
    provider(wanted, { variable, ...entry }) {
      const key = JSON.stringify([entry.kind, entry.base_url, variable]);
      const known = providers.get(key);
      if (known !== undefined) return known.name;
      const name = nameOf(plainName(wanted), providers.size + 1, 'provider');
      providers.set(key, { name, ...entry, api_key: `\${${variable}}` });
      return name;
    },
    route({ name, ...facts }, route) {
      const model = models.get(name) ?? { name, ...facts, routes: [] };
      models.set(name, model);
      model.routes.push(route);
      return model;
    },
    leave(what, why) {
      left.push({ what, why });
    },
    needs(variable, where) {
      variables.set(variable, where);
    },
  };
}

/** The configuration file. Keys stand in it as `${VARIABLE}` only. */
export function fileOf({ providers, models, left, variables }: Draft, source: string): string {
  const comment = (lines: readonly string[]): string => lines.map((line) => `# ${line}`.trimEnd()).join('\n');
  const head = comment([
    `Made of ${source} by atelier migrate from-env. It holds no key: set these variables where Atelier is started.`,
    ...[...variables].map(([name, where]) => `  ${name}: ${where}`),
    ...(left.length === 0 ? [] : ['', 'What stays behind:', ...left.map(({ what, why }) => `  ${what}: ${why}`)]),
    '',
    'Check it with: atelier config check FILE',
  ]);
  return `${head}\n${stringify({ providers, models }, { lineWidth: 0, aliasDuplicateObjects: false })}`;
}
