/** `npm run bench:migrate`: time and memory of a move from a large source. See docs/moving-in.md. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import Database from 'libsql';
import { root } from '../lib/sources.mjs';
import { say } from '../lib/say.mjs';
import { startInstallation, usageOf } from './installation.mjs';

const { values: options } = parseArgs({
  options: {
    users: { type: 'string', default: '10000' },
    tokens: { type: 'string', default: '100000' },
    logs: { type: 'string', default: '1000000' },
    'plan-only': { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (options.help) {
  process.stdout.write(
    'npm run bench:migrate -- [--users 10000] [--tokens 100000] [--logs 1000000] [--plan-only]\n' +
      'Makes a database of New API with so many rows, plans the move, and applies it to an installation of its own; the peak memory of each command\n' +
      "is the kernel's own figure.\n",
  );
  process.exit(0);
}
const users = Number(options.users);
const tokens = Number(options.tokens);
const logs = Number(options.logs);
const folder = mkdtempSync(join(tmpdir(), 'atelier-migrate-'));
const source = join(folder, 'new-api.db');
const plan = join(folder, 'plan.yaml');

/** A source of the shape that New API writes, with the columns that are read. */
function makeSource() {
  const database = new Database(source);
  database.exec(`
    pragma journal_mode = off;
    create table users (id integer primary key, username text, password text, display_name text, role int, status int, email text, quota int, "group" text, aff_quota int, deleted_at datetime, linux_do_id text);
    create table tokens (id integer primary key, user_id int, key text, status int, name text, expired_time int, remain_quota int, unlimited_quota numeric, model_limits_enabled numeric, model_limits text, allow_ips text, "group" text, deleted_at datetime);
    create table channels (id integer primary key, type int, key text, status int, name text, weight int, base_url text, other text, models text, "group" text, model_mapping text, priority int, setting text, param_override text, channel_info json, settings text);
    create table options (key text primary key, value text);
    create table logs (id integer primary key, user_id int, created_at int, type int, content text, username text, token_name text, model_name text, quota int, prompt_tokens int, completion_tokens int, channel_id int, token_id int, other text);
    insert into options values ('ModelRatio', '{"gpt-4o-mini": 0.075}'), ('CompletionRatio', '{"gpt-4o-mini": 4}'), ('GroupRatio', '{"default": 1, "vip": 0.8}');
    insert into channels values (1, 1, 'sk-fake', 1, 'main', 1, 'http://127.0.0.1:1', '', 'gpt-4o-mini', 'default', '', 0, '', '', '{}', '');
    begin;
    with recursive n(i) as (select 1 union all select i + 1 from n where i < ${String(users)})
      insert into users select i, 'user' || i, 'x', 'User ' || i, 1, 1, 'user' || i || '@example.invalid', 500000 + i, case when i % 5 = 0 then 'vip' else 'default' end, 0, null, null from n;
    with recursive n(i) as (select 1 union all select i + 1 from n where i < ${String(tokens)})
      insert into tokens select i, 1 + i % ${String(users)}, printf('%048d', i), 1, 'key ' || i, -1, 250000, i % 2, 0, '', '', '', null from n;
    with recursive n(i) as (select 1 union all select i + 1 from n where i < ${String(logs)})
      insert into logs select i, 1 + i % ${String(users)}, 1760000000 + i / 10, 2, '', 'user', 'key', 'gpt-4o-mini', 200, 1000, 200, 1, 1 + i % ${String(tokens)},
        '{"model_ratio":0.075,"completion_ratio":4,"group_ratio":1,"model_price":-1}' from n;
    commit;`);
  database.close();
}

/**
 * Runs a command to its end.
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @param {import('./installation.mjs').Installation} [installation] - whose processor time is told too
 */
async function measure(args, env = {}, installation) {
  const begun = performance.now();
  const before = installation === undefined ? {} : usageOf(installation).parts;
  const child = spawn(process.execPath, [join(root, 'bin', 'atelier.js'), ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  let peakMib = 0;
  const timer = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${String(child.pid)}/status`, 'utf8');
      peakMib = Math.max(peakMib, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
    } catch {
      // It has just ended.
    }
  }, 100);
  const code = await new Promise((resolve) => child.once('close', resolve));
  clearInterval(timer);
  const seconds = (performance.now() - begun) / 1000;
  const parts = installation === undefined ? [] : Object.entries(usageOf(installation).parts);
  const used = parts
    .map(([name, { cpuSeconds }]) => [name, cpuSeconds - (before[name]?.cpuSeconds ?? 0)])
    .filter(([, spent]) => Number(spent) >= 1)
    .map(([name, spent]) => `${String(name)} ${Number(spent).toFixed(1)} s`);
  say(
    `${args.slice(0, 2).join(' ')}: ${seconds.toFixed(1)} s, at most ${peakMib.toFixed(0)} MiB, exit code ${String(code)}${used.length === 0 ? '' : `; processor: ${used.join(', ')}`}`,
  );
}

try {
  makeSource();
  say(
    `Source: ${String(users)} users, ${String(tokens)} keys, ${String(logs)} rows of the log, ${(statSync(source).size / 1024 / 1024).toFixed(0)} MiB.`,
  );
  await measure(['migrate', 'plan', source, '--out', plan]);
  say(`Plan: ${(statSync(plan).size / 1024 / 1024).toFixed(1)} MiB.`);
  if (!options['plan-only']) {
    const installation = await startInstallation();
    try {
      const env = { ATELIER_HOME: installation.home };
      await measure(['migrate', 'apply', plan], env, installation);
      await measure(['migrate', 'apply', plan], env, installation);
      await measure(['migrate', 'verify', plan], env, installation);
    } finally {
      await installation.stop();
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
