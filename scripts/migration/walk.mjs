/**
 * `npm run migrate:walk`: every golden database is moved by the real command, as an operator does it: inspect, plan, dry run, apply, verify, apply
 * again, old keys asked, checklist, status, notices. Prints the table of docs/moving-in.md; exit code 1 when anything is not as it must be.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { parse, stringify } from 'yaml';
import { startInstallation } from '../bench/installation.mjs';
import { root } from '../lib/sources.mjs';
import { say } from '../lib/say.mjs';
import { refusals } from './broken.mjs';
import { atelier } from './command.mjs';
import { canOpen, closeGolden, EXPECTED, openGolden, sumsOf } from './golden.mjs';

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (options.help) {
  process.stdout.write(
    'npm run migrate:walk -- [--only PART]\n' +
      'Moves every golden database (those whose name has PART) into an installation of its own by `atelier migrate`, and compares what comes out with\n' +
      'what must. Those of MySQL need a MariaDB server on the machine.\n',
  );
  process.exit(0);
}

/** Changes by itself, whatever is moved; and the audit log, which tells of each command that was given. */
const RESTLESS = /^(instances|provider_calls|breakers|sessions|retention_runs|provider_probes|audit_|alert)/;
/** @type {string[]} */
const faults = [];

/** @param {boolean} isRight @param {string} what */
const must = (isRight, what) => {
  if (!isRight) faults.push(what);
};

/**
 * @param {any} expected - an entry of expected-a.json
 * @param {import('../bench/installation.mjs').Installation} installation
 * @param {{ folder: string, fakeUrl: string }} place
 */
async function walk(expected, installation, { folder, fakeUrl }) {
  const { file } = expected;
  const source = await openGolden(file, folder, installation.databaseUrl);
  const plan = join(folder, `${file}.yaml`);
  const env = { ATELIER_HOME: installation.home, MIGRATE_SOURCE: source.location };
  const said = { seconds: 0, peakMib: 0, text: '' };
  /** @param {number | null} code @param {string[]} args */
  const migrate = async (code, ...args) => {
    const ended = await atelier(['migrate', ...args], env);
    said.seconds += ended.seconds;
    said.peakMib = Math.max(said.peakMib, ended.peakMib);
    said.text += ended.stdout + ended.stderr;
    must(ended.code === code, `${file}: migrate ${args[0] ?? ''} ended with ${String(ended.code)}: ${ended.stderr.trim()}`);
    return ended;
  };
  /** @param {string[]} args @returns {Promise<any>} */
  const asked = async (...args) => JSON.parse((await migrate(0, ...args, '--json')).stdout);
  const database = new pg.Client({ connectionString: installation.databaseUrl });
  await database.connect();
  try {
    const before = await source.checksum();
    const inspection = await asked('inspect', source.location);
    must(inspection.product === expected.product, `${file}: the product is ${expected.product}, not ${inspection.product}`);
    must(same(inspection.tables, expected.tables), `${file}: inspect counts other rows`);

    const { tables, balances } = await asked('plan', source.location, '--out', plan);
    const fates = Object.entries(/** @type {Record<string, any>} */ (tables));
    for (const [name, { rows, imported, skipped }] of fates) {
      must(rows === expected.tables[name], `${file}: ${name} has ${String(expected.tables[name])} rows, the plan says ${String(rows)}`);
      must(imported + skipped === rows, `${file}: ${name}: ${String(imported)} + ${String(skipped)} are not ${String(rows)} rows`);
    }
    const made = parse(readFileSync(plan, 'utf8'));
    // What a person does who has tested them.
    for (const provider of made.providers) {
      if (provider.kind === 'openai' && !/sora/.test(provider.name)) Object.assign(provider, { base_url: fakeUrl, enabled: true });
    }
    writeFileSync(plan, stringify(made));

    const untouched = await sumsOf(database, RESTLESS);
    const dry = await asked('apply', plan, '--dry-run');
    must(same(await sumsOf(database, RESTLESS), untouched), `${file}: a dry run left something`);
    const report = await asked('apply', plan);
    must(same(dry.imported, report.imported), `${file}: the dry run promised something else`);
    const usd = expected.balances.live_users_usd;
    must(report.balances.imported_usd === usd && report.balances.difference_usd === '0', `${file}: balances differ from ${usd}`);
    must(balances.source_quota === String(expected.balances.live_users_quota), `${file}: the source holds another sum`);
    const verified = JSON.parse((await migrate(0, 'verify', plan, '--json')).stdout);

    const applied = await sumsOf(database, RESTLESS);
    const again = await asked('apply', plan);
    const changed = (await sumsOf(database, RESTLESS)).filter((line) => !applied.includes(line));
    must(
      Object.values(again.imported).every((count) => count === 0),
      `${file}: a second apply brought something`,
    );
    must(changed.length === 0, `${file}: a second apply changed ${changed.join('; ')}`);

    const keys = await askAll(expected, installation.origin);
    keys.wrong.forEach((line) => faults.push(`${file}: ${line}`));
    await migrate(1, 'checklist', plan);
    await migrate(0, 'status', plan);
    for (const language of ['en', 'zh'])
      for (const audience of ['users', 'admins']) await migrate(0, 'notice', plan, '--lang', language, '--audience', audience);
    must((await source.checksum()) === before, `${file}: the source was changed`);
    must(installation.verify().ok, `${file}: the books are wrong`);
    const secrets = [...expected.never_in_output, ...expected.tokens.map((/** @type {any} */ token) => token.key)];
    const text = said.text + readFileSync(plan, 'utf8');
    for (const secret of secrets) must(!text.includes(secret), `${file}: a secret was shown`);
    return { file, fates, report, verified, changed, keys, ...said };
  } finally {
    await database.end();
    await source.close();
  }
}

