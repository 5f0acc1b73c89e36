import type { ConfigFault } from '../../domain/config/document';
import { PROVIDER_KINDS } from '../providers/kinds';
import { pathText } from './issues';

export interface Resolved {
  readonly value: unknown;
  readonly faults: readonly ConfigFault[];
}

type Environment = Readonly<Record<string, string | undefined>>;
type Path = readonly (string | number)[];

const REFERENCE = /\$\{([^}]*)\}/g;
const ONLY_REFERENCE = /^\$\{[A-Za-z_]\w*\}$/;
const SECRET_OPTIONS: ReadonlySet<unknown> = new Set(PROVIDER_KINDS.flatMap(({ secretOptions }) => secretOptions));
/** Names of headers that carry keys. */
export const SECRET_HEADER = /^(proxy-)?authorization$|cookie|key|token|secret/i;

/**
 * Replaces `${NAME}` by the variable's value in every string, after parsing, so that a value can never become syntax.
 * Secrets must be references: a literal one would end up in version control. What is at fault is left out of the
 * value; faults name variables, never values.
 */
export function resolveReferences(value: unknown, env: Environment): Resolved {
  const faults: ConfigFault[] = [];
  const report = (path: Path, message: string) => {
    faults.push({ path: pathText(path), message });
  };
  const walk = (node: unknown, path: Path): unknown => {
    if (Array.isArray(node)) {
      return node.map((item, index) => walk(item, [...path, index]));
    }
    if (typeof node === 'object' && node !== null) {
      return Object.fromEntries(Object.entries(node).map(([name, item]) => [name, walk(item, [...path, name])]));
    }
    if (isSecret(path) && node !== null && !mayStand(path, node)) {
      const name = String(path.at(-1));
      report(path, `is a secret and must come from the environment: write ${name}: "\${SOME_VARIABLE}"`);
      return undefined;
    }
    return typeof node === 'string' ? resolveText(node, env, (message) => report(path, message)) : node;
  };
  return { value: walk(value, []), faults };
}

function resolveText(text: string, env: Environment, report: (message: string) => void): string | undefined {
  const names = [...text.matchAll(REFERENCE)].map((match) => match[1] ?? '');
  const odd = names.find((name) => !/^[A-Za-z_]\w*$/.test(name));
  if (odd !== undefined) {
    report('contains a reference that is not a variable name; write ${NAME}, without defaults or spaces');
    return undefined;
  }
  const missing = names.filter((name) => valueOf(env, name) === '');
  if (missing.length > 0) {
    report(`needs the environment variable ${[...new Set(missing)].join(', ')}, which is not set or empty`);
    return undefined;
  }
  return text.replace(REFERENCE, (_match, name: string) => valueOf(env, name));
}

function valueOf(env: Environment, name: string): string {
  return Object.hasOwn(env, name) ? (env[name] ?? '') : '';
}

/** Secret options of `providers[n]` (`api_key`) and of its `keys[m]`, `teams[n].callback_secret`, `teams[n].credentials[n].key` and headers that carry keys. */
function isSecret(path: Path): boolean {
  const [room, , option, ...rest] = path;
  if (room === 'providers' && option === 'keys') return path.length === 5 && SECRET_OPTIONS.has(path[4]);
  if (room === 'providers') {
    return path.length === 3 ? SECRET_OPTIONS.has(option) : option === 'headers' && SECRET_HEADER.test(String(rest[0]));
  }
  if (room === 'teams') {
    return path.length === 3 ? option === 'callback_secret' : option === 'credentials' && path.length === 5 && path[4] === 'key';
  }
  return false;
}

/** A header may surround its reference by a word: `Bearer ${NAME}`. */
function mayStand(path: Path, node: unknown): boolean {
  return typeof node === 'string' && (path[2] === 'headers' ? /^\w*\s?\$\{[A-Za-z_]\w*\}$/.test(node) : ONLY_REFERENCE.test(node));
}
