import { callApi, type Answer } from '../../support/call';
import { eventually } from '../../support/eventually';
import { startAtelier, type TestAtelier } from '../../support/stack';

const PROVIDERS = `providers:
  - { name: sandbox, kind: sandbox }
`;
/** Each chat of `dollar` costs one dollar. */
const MODELS = `models:
  - { name: dollar, modality: text, price: { per_call_usd: "1" }, routes: [{ provider: sandbox, model: sandbox-text }] }
  - { name: sandbox-video, modality: video, price: free, routes: [{ provider: sandbox, model: sandbox-video }] }
`;

export const KEYS = { site: 'sk-site-0123456789abcdef', script: 'sk-script-0123456789abcdef', rival: 'sk-rival-0123456789abcdef' };

const TEAMS = `teams:
  - name: studio
    budget_usd: { total: "1000" }
    credentials:
      - { name: site, class: production, key: "\${SITE_KEY}", limit_usd: "10" }
      - { name: script-7, class: script, key: "\${SCRIPT_KEY}", limit_usd: "10" }
  - name: rival
    credentials: [{ name: rival, class: production, key: "\${RIVAL_KEY}", limit_usd: "10" }]
`;

export interface House {
  readonly atelier: TestAtelier;
  admin(method: string, path: string, body?: unknown): Promise<Answer>;
  /** A chat that costs a dollar. */
  chat(key: string, origin?: string): Promise<Answer>;
  /** The one incident of an alert, once it looks as wanted. */
  incident(alertId: string, wanted?: (incident: any) => boolean): Promise<any>;
}

export interface HouseOptions {
  readonly copies?: number;
  /** Lines of further providers, models, and of the end of the configuration. */
  readonly providers?: string;
  readonly models?: string;
  readonly more?: string;
  readonly env?: Record<string, string>;
}

/** An installation that looks at its alerts every second. */
export async function startHouse(options: HouseOptions = {}): Promise<House> {
  const atelier = await startAtelier({
    config: `${PROVIDERS}${options.providers ?? ''}${MODELS}${options.models ?? ''}${TEAMS}${options.more ?? ''}`,
    copies: options.copies ?? 1,
    env: {
      ATELIER_ALERTS_EVERY_S: '1',
      ATELIER_CALLBACK_SCALE: '0.02',
      SITE_KEY: KEYS.site,
      SCRIPT_KEY: KEYS.script,
      RIVAL_KEY: KEYS.rival,
      ...options.env,
    },
  });
  const admin: House['admin'] = (method, path, body) =>
    callApi(`${atelier.origin}/admin/v1${path}`, method, { key: atelier.adminKey, ...(body === undefined ? {} : { body }) });
  return {
    atelier,
    admin,
    chat: (key, origin = atelier.origin) =>
      callApi(`${origin}/v1/chat/completions`, 'POST', { key, body: { model: 'dollar', messages: [{ role: 'user', content: 'Hello.' }] } }),
    incident: (alertId, wanted = () => true) =>
      eventually(
        async () => {
          const { body } = await admin('GET', '/incidents?limit=100');
          const found = body.data.filter(({ alert }: any) => alert?.id === alertId);
          if (found.length !== 1 || !wanted(found[0])) throw new Error(`Not yet: ${JSON.stringify(found)}`);
          return found[0];
        },
        { withinMs: 30_000, everyMs: 100 },
      ),
  };
}
