import type { CreditStore, Grant } from '../../../domain/money/budget';
import { unknownTeam } from '../../../domain/access/permissions';
import { AppError } from '../../../domain/errors';
import { formatUsd, type MicroUsd } from '../../../domain/money/money';
import { teamNamed } from '../access/teams';
import type { SqlPool } from '../connection/pool';

interface GrantRow {
  readonly id: string;
  readonly team: string;
  readonly amount: MicroUsd;
  readonly used: MicroUsd;
  readonly expires_at: Date | null;
  readonly lapsed_at: Date | null;
  readonly note: string | null;
  readonly created_at: Date;
}

const SELECT = `select g.id, t.name as team, g.amount, g.used, g.expires_at, g.lapsed_at, g.note, g.created_at
  from grants g join teams t on t.id = g.team_id`;

/** Credit of teams in Postgres. */
export function createCreditStore(pool: SqlPool): CreditStore {
  async function teamId(name: string, param: string): Promise<number> {
    const team = await teamNamed(pool, name);
    if (team === null) throw unknownTeam(name, param);
    return team.id;
  }
  return {
    async grant({ id, team, amountMicroUsd, expiresAt, note }) {
      const [row] = await pool.query<{ outcome: 'granted' | 'repeated' | 'conflict' | 'unlimited' }>(
        'select grant_credit($1, $2, $3, $4, $5) as outcome',
        [id, await teamId(team, 'team'), amountMicroUsd, expiresAt, note],
      );
      if (row?.outcome === 'unlimited') throw unlimited(team);
      if (row?.outcome === 'conflict') throw taken('grant');
      const [grant] = await pool.query<GrantRow>(`${SELECT} where g.id = $1`, [id]);
      if (grant === undefined) throw new AppError('internal', 'A grant is gone that was just made.');
      return grantOf(grant);
    },
    async grantsOf(team) {
      const id = await teamId(team, 'team');
      return (await pool.query<GrantRow>(`${SELECT} where g.team_id = $1 order by g.created_at desc, g.id limit 1000`, [id])).map(grantOf);
    },
    async transfer({ id, from, to, amountMicroUsd, note }) {
      const ids = [await teamId(from, 'team'), await teamId(to, 'to')];
      if (ids[0] === ids[1]) throw new AppError('invalid_value', 'A transfer needs two teams.', { param: 'to' });
      const [row] = await pool.query<{ outcome: 'transferred' | 'repeated' | 'conflict' | 'unlimited' | 'too_much' }>(
        'select transfer_credit($1, $2, $3, $4, $5) as outcome',
        [id, ...ids, amountMicroUsd, note],
      );
      if (row?.outcome === 'unlimited') throw unlimited(`${from} or ${to}`);
      if (row?.outcome === 'conflict') throw taken('transfer');
      if (row?.outcome === 'too_much') {
        throw new AppError('invalid_value', `The team ${from} has less than ${formatUsd(amountMicroUsd)} USD left of its total budget.`, {
          param: 'amount_usd',
        });
      }
    },
  };
}

function unlimited(team: string): AppError {
  return new AppError(
    'conflict',
    `The team ${team} has no total budget, so there is nothing that credit could add to. Set budget_usd.total first; "0" for a prepaid team.`,
  );
}

function taken(what: string): AppError {
  return new AppError('conflict', `This Idempotency-Key belongs to another ${what}. Use a new key for a new ${what}.`);
}

function grantOf(row: GrantRow): Grant {
  return {
    id: row.id,
    team: row.team,
    amountMicroUsd: row.amount,
    usedMicroUsd: row.used,
    expiresAt: row.expires_at,
    lapsedAt: row.lapsed_at,
    note: row.note,
    createdAt: row.created_at,
  };
}