/** @param {unknown} one @param {unknown} other */
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** What a chat gets with each key. @param {any} expected @param {string} origin */
async function askAll({ tokens }, origin) {
  const wrong = [];
  let right = 0;
  for (const { legacy_id: id, name, key, chat } of tokens) {
    if (chat === null) continue;
    const { status } = await fetch(`${origin}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer sk-${String(key)}` },
      body: JSON.stringify({ model: 'gpt-4o-mini', max_tokens: 100, messages: [{ role: 'user', content: 'hello' }] }),
    });
    if (status === chat) right += 1;
    else wrong.push(`a chat with key ${String(id)} (${String(name)}) gets ${String(status)}, not ${String(chat)}`);
  }
  return { right, wrong };
}

/** @param {Awaited<ReturnType<typeof walk>>[]} walks */
function tableOf(walks) {
  const rows = walks.map(({ file, fates, report, verified, changed, keys, seconds, peakMib }) => {
    /** @param {'rows' | 'imported' | 'skipped'} field */
    const sum = (field) => fates.reduce((total, [, fate]) => total + Number(fate[field]), 0);
    const { teams, users, keys: came, providers, models, tasks } = report.imported;
    return [
      `\`${file.replace('.gz', '')}\``,
      String(sum('rows')),
      `${String(sum('imported'))} + ${String(sum('skipped'))}`,
      [teams, users, came, providers, models, tasks].map(String).join(', '),
      report.balances.imported_usd,
      verified.ok ? 'exact' : `${String(verified.differences.length)} differences`,
      changed.length === 0 ? 'nothing' : changed.join('; '),
      `${String(keys.right)} of ${String(keys.right + keys.wrong.length)}`,
      `${seconds.toFixed(1)} s`,
      `${peakMib.toFixed(0)} MiB`,
    ];
  });
  const head = [
    'database',
    'rows',
    'come along + stay',
    'teams, people, keys, providers, models, history',
    'balances (USD)',
    '`verify`',
    'a second apply changes',
    'keys that answer as they must',
    'all commands',
    'most memory',
  ];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Rows that stay, by table and reason. @param {Awaited<ReturnType<typeof walk>>} walked */
function reasonsOf({ file, report, fates }) {
  const counts = new Map();
  for (const { entity, reason } of report.skipped) counts.set(`${entity}: ${reason}`, (counts.get(`${entity}: ${reason}`) ?? 0) + 1);
  const tables = fates.filter(([, { skipped }]) => skipped > 0).map(([name, { skipped }]) => `${name} ${String(skipped)}`);
  return `${file}: stay by table: ${tables.join(', ')}; entries by reason: ${[...counts].map(([why, n]) => `${why} ${String(n)}`).join(', ')}`;
}

const folder = mkdtempSync(join(tmpdir(), 'atelier-walk-'));
const fake = spawn(process.execPath, [join(root, 'test/support/fake-provider/process.cjs')], { stdio: ['ignore', 'pipe', 'inherit'] });
const walks = [];
/** @type {import('../bench/installation.mjs').Installation | undefined} */
let installation;
try {
  const port = await new Promise((resolve) => fake.stdout.once('data', (line) => resolve(JSON.parse(String(line)).port)));
  const wanted = EXPECTED.filter(({ file }) => file.includes(options.only));
  for (const expected of wanted) {
    if (!canOpen(expected.file)) {
      say(`${expected.file}: not walked, as there is no MariaDB server on this machine`);
      continue;
    }
    installation = await startInstallation();
    const walked = await walk(expected, installation, { folder, fakeUrl: `http://127.0.0.1:${String(port)}/v1` });
    walks.push(walked);
    say(reasonsOf(walked));
    await installation.stop();
    installation = undefined;
  }
  for (const fault of await refusals(folder)) faults.push(fault);
} finally {
  await installation?.stop();
  await closeGolden();
  fake.kill('SIGTERM');
  rmSync(folder, { recursive: true, force: true });
}
process.stdout.write(`${tableOf(walks)}\n`);
say(
  `Load average ${loadavg()[0]?.toFixed(1) ?? ''}. ${faults.length === 0 ? 'All is as it must be.' : `${String(faults.length)} faults:`}`,
);
for (const fault of faults) say(`✗ ${fault}`);
process.exitCode = faults.length === 0 ? 0 : 1;
