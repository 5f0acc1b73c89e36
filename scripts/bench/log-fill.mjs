/** Fills the call log of a database with requests of the past 60 days, by SQL: teams, keys, models and providers in the proportions of use. */

/** Rows of one transaction. */
const CHUNK = 100_000;
const DAYS = 60;
const MONTHS = 2;
const DAY_MS = 86_400_000;
export const TEAMS = 20;
export const KEYS_PER_TEAM = 10;

/** Ids far beyond those of any installation. */
const NAMES = `
  insert into teams (id, name, callback_secret_encrypted, source) overriding system value
    select 900000 + n, 'log-team-' || n, 'x', 'api' from generate_series(1, ${TEAMS}) as n on conflict do nothing;
  insert into credentials (id, team_id, name, class, hint, models, source) overriding system value
    select 900000 + n, 900000 + 1 + (n - 1) / ${KEYS_PER_TEAM}, 'log-key-' || n, (array['production', 'test', 'script', 'personal'])[1 + n % 4], '', '{*}', 'api'
    from generate_series(1, ${TEAMS * KEYS_PER_TEAM}) as n on conflict do nothing`;

/** $1 and $2: first and last number; $3 and $4: time of the first and length of the whole, in ms; $5: numbers in all. Team 1 has a third of all. */
const fillOf = (/** @type {string} */ table) => `
  insert into ${table} (id, task_id, requested, endpoint, team_id, credential_id, class, modality, client, ip, stream, model, served_model, provider, attempts,
                     fallback, status, error_code, usage, cost, provider_cost, queue_ms, first_token_ms, total_ms)
  select 'call_' || tail, 'task_' || tail, true,
    (array['chat.completions', 'chat.completions', 'chat.completions', 'messages', 'images.generations'])[1 + n % 5],
    900000 + team, 900000 + (team - 1) * ${KEYS_PER_TEAM} + 1 + (n / 7) % ${KEYS_PER_TEAM}, (array['production', 'test', 'script', 'personal'])[1 + n % 4],
    case when n % 5 = 4 then 'image' else 'text' end, (array['openai-python 1.x', 'Cursor 1.x', 'Cherry Studio 1.x'])[1 + n % 3],
    '10.' || team || '.' || n % 200 || '.7', n % 2 = 0, 'model-' || n % 12, 'model-' || n % 12, 'provider-' || n % 6, 1 + (n % 50 = 0)::int, n % 50 = 0,
    case when n % 40 = 0 then 'failed' else 'succeeded' end,
    case when n % 40 = 0 then (array['rate_limited', 'model_not_found', 'provider_timeout'])[1 + (n / 40) % 3] end,
    '{"inputTokens":812,"cachedInputTokens":0,"outputTokens":164,"reasoningTokens":0,"images":0,"seconds":0,"estimated":false}',
    n % 5000, n % 4000, 2, 300 + n % 400, 1000 + n % 4000
  from (
    select n, case when n % 3 = 0 then 1 else 2 + (n / 3) % (${TEAMS} - 1) end as team,
           lpad(to_hex(($3::float8 + $4::float8 * n / $5::float8)::bigint), 12, '0') || '7' || substr(md5('log' || n), 1, 3) || '8' || substr(md5('log' || n), 4, 15) as tail
    from generate_series($1::bigint, $2::bigint) as n
  ) as drawn`;

/** Adds a day of the log to its roll-ups: from $1 until before $2. */
const COUNT = `
  with counted as (
    insert into call_hours
    select date_trunc('hour', task_key_time(id), 'UTC'), team_id, credential_id, class, 0, 0, endpoint, model, provider, status,
      count(*), count(*) filter (where fallback), sum(cost)
    from calls where id >= $1 and id < $2 and team_id > 900000 group by 1, 2, 3, 4, 7, 8, 9, 10 returning *
  )
  insert into call_days
  select date_trunc('day', start, 'UTC'), team_id, credential_id, class, 0, 0, endpoint, model, provider, status, sum(requests), sum(fallbacks), sum(cost)
  from counted group by 1, 2, 3, 4, 7, 8, 9, 10`;

/** When the log of an installation begins, as its first partition says. */
const FIRST = `
  select substring(pg_get_expr(relpartbound, oid) from 'TO \\(''(call_[0-9a-f]+)''\\)') as until, (select min(id) from calls_first) as oldest
  from pg_class where relname = 'calls_first'`;

/** The first id of a time. @param {number} ms */
const keyAt = (ms) => `call_${Math.floor(ms).toString(16).padStart(12, '0')}`;

/**
 * Loads the rows into partitions of their own, a month each as those of an installation, whose indexes are made once they are full.
 * @param {import('pg').Client} client @param {number} rows @param {(text: string) => void} say
 * @returns how long it took, in seconds
 */
export async function fillLog(client, rows, say) {
  const begun = performance.now();
  await client.query(NAMES);
  await client.query(`set synchronous_commit = off; set maintenance_work_mem = '256MB'; set statement_timeout = 0`);
  const { rows: found } = await client.query(FIRST);
  const toMs = Math.min(Date.now(), parseInt(String(found[0].oldest ?? 'call_ffffffffffff').slice(5, 17), 16)) - 60_000;
  const lengthMs = DAYS * DAY_MS;
  const fromMs = toMs - lengthMs;
  // What the installation logs from now on stays where it is, behind the end of what is loaded.
  await client.query(
    `alter table calls detach partition calls_first;
     alter table calls attach partition calls_first for values from ('${keyAt(toMs + 1_000)}') to ('${found[0].until}')`,
  );
  for (let month = 0; month < MONTHS; month += 1) {
    const [first, last] = [month, month + 1].map((n) => Math.round((rows * n) / MONTHS));
    const table = `calls_filled_${month + 1}`;
    await client.query(`select new_partition('calls', $1)`, [table]);
    for (let from = (first ?? 0) + 1; from <= (last ?? 0); from += CHUNK) {
      const to = Math.min(last ?? 0, from + CHUNK - 1);
      await client.query(fillOf(table), [from, to, fromMs, lengthMs, rows]);
      if (to % 1_000_000 === 0) say(`${to.toLocaleString('en')} of ${rows.toLocaleString('en')} rows`);
    }
    const from = month === 0 ? 'minvalue' : `'${keyAt(fromMs + (lengthMs * month) / MONTHS + 1)}'`;
    const until = month === MONTHS - 1 ? keyAt(toMs + 1_000) : keyAt(fromMs + (lengthMs * (month + 1)) / MONTHS + 1);
    await client.query(`alter table calls attach partition ${table} for values from (${from}) to ('${until}')`);
    say(`month ${month + 1} is indexed`);
  }
  // Loaded into tables that were no part of the log yet, they were not counted as they came.
  for (let day = Math.floor(fromMs / DAY_MS) * DAY_MS; day < toMs; day += DAY_MS) {
    await client.query(COUNT, [keyAt(day), keyAt(day + DAY_MS)]);
  }
  say('the hours and days are counted');
  await client.query('analyze calls');
  await client.query('analyze call_hours, call_days');
  return (performance.now() - begun) / 1_000;
}
