import type { ImportOutcome, ImportedTask, ImportedUsage } from '../../../domain/migration/import';
import type { Sql } from '../connection/pool';
import { storableJson } from '../tasks/parameters';
import { knownRows, outcomeOf, type Move } from './rows';

/** Members by their legacy id, with the team that they came into. */
const MEMBERS = `select object::int as user_id, legacy_id, team_id from imported_rows where import_id = $1 and entity = 'member'`;

/** Generations of the past, as records. */
export async function importTasks(sql: Sql, { id, dryRun }: Move, rows: readonly ImportedTask[]): Promise<ImportOutcome> {
  const keyOf = ({ table, legacyId }: Pick<ImportedTask, 'table' | 'legacyId'>): string => `${table}/${String(legacyId)}`;
  const there = await sql.query<{ key: string }>(
    `select legacy_table || '/' || legacy_id as key from imported_tasks
     where import_id = $1 and (legacy_table, legacy_id) in (select * from unnest($2::text[], $3::bigint[]))`,
    [id, rows.map(({ table }) => table), rows.map(({ legacyId }) => String(legacyId))],
  );
  const known = new Set(there.map(({ key }) => key));
  const fresh = rows.filter((row) => !known.has(keyOf(row)));
  const owners = await knownRows(
    sql,
    id,
    'member',
    fresh.map(({ ownerId }) => ownerId),
  );
  const placed = dryRun ? fresh : fresh.filter(({ ownerId }) => owners.has(ownerId));
  const skipped = fresh.filter((row) => !placed.includes(row)).map((row) => ({ legacyId: keyOf(row), reason: 'owner_missing' as const }));
  if (!dryRun && placed.length > 0) {
    await sql.query(
      `insert into imported_tasks (import_id, legacy_table, legacy_id, team_id, member_id, platform, action, model, prompt, succeeded, fail_reason,
                                   urls, cost, created_at, finished_at)
       select $1, legacy_table, g.legacy_id, o.team_id, o.user_id, platform, action, model, prompt, succeeded, fail_reason, urls, cost, created_at, finished_at
       from json_to_recordset($2) as g(legacy_table text, legacy_id bigint, owner text, platform text, action text, model text, prompt text,
                                       succeeded boolean, fail_reason text, urls text[], cost bigint, created_at timestamptz, finished_at timestamptz)
       join (${MEMBERS}) o on o.legacy_id = g.owner
       on conflict do nothing`,
      [
        id,
        storableJson(
          placed.map((row) => ({
            legacy_table: row.table,
            legacy_id: row.legacyId,
            owner: row.ownerId,
            platform: row.platform,
            action: row.action,
            model: row.model,
            prompt: row.prompt,
            succeeded: row.succeeded,
            fail_reason: row.failReason,
            urls: row.urls,
            cost: row.costMicroUsd.toString(),
            created_at: row.createdAt.toISOString(),
            finished_at: row.finishedAt?.toISOString() ?? null,
          })),
        ),
      ],
    );
  }
  return outcomeOf(rows, known.size, skipped);
}

/** Spending of the past, for the charts of usage; it touches no account. */
export async function importUsage(sql: Sql, { id, dryRun }: Move, rows: readonly ImportedUsage[], through: number): Promise<ImportOutcome> {
  const [move] = await sql.query<{ usage_through: bigint }>('select usage_through from imports where id = $1', [id]);
  if (BigInt(through) <= (move?.usage_through ?? 0n)) return outcomeOf(rows, rows.length, []);
  const owners = await knownRows(sql, id, 'member', [...new Set(rows.map(({ ownerId }) => ownerId))]);
  const placed = dryRun ? rows : rows.filter(({ ownerId }) => owners.has(ownerId));
  const skipped = rows
    .filter((row) => !placed.includes(row))
    .map(({ ownerId }) => ({ legacyId: ownerId, reason: 'owner_missing' as const }));
  if (!dryRun) {
    await sql.query(USAGE, [
      id,
      storableJson(
        placed.map((row) => ({
          hour: row.hour.toISOString(),
          owner: row.ownerId,
          key: row.credentialId,
          model: row.model,
          modality: row.modality,
          requests: row.requests,
          input_tokens: row.inputTokens,
          output_tokens: row.outputTokens,
          cost: row.costMicroUsd.toString(),
        })),
      ),
    ]);
    await sql.query('update imports set usage_through = $2 where id = $1', [id, through]);
  }
  return outcomeOf(rows, 0, skipped);
}

const USAGE = `
  insert into usage_hours as u (hour, team_id, credential_id, class, project_id, member_id, model, provider, campaign_id, template, modality,
                                requests, succeeded, failed, input_tokens, output_tokens, images, video_ms, cost, provider_cost)
  select date_trunc('hour', g.hour), o.team_id, coalesce(k.object::int, 0), 'production', 0, o.user_id, g.model, 'imported', '', '', g.modality,
         sum(g.requests), sum(g.requests), 0, sum(g.input_tokens), sum(g.output_tokens), 0, 0, sum(g.cost), sum(g.cost)
  from json_to_recordset($2) as g(hour timestamptz, owner text, key text, model text, modality text, requests bigint, input_tokens bigint,
                                  output_tokens bigint, cost bigint)
  join (${MEMBERS}) o on o.legacy_id = g.owner
  left join imported_rows k on k.import_id = $1 and k.entity = 'credential' and k.legacy_id = g.key
  group by 1, 2, 3, 6, 7, 11
  on conflict (team_id, hour, credential_id, project_id, member_id, model, provider, campaign_id, template, modality) do update set
    requests = u.requests + excluded.requests, succeeded = u.succeeded + excluded.succeeded, input_tokens = u.input_tokens + excluded.input_tokens,
    output_tokens = u.output_tokens + excluded.output_tokens, cost = u.cost + excluded.cost, provider_cost = u.provider_cost + excluded.provider_cost`;
