/**
 * Fills a database with ended generations as the bench makes them, over the past months, with books that add up. No provider is called and
 * no object is stored. `npm run bench -- --fill 5000000` measures an installation filled so; see docs/scaling.md.
 */
import { randomBytes } from 'node:crypto';
import pg from 'pg';

/** Rows of one transaction. */
const CHUNK = 50_000;
const DAYS = 150;
/** The last generation ended this long ago, so that none is newer than those of the bench. */
const QUIET_MS = 60_000;
const TEAMS = 4;

/** Four more teams with a key of their own, every account of all teams, and for each team and month what its tasks are booked on. */
const PREPARE = `
  insert into teams (name, callback_secret_encrypted, source)
    select 'filled-' || n, (select callback_secret_encrypted from teams order by id limit 1), 'api' from generate_series(1, ${TEAMS}) as n
    on conflict do nothing;
  insert into credentials (team_id, name, class, hint, models, source)
    select id, 'production', 'production', '', '{*}', 'api' from teams where name like 'filled-%' on conflict do nothing;
  create temp table months as
    select to_char(at, 'YYYY-MM') as month
    from generate_series((now() - interval '${DAYS + 1} days') at time zone 'utc', now() at time zone 'utc', interval '1 day') as at group by 1;
  create temp table books as
    select row_number() over (order by t.id) - 1 as seat, t.id as team_id, t.name as team_name, c.id as credential_id
    from teams t join credentials c on c.team_id = t.id and c.name = 'production' and c.class = 'production';
  insert into accounts (kind, team_id, key, period)
    select 'credential', team_id, credential_id::text, '' from books union all select 'class', team_id, 'production', '' from books
    union all select 'team', team_id, '', '' from books union all select 'team', team_id, '', month from books, months
    on conflict do nothing;
  create temp table booked as
    select b.team_id, m.month, array_agg(a.id order by a.id) as account_ids
    from books b cross join months m join accounts a on a.team_id = b.team_id and (a.kind, a.key, a.period) in (
      ('credential', b.credential_id::text, ''), ('class', 'production', ''), ('team', '', ''), ('team', '', m.month))
    group by 1, 2;
  analyze books; analyze booked`;

/** $1: its id. Its items and counts come with the chunk. */
const CAMPAIGN = `
  with account as (
    insert into accounts (kind, team_id, key) select 'campaign', team_id, $1 from books where seat = 0 returning id
  )
  insert into campaigns (id, team_id, team_name, credential_id, credential_name, credential_class, credential_models, account_id, name, status,
                         started_at, finished_at, concurrency, metadata)
    select $1, team_id, team_name, credential_id, 'production', 'production', '{*}', account.id, 'filled', 'completed', now(), now(), 8, '{}'
    from books, account where seat = 0`;

/**
 * One chunk. $1 and $2: first and last number; $3 and $4: its time from and to, in ms; $5: a word that makes ids differ between runs;
 * $6: its campaign. Of 100: 90 chats, 2 failed chats, 8 images with a file each, 4 of these items of the campaign; 10 with an idempotency
 * key, 10 with an external id, 5 called back.
 */
