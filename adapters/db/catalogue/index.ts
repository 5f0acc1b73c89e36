import type { ApplyReport, ConfigDocument } from '../../../domain/config/document';
import { AppError } from '../../../domain/errors';
import type { Secrets } from '../../../domain/access/secrets';
import { withSupport, type AdapterSupport } from '../../../domain/provider/media-support';
import type { DefinitionStore } from '../../../domain/provider/definitions';
import type { CatalogueStore } from '../../../domain/provider/catalogue-store';
import { withOldGateways } from '../../../domain/provider/old-gateway';
import { createTeamStore } from '../access/teams';
import type { SqlPool } from '../connection/pool';
import { applyAlerts } from './apply-alerts';
import { writeRules } from '../retention';
import { applyModels, applyProviders } from './apply-definitions';
import { applyTeams } from './apply-teams';
import { findCaller } from './caller';
import { createChanges } from './changes';
import { createDefinitionStore } from './definitions';
import { readDocument } from './read-document';
import { createCredentialStore } from './credentials';
import { readSnapshot, readVersion } from './snapshot';

export interface ConfigurableCatalogue extends CatalogueStore {
  /**
   * Makes the catalogue equal to the document in one transaction: what it names is created or changed, what an earlier one named and
   * it does not is switched off, what the administration made is left alone. Repeating changes nothing.
   * @throws AppError `conflict` when a key belongs to another credential, `internal` for a wrong master key
   */
  apply(document: ConfigDocument): Promise<ApplyReport>;
  /** Everything that is there, whoever manages it, as the document that would make it; what is only kept hashed is null. Secrets in clear. */
  readDocument(): Promise<ConfigDocument>;
  /** Providers and models, one at a time. */
  readonly definitions: DefinitionStore;
}

/** @param support - what adapters know of the models they reach; left out by those who only write */
export function createCatalogueStore(pool: SqlPool, secrets: Secrets, support?: AdapterSupport): ConfigurableCatalogue {
  return {
    teams: createTeamStore(pool, secrets),
    async snapshot() {
      const catalogue = await readSnapshot(pool, secrets);
      return support === undefined ? catalogue : withOldGateways(withSupport(catalogue, support));
    },
    version: () => readVersion(pool),
    definitions: createDefinitionStore(pool, secrets),
    readDocument: () => pool.transaction((sql) => readDocument(sql, secrets), 'repeatable read'),
    findCaller: (keyHash) => findCaller(pool, keyHash),
    credentials: createCredentialStore(pool),
    setProviderDisabled: (name, isDisabled) =>
      pool.transaction(async (sql) => {
        const rows = await sql.query(
          `update providers set disabled_at = case when $2 then coalesce(disabled_at, now()) end, updated_at = now()
           where name = $1 and enabled returning name`,
          [name, isDisabled],
        );
        if (rows.length === 0) throw new AppError('not_found', `There is no provider ${JSON.stringify(name)}.`);
        await sql.query('select touch_catalogue()');
      }),
    async callbackSecret(team) {
      const [row] = await pool.query<{ sealed: string }>('select callback_secret_encrypted as sealed from teams where name = $1', [team]);
      if (row === undefined) {
        throw new AppError('not_found', `There is no team ${JSON.stringify(team)}.`);
      }
      return secrets.open(row.sealed);
    },
    apply: (document) =>
      pool.transaction(async (sql) => {
        // One at a time; readers are not held up.
        await sql.query('select version from catalogue_state for update');
        const changes = createChanges();
        await applyProviders(sql, document.providers, secrets, changes);
        await applyModels(sql, document.models, changes);
        await applyTeams(sql, document, secrets, changes);
        await applyAlerts(sql, document.alerts, secrets, changes);
        if (await writeRules(sql, document.retention, 'config')) changes.note('updated', 'rules of retention');
        if (changes.any()) {
          await sql.query('select touch_catalogue()');
        }
        return changes.report(await readVersion(sql));
      }),
  };
}
