import type { ImportOutcome, ImportedMember } from '../../../domain/migration/import';
import { newPublicId } from '../access/people';
import type { Sql } from '../connection/pool';
import { storable } from '../tasks/parameters';
import { knownRows, noteRows, outcomeOf, teamsNamed, type Move } from './rows';

/** Members with their opening balances. A person who is here already joins the team and keeps what they have. */
export async function importMembers(sql: Sql, { id, dryRun }: Move, rows: readonly ImportedMember[]): Promise<ImportOutcome> {
  const known = await knownRows(
    sql,
    id,
    'member',
    rows.map(({ legacyId }) => legacyId),
  );
  const fresh = rows.filter(({ legacyId }) => !known.has(legacyId));
  const teams = await teamsNamed(
    sql,
    fresh.map(({ team }) => team),
  );
  const placed = dryRun ? fresh : fresh.filter(({ team }) => teams.has(team));
  const skipped = fresh.filter((row) => !placed.includes(row)).map(({ legacyId }) => ({ legacyId, reason: 'team_missing' as const }));
  if (!dryRun && placed.length > 0) {
    const emails = placed.map((row) => emailOf(id, row));
    await sql.query(
      `insert into users (public_id, email, name, locale, disabled_at)
       select public_id, email, name, 'en', case when not enabled then now() end
       from unnest($1::text[], $2::text[], $3::text[], $4::boolean[]) as given(public_id, email, name, enabled)
       on conflict (email) do nothing`,
      [
        placed.map(() => newPublicId('user')),
        emails,
        placed.map(({ name }) => storable(name).slice(0, 200)),
        placed.map(({ enabled }) => enabled),
      ],
    );
    const users = await sql.query<{ id: number; email: string }>('select id, email from users where email = any($1::text[])', [emails]);
    const idOf = new Map(users.map((user) => [user.email, user.id]));
    const made = placed.map((row, index) => ({ row, userId: idOf.get(emails[index] ?? '') ?? 0, teamId: teams.get(row.team)?.id ?? 0 }));
    await sql.query(
      `insert into memberships (user_id, team_id, role) select user_id, team_id, 'creator' from unnest($1::int[], $2::int[]) as given(user_id, team_id)
       on conflict do nothing`,
      [made.map(({ userId }) => userId), made.map(({ teamId }) => teamId)],
    );
    await sql.query('select open_balances($1, $2::int[], $3::text[], $4::bigint[], $5)', [
      'member',
      made.map(({ teamId }) => teamId),
      made.map(({ userId }) => String(userId)),
      made.map(({ row }) => row.balanceMicroUsd.toString()),
      `opening balance, move ${id}`,
    ]);
    await noteRows(
      sql,
      id,
      'member',
      made.map(({ row, userId, teamId }) => ({
        legacyId: row.legacyId,
        object: String(userId),
        amount: row.balanceMicroUsd,
        teamId,
        atSource: row.atSourceMicroUsd,
        sourceState: row.sourceState,
      })),
    );
    await sql.query('select touch_catalogue()');
  }
  return outcomeOf(rows, known.size, skipped);
}

/** An address of the reserved domain for those who have none: it receives nothing, and says where they come from. */
function emailOf(id: string, { legacyId, email }: ImportedMember): string {
  return email?.toLowerCase() ?? `legacy-${legacyId}@${id.replace('_', '-')}.invalid`;
}