const FILL = `
  with drawn as materialized (
    select n, n % 100 as place, $3::float8 + ($4::float8 - $3::float8) * (n - $1) / ($2 - $1 + 1) as ms, md5($5 || n) as hash
    from generate_series($1::bigint, $2::bigint) as n
  ), member as materialized (
    select 'task_' || tail as id, tail, hash, n, place, place >= 92 as image, place >= 96 as item, place < 2 as failed,
           to_timestamp(ms / 1000) as at, to_timestamp(ms / 1000) + case when place >= 92 then interval '9 s' else interval '1 s' end as ended_at,
           case when place >= 92 then 10000 else 192 end as reserved, case when place >= 92 then 10000 when place < 2 then 0 else 36 end as actual,
           b.team_id, b.team_name, b.credential_id,
           case when place >= 96 then k.account_ids || (select account_id from campaigns where id = $6) else k.account_ids end as account_ids
    from drawn
    cross join lateral (select lpad(to_hex(ms::bigint), 12, '0') || '7' || substr(hash, 1, 3) || '8' || substr(hash, 4, 15)) as named(tail)
    join books b on b.seat = case when drawn.place >= 96 then 0 else (n / 7) % (select count(*) from books) end
    join booked k on k.team_id = b.team_id and k.month = to_char(to_timestamp(ms / 1000) at time zone 'utc', 'YYYY-MM')
  ), task as (
    insert into tasks (id, version, type, operation, endpoint, model, status, phase, progress, created_at, updated_at, started_at, finished_at,
                       input, team_id, team_name, credential_id, credential_name, credential_class, external_id, metadata, callback_url,
                       priority, campaign_id, request_hash, estimated, reserved, held, actual, settled_at, cost_lines, usage, text_result,
                       error, workflow_id, planned_workflow_id, skipped_routes, account_ids, history_kept_at)
    select id, case when image then 4 else 2 end, case when image then 'image' else 'text' end, case when image then 'image' else 'chat' end,
      case when item then 'campaigns' when image then 'images.generations' else 'chat.completions' end,
      case when image then 'mock-image' else 'mock' end, case when failed then 'failed' else 'succeeded' end, 'done',
      case when failed then 0 else 1 end, at, ended_at, at, ended_at,
      case when image then json_build_object('operation', 'image', 'prompt', 'image ' || n, 'images', '[]'::json, 'output', '{}'::json, 'params', '{}'::json)
           else json_build_object('operation', 'chat', 'messages', json_build_array(json_build_object('role', 'user', 'content',
                  'Say something short about foxes and fences, please.')), 'params', json_build_object('max_tokens', 16)) end,
      team_id, team_name, credential_id, 'production', 'production', case when place between 10 and 19 then 'order-' || hash end, '{}',
      case when place between 20 and 24 then 'http://127.0.0.1:9/hook' end, 'normal', case when item then $6 end, '', reserved, reserved, 0,
      actual, ended_at,
      case when failed then '[]' when image then '[{"item":"images","quantity":1,"unitUsd":"0.01","usd":"0.01"}]'
           else '[{"item":"input_tokens","quantity":20,"unitUsd":"0.000001","usd":"0.00002"},{"item":"output_tokens","quantity":8,"unitUsd":"0.000002","usd":"0.000016"}]' end::json,
      case when not failed then json_build_object('inputTokens', case when image then 0 else 20 end, 'cachedInputTokens', 0, 'outputTokens',
        case when image then 0 else 8 end, 'reasoningTokens', 0, 'images', case when image then 1 else 0 end, 'seconds', 0, 'estimated', false) end,
      case when not image and not failed then json_build_object('body', json_build_object('id', id, 'object', 'chat.completion', 'created',
        extract(epoch from at)::bigint, 'model', 'mock', 'choices', '[{"index":0,"message":{"role":"assistant","content":"The quick brown fox jumps over it.","refusal":null},"finish_reason":"stop","logprobs":null}]'::json,
        'usage', '{"prompt_tokens":20,"completion_tokens":8,"total_tokens":28}'::json)) end,
      case when failed then '{"code":"provider_unavailable","message":"The provider did not answer.","retryable":true}'::json end,
      case when image then id end, case when not image then 'text-' || id end, '[]', account_ids, case when failed then ended_at end
    from member
  ), attempt as (
    insert into attempts (task_id, n, provider, model, started_at, ended_at, outcome, error_code, cost, instance_id, delivered)
    select id, 1, 'mock', case when image then 'mock-image' else 'mock' end, at, ended_at, case when failed then 'failed' else 'succeeded' end,
      case when failed then 'provider_unavailable' end, case when image then 0 else actual end, 'api-41ebcbac-537d-4bcf-9158-7ce49efd68c3',
      case when image then json_build_object('outputs', json_build_array(json_build_object('from', 'stored', 'key',
        'teams/' || team_id || '/assets/asset_' || tail, 'revisedPrompt', null)), 'usage', json_build_object('inputTokens', 0,
        'cachedInputTokens', 0, 'outputTokens', 0, 'reasoningTokens', 0, 'images', 1, 'seconds', 0, 'estimated', false), 'reportedMicroUsd', null) end
    from member
  ), entry as (
    insert into ledger (operation_key, kind, task_id, account_ids, held_delta, spent_delta, created_at)
    select id || move.suffix, case when not move.closes then 'reserve' when failed then 'release' else 'settle' end, id, account_ids,
      case when move.closes then -reserved else reserved end, case when move.closes then actual else 0 end, case when move.closes then ended_at else at end
    from member cross join (values (':reserve', false), (':settle', true)) as move(suffix, closes)
  ), remembered as (
    insert into idempotency_keys (team_id, route, key, request_hash, task_id, created_at)
    select team_id, '/v1/chat/completions', hash, hash || hash, id, at from member where place between 30 and 39
  ), told as (
    insert into callbacks (id, task_id, team_id, type, url, status, created_at, attempts, tries)
    select 'evt_' || tail, id, team_id, 'task.succeeded', 'http://127.0.0.1:9/hook', 'delivered', ended_at,
      json_build_array(json_build_object('at', ended_at, 'status_code', 200, 'duration_ms', 12, 'error', null, 'response_excerpt', 'ok')), 1
    from member where place between 20 and 24
  ), kept as (
    insert into histories (task_id, workflow_id, workflow_type, run_id, key, complete, kept_at)
    select id, 'text-' || id, 'textGroup', hash, 'histories/' || id || '.json', true, ended_at from member where failed
  ), file as (
    insert into assets (id, team_id, task_id, index, kind, key, thumbnail_key, content_type, width, height, bytes, sha256, created_at)
    select 'asset_' || tail, team_id, id, 0, 'image', 'teams/' || team_id || '/assets/asset_' || tail,
      'teams/' || team_id || '/thumbnails/asset_' || tail || '.webp', 'image/png', 1, 1, 70, hash || hash, ended_at
    from member where image
  ), item as (
    insert into campaign_items (campaign_id, index, key, status, task_id, tries, type, model, input, metadata, bound, request_hash)
    select $6, row_number() over (order by id), row_number() over (order by id), 'succeeded', id, 1, 'image', 'mock-image',
      json_build_object('operation', 'image', 'prompt', 'image ' || n, 'images', '[]'::json, 'output', '{}'::json, 'params', '{}'::json),
      '{}', reserved, ''
    from member where item
  ), counted as (
    update campaigns c set total = items, succeeded = items, estimated = items * 10000
    from (select count(*)::int as items from member where item) as counted where c.id = $6
  )
  update accounts a set spent = a.spent + moved.spent
  from (select account_id, sum(actual)::bigint as spent from member, unnest(account_ids) as account_id group by 1) as moved
  where a.id = moved.account_id`;

