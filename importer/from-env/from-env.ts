import { parse } from 'yaml';
import type { ConfigFault } from '../../domain/config/document';
import { AppError } from '../../domain/errors';
import { fileOf, type Draft, type Left } from './draft';
import { draftOfEnv } from './env-file';
import { draftOfLitellm } from './litellm';

/** A configuration that was made, with what a person has to do. */
export interface FromEnv {
  /** YAML of a configuration file without a secret. */
  readonly yaml: string;
  readonly format: 'env' | 'litellm';
  readonly providers: readonly string[];
  readonly models: readonly string[];
  /** Variables that the file refers to. */
  readonly variables: readonly string[];
  readonly left: readonly Left[];
}

/**
 * Makes a configuration file of a script's `.env` or of LiteLLM's `config.yaml`.
 * @param source - the file's name, for the comment on top
 * @param check - finds the faults of a configuration: a model that the price catalogue lacks is left without a price, and said
 * @throws AppError `invalid_value` when the text is neither
 */
export async function configFromEnv(
  text: string,
  source: string,
  check: (yaml: string, environment: Readonly<Record<string, string>>) => Promise<readonly ConfigFault[]>,
): Promise<FromEnv> {
  const litellm = litellmIn(text);
  const draft = litellm === null ? draftOfEnv(text) : draftOfLitellm(litellm);
  if (draft.providers.length === 0) {
    throw new AppError(
      'invalid_value',
      `${source} names no provider: it is neither a .env file with keys such as OPENAI_API_KEY, nor LiteLLM's config.yaml with model_list.`,
    );
  }
  const left = [...draft.left];
  const isSet = Object.fromEntries([...draft.variables.keys()].map((name) => [name, 'set-where-atelier-is-started']));
  for (const { path } of await check(fileOf(draft, source), isSet)) {
    const model = draft.models[Number(/^models\[(\d+)\]\.price/.exec(path)?.[1] ?? -1)];
    if (model?.price === undefined) continue;
    delete model.price;
    left.push({
      what: `price of ${model.name}`,
      why: 'The price catalogue has none: add it, or price: free. Until then the model is refused.',
    });
  }
  return {
    yaml: fileOf({ ...draftFacts(draft), left }, source),
    format: litellm === null ? 'env' : 'litellm',
    providers: draft.providers.map(({ name }) => name),
    models: draft.models.map(({ name }) => name),
    variables: [...draft.variables.keys()],
    left,
  };
}

function draftFacts({ providers, models, left, variables }: Draft): Draft {
  return { providers, models, left, variables };
}

function litellmIn(text: string): unknown {
  try {
    const parsed: unknown = parse(text);
    return typeof parsed === 'object' && parsed !== null && 'model_list' in parsed ? parsed : null;
  } catch {
    return null;
  }
}
