import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { parse, stringify } from 'yaml';
import { cli } from '../../cli/support/run-cli';
import { startFakeProvider } from '../../support/fake-provider';
import { startAtelier, type TestAtelier } from '../../support/stack';
import { closeGolden, openGolden } from './golden';
import { startOldGateway, type OldGateway } from './old-gateway';

const CONFIG = `providers:
  - { name: sandbox, kind: sandbox }
models:
  - { name: sandbox-text, modality: text, price: free, routes: [{ provider: sandbox, model: sandbox-text }] }
`;

/** An installation, a golden database with a gateway that lives on it, and the plan of a move from there. */
export interface TestMove {
  readonly atelier: TestAtelier;
  readonly old: OldGateway;
  readonly plan: string;
  /** `atelier migrate ...` */
  migrate(...args: readonly string[]): ReturnType<typeof cli>;
  /** The same, with `--json` and without a fault. */
  move(...args: readonly string[]): Promise<any>;
  /** GET below /admin/v1. */
  admin(path: string): Promise<any>;
  query(sql: string): Promise<any[]>;
  stop(): Promise<void>;
}

/**
 * @param folder - where the plan and the database are put
 * @param copies - processes of each role
 */
export async function startMove(file: string, folder: string, { copies = 1 }: { readonly copies?: number } = {}): Promise<TestMove> {
  const fake = await startFakeProvider();
  const atelier = await startAtelier({ config: CONFIG, copies });
  const source = await openGolden(file, folder);
  const old = await startOldGateway(source.location);
  const plan = join(folder, 'move.yaml');
  expect((await cli(['migrate', 'plan', source.location, '--out', plan])).stderr).toBe('');
  const made = parse(readFileSync(plan, 'utf8'));
  for (const provider of made.providers) {
    if (provider.kind !== 'openai' || /sora/.test(provider.name)) continue;
    provider.base_url = fake.baseUrl;
    provider.enabled = true;
  }
  made.old_gateway.base_url = old.url;
  writeFileSync(plan, stringify(made));

  const migrate = (...args: readonly string[]) =>
    cli(['migrate', ...args], {
      env: { ATELIER_BASE_URL: atelier.baseUrl, ATELIER_KEY: atelier.adminKey, MIGRATE_SOURCE: source.location },
    });
  return {
    atelier,
    old,
    plan,
    migrate,
    async move(...args) {
      const { code, stderr, json } = await migrate(...args, '--json');
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      return json();
    },
    admin: async (path) =>
      (await fetch(new URL(`/admin/v1${path}`, atelier.baseUrl), { headers: { authorization: `Bearer ${atelier.adminKey}` } })).json(),
    async query(sql) {
      const client = new Client({ connectionString: atelier.databaseUrl });
      await client.connect();
      try {
        return (await client.query(sql)).rows;
      } finally {
        await client.end();
      }
    },
    async stop() {
      await old.stop();
      await fake.close();
      await atelier.stop();
      await source.close();
      await closeGolden();
    },
  };
}