/**
 * Adds so many ended generations to the database.
 * @param {string} url
 * @param {number} tasks
 * @param {(line: string) => void} say
 * @returns {Promise<number>} seconds
 */
export async function fill(url, tasks, say) {
  const client = new pg.Client({ connectionString: url, application_name: 'atelier fill' });
  await client.connect();
  const begun = performance.now();
  const secondsNow = () => (performance.now() - begun) / 1000;
  try {
    await client.query(`set synchronous_commit = off; set work_mem = '256MB'; set jit = off; ${PREPARE}`);
    const last = Date.now() - QUIET_MS;
    const first = last - DAYS * 86_400_000;
    const word = randomBytes(6).toString('hex');
    /** @param {number} n */
    const at = (n) => first + ((last - first) * n) / tasks;
    for (let from = 0; from < tasks; from += CHUNK) {
      const to = Math.min(tasks, from + CHUNK);
      const campaign = `camp_${word}${String(from).padStart(20, '0')}`;
      await client.query('begin');
      await client.query(CAMPAIGN, [campaign]);
      await client.query(FILL, [from, to - 1, at(from), at(to), word, campaign]);
      await client.query('commit');
      if ((from / CHUNK) % 10 === 9) say(`${to} of ${tasks} generations loaded, ${secondsNow().toFixed(0)} s`);
    }
    await client.query('vacuum (analyze)');
    return secondsNow();
  } finally {
    await client.end();
  }
}
