import { toFailure, failureDocument, type CliFailure } from '../failure';
import type { ApiClient } from '../http/client';

/** What `GET /admin/v1/system` says, as far as it is shown. */
export interface SystemObject {
  readonly ok: boolean;
  readonly version: string;
  readonly at: string;
  readonly parts: readonly {
    readonly name: string;
    readonly status: 'up' | 'down';
    readonly message: string | null;
    readonly processes: number | null;
  }[];
  readonly processes: readonly { readonly role: string; readonly version: string | null }[] | null;
  readonly temporal: { readonly ui_url: string | null };
  readonly backlog: Load | null;
  readonly callbacks: { readonly pending: number; readonly failed: number } | null;
  readonly breakers: readonly { readonly provider: string; readonly key: string; readonly model: string; readonly state: string }[] | null;
  readonly incidents_open: number | null;
  /** Absent: of a version that does not tell. */
  readonly alerts_failing?: readonly { readonly name: string; readonly since: string; readonly message: string }[] | null;
  /** Absent: of a version that does not ask for them. */
  readonly balances?:
    | readonly {
        readonly provider: string;
        readonly key: string;
        readonly amount: string;
        readonly currency: string;
        readonly error: string | null;
      }[]
    | null;
  readonly spend_today: { readonly usd: string } | null;
}

export interface Load {
  readonly waiting: number;
  readonly running: number;
  readonly oldest_age_s: number | null;
}

export interface QueueObject extends Load {
  readonly name: string;
  readonly workers: number | null;
}

/** How an installation is. `failure`: its api says nothing. */
export type InstallationState =
  { readonly system: SystemObject; readonly queues: readonly QueueObject[] | null } | { readonly failure: CliFailure };

const WITHIN_MS = 10_000;

/** Asks once; an api that does not answer is a state too. */
export async function readState(client: ApiClient): Promise<InstallationState> {
  const ask = (path: string) => client.call({ path, repeats: 0, signal: AbortSignal.timeout(WITHIN_MS) });
  try {
    const system = (await ask('/admin/v1/system')) as SystemObject;
    // While Postgres is away there is nothing to say of them.
    const queues = await ask('/admin/v1/queues').then(
      (list) => (list as { readonly data: readonly QueueObject[] }).data,
      () => null,
    );
    return { system, queues };
  } catch (error) {
    return { failure: toFailure(error) };
  }
}

export function isWell(state: InstallationState): boolean {
  return 'system' in state && state.system.ok;
}

/** The document for programs. */
export function stateDocument(state: InstallationState): object {
  if ('system' in state) return { ...state.system, queues: state.queues };
  const { message } = state.failure;
  return {
    object: 'system',
    ok: false,
    at: new Date().toISOString(),
    parts: [{ name: 'api', status: 'down', message, processes: null }],
    ...failureDocument(state.failure),
  };
}
