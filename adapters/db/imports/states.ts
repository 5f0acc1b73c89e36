import type { SourceKey, SourceMember, StateOutcome } from '../../../domain/migration/traffic';
import type { Sql } from '../connection/pool';

/** What a key that came in before states were noted counts as: enabled, and of the rest nothing is known. */
const UNNOTED = '1 ? ? ? ?';
const UNKNOWN = '?';

interface KeyRow {
  readonly legacy_id: string;
  readonly source_state: string | null;
  readonly credential_id: number;
  readonly team_id: number;
}

type Word = 'enabled' | 'limited' | 'expiry' | 'models' | 'addresses';
const WORDS: readonly Word[] = ['enabled', 'limited', 'expiry', 'models', 'addresses'];

/** Keys whose state at the source differs from what it was. */
export async function takeKeys(sql: Sql, id: string, rows: readonly SourceKey[], dryRun: boolean): Promise<StateOutcome> {
  const given = new Map(rows.map((row) => [row.legacyId, row]));
  const known = await sql.query<KeyRow>(
    `select r.legacy_id, r.source_state, k.id as credential_id, k.team_id
     from imported_rows r join credentials k on k.id = r.object::int
     where r.import_id = $1 and r.entity = 'credential' and r.legacy_id = any($2::text[]) order by k.id`,
    [id, [...given.keys()]],
  );
  const outcome = { refused: [] as string[], restored: [] as string[], bounds: [] as string[] };
  const noted = new Map<string, string>();
  for (const row of known) {
    const now = given.get(row.legacy_id);
    if (now === undefined) continue;
    const before = row.source_state ?? UNNOTED;
    const changed = changedWords(before, now.state);
    const merged = mergedState(before, now.state);
    if (merged !== row.source_state) noted.set(row.legacy_id, merged);
    if (changed.size === 0) continue;
    if (changed.has('enabled')) outcome[now.state.startsWith('0') ? 'refused' : 'restored'].push(row.legacy_id);
    if (changed.size > (changed.has('enabled') ? 1 : 0)) outcome.bounds.push(row.legacy_id);
    if (!dryRun) await changeKey(sql, row, now, changed);
  }
  if (!dryRun) await note(sql, { id, entity: 'credential' }, noted);
  if (!dryRun && noted.size > 0) await sql.query('select touch_catalogue()');
  return { known: new Set(known.map((row) => row.legacy_id)), ...outcome };
}

/** Words that differ. One that was not known is no change, and one that is not known now stays as it was. */
function changedWords(before: string, now: string): ReadonlySet<Word> {
  const [was, is] = [before.split(' '), now.split(' ')];
  return new Set(WORDS.filter((_, at) => was[at] !== is[at] && was[at] !== UNKNOWN && is[at] !== UNKNOWN));
}

function mergedState(before: string, now: string): string {
  const was = before.split(' ');
  return now
    .split(' ')
    .map((word, at) => (word === UNKNOWN ? (was[at] ?? UNKNOWN) : word))
    .join(' ');
}

async function changeKey(sql: Sql, row: KeyRow, now: SourceKey, changed: ReadonlySet<Word>): Promise<void> {
  await sql.query(
    `update credentials set
       revoked_at = case when $2 then case when $3 then null else coalesce(revoked_at, now()) end else revoked_at end,
       expires_at = case when $4 then $5::timestamptz else expires_at end,
       models = case when $6 then $7::text[] else models end,
       ip_allow = case when $8 then $9::text[] else ip_allow end, updated_at = now()
     where id = $1`,
    [
      row.credential_id,
      changed.has('enabled'),
      now.state.startsWith('1'),
      changed.has('expiry'),
      now.expiresAt,
      changed.has('models'),
      now.models,
      changed.has('addresses'),
      now.ipAllow,
    ],
  );
  if (changed.has('limited')) await changeLimit(sql, row, now.leftMicroUsd);
}

/** What was spent here meanwhile is spent: the source says what is left. */
async function changeLimit(sql: Sql, { credential_id: credentialId, team_id: teamId }: KeyRow, left: bigint | null): Promise<void> {
  const key = String(credentialId);
  await sql.query(
    `select set_budget('credential', $1, $2, 'total', case when $3::bigint is not null then $3::bigint + coalesce(
       (select spent + held from accounts where kind = 'credential' and team_id = $1 and key = $2 and period = ''), 0) end)`,
    [teamId, key, left?.toString() ?? null],
  );
  // The next difference counts from here.
  await sql.query(`update imported_rows set last_amount = $2 where entity = 'credential' and object = $1`, [key, left?.toString() ?? null]);
}

/** Users whom the source lets in no more, or again. */
export async function takeMembers(sql: Sql, id: string, rows: readonly SourceMember[], dryRun: boolean): Promise<StateOutcome> {
  const given = new Map(rows.map(({ legacyId, state }) => [legacyId, state]));
  const known = await sql.query<{ legacy_id: string; source_state: string | null; user_id: number; is_ours: boolean }>(
    // Whoever was made by the move is as old as the row that says so.
    `select r.legacy_id, r.source_state, u.id as user_id, u.created_at = r.created_at as is_ours
     from imported_rows r join users u on u.id = r.object::int
     where r.import_id = $1 and r.entity = 'member' and r.legacy_id = any($2::text[]) order by u.id`,
    [id, [...given.keys()]],
  );
  const changed = known.filter(({ legacy_id: legacyId, source_state: before }) => (before ?? '1') !== given.get(legacyId));
  const ours = changed.filter(({ is_ours: isOurs }) => isOurs);
  const letIn = ours.filter(({ legacy_id: legacyId }) => given.get(legacyId) === '1');
  const refused = ours.filter((row) => !letIn.includes(row));
  if (!dryRun && changed.length > 0) {
    await sql.query('update users set disabled_at = null, updated_at = now() where id = any($1::int[])', [letIn.map((row) => row.user_id)]);
    await sql.query('update users set disabled_at = coalesce(disabled_at, now()), updated_at = now() where id = any($1::int[])', [
      refused.map((row) => row.user_id),
    ]);
    await note(sql, { id, entity: 'member' }, new Map(changed.map((row) => [row.legacy_id, given.get(row.legacy_id) ?? ''])));
    await sql.query('select touch_catalogue()');
  }
  return {
    known: new Set(known.map((row) => row.legacy_id)),
    refused: refused.map((row) => row.legacy_id),
    restored: letIn.map((row) => row.legacy_id),
    bounds: [],
  };
}

async function note(
  sql: Sql,
  { id, entity }: { readonly id: string; readonly entity: 'credential' | 'member' },
  states: ReadonlyMap<string, string>,
): Promise<void> {
  if (states.size === 0) return;
  await sql.query(
    `update imported_rows r set source_state = g.state from unnest($3::text[], $4::text[]) as g(legacy_id, state)
     where r.import_id = $1 and r.entity = $2 and r.legacy_id = g.legacy_id`,
    [id, entity, [...states.keys()], [...states.values()]],
  );
}
