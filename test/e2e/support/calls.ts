import OpenAI from 'openai';
import { callApi, type Answer, type CallOptions } from '../../support/call';
import { eventually } from '../../support/eventually';

const TERMINAL = new Set(['succeeded', 'failed', 'cancelled', 'expired']);

/** What the tests ask of a running installation, whoever started it. */
export interface Calls {
  client(key?: string): OpenAI;
  /** Calls a path (with `/v1`). A body that is no text, form or bytes is sent as JSON. */
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  task(id: string): Promise<any>;
  /** The task, once it has ended. */
  ended(id: string, withinMs?: number): Promise<any>;
  /** All tasks of the team, newest first. */
  tasks(query?: string): Promise<any[]>;
  /** What `atelier ledger verify` reports. */
  ledger(): Promise<{ ok: boolean; entries: number; open_reservations: number; problems: unknown[] }>;
  /** Makes a key of the sample team with a limit of its own. */
  newKey(name: string, limitUsd?: string): Promise<string>;
  /** A key's limit and what is spent and held of it, in US dollars. */
  account(name: string): Promise<{ limit_usd: string | null; spent_usd: string; held_usd: string }>;
}

export function createCalls(origin: string, key: string, adminKey: string): Calls {
  const call: Calls['call'] = (method, path, options) => callApi(`${origin}${path}`, method, { key, ...options });

  async function admin(method: string, path: string, body?: unknown): Promise<any> {
    const answer = await call(method, path, { key: adminKey, body });
    if (answer.status >= 300) throw new Error(`${method} ${path} said ${answer.status}: ${answer.text}`);
    return answer.body;
  }

  async function task(id: string): Promise<any> {
    const answer = await call('GET', `/v1/tasks/${id}`);
    if (answer.status !== 200) throw new Error(`The task ${id} is not there: ${answer.text}`);
    return answer.body;
  }

  return {
    client: (own = key) => new OpenAI({ baseURL: `${origin}/v1`, apiKey: own }),
    call,
    task,
    ended: (id, withinMs = 40_000) =>
      eventually(
        async () => {
          const found = await task(id);
          return TERMINAL.has(found.status) && found;
        },
        { withinMs, everyMs: 100 },
      ),
    async tasks(query = '') {
      const all: any[] = [];
      for (let after = ''; ;) {
        const { body } = await call('GET', `/v1/tasks?limit=100${query}${after}`);
        all.push(...body.data);
        if (body.has_more !== true) return all;
        after = `&after=${body.last_id}`;
      }
    },
    ledger: () => admin('GET', '/admin/v1/ledger/verify'),
    newKey: async (name, limitUsd) =>
      (await admin('POST', '/admin/v1/keys', { team: 'sample', name, class: 'test', limit_usd: limitUsd ?? null })).key,
    account: async (name) => {
      const { data } = await admin('GET', '/admin/v1/keys?team=sample');
      return data.find((entry: { name: string }) => entry.name === name);
    },
  };
}
