import type { RouteName } from '../../domain/access/routes';
import type { Answer } from '../support/call';

/** How a route is asked so that it does something, and what the audit log then says. */
export type Recipe = readonly [action: string, ask: () => Promise<Answer>];

const MOVE = { source: 'fingerprint', product: 'new-api', location: 'one-api.db' };

/** Those of moves, in an order in which each finds what it needs. */
export function importRecipes(
  asAdmin: (method: string, path: string, body?: unknown) => Promise<Answer>,
): Partial<Record<RouteName, Recipe>> {
  const move = async (): Promise<string> => String((await asAdmin('POST', '/imports', MOVE)).body.id);
  return {
    'POST /admin/v1/imports': ['import.begin', () => asAdmin('POST', '/imports', MOVE)],
    'POST /admin/v1/imports/:id/rows': [
      'import.rows',
      async () => {
        const id = await move();
        return asAdmin('POST', `/imports/${id}/rows`, { teams: [{ legacy_id: 'vip', name: 'vip', price_factor: '0.8' }] });
      },
    ],
    'PUT /admin/v1/imports/:id/traffic': [
      'import.traffic',
      async () => {
        const id = await move();
        return asAdmin('PUT', `/imports/${id}/traffic`, { base_url: 'https://old.example', percent: 0 });
      },
    ],
    'POST /admin/v1/imports/:id/traffic/keys': [
      'import.keep_keys',
      async () => {
        const id = await move();
        return asAdmin('POST', `/imports/${id}/traffic/keys`, { keys: [{ legacy_id: '1', key: 'a'.repeat(48) }] });
      },
    ],
    'POST /admin/v1/imports/:id/delta': [
      'import.delta',
      async () => {
        const id = await move();
        return asAdmin('POST', `/imports/${id}/delta`, { members: [{ legacy_id: '1', left_usd: '1' }] });
      },
    ],
    'POST /admin/v1/imports/:id/rollback': [
      'import.rollback',
      async () => {
        const id = await move();
        return asAdmin('POST', `/imports/${id}/rollback`);
      },
    ],
    'DELETE /admin/v1/imports/:id/traffic': [
      'import.end_traffic',
      async () => {
        const id = await move();
        return asAdmin('DELETE', `/imports/${id}/traffic`);
      },
    ],
  };
}
