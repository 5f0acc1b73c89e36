/**
 * `npm run backup:drill`: an installation is backed up under load, lost with its machine, and restored elsewhere; with figures. Prints what
 * docs/backup.md shows. Exit code 1 when something was bought twice, a result is gone, or the books do not add up.
 */
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { fill } from '../bench/fill.mjs';
import { databaseUrlOf } from '../lib/database-url.mjs';
import { say } from '../lib/say.mjs';
import { pause, until } from '../soak/wait.mjs';

const { values: options } = parseArgs({
  options: {
    fill: { type: 'string', default: '100000' },
    images: { type: 'string', default: '500' },
    items: { type: 'string', default: '200' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (options.help) {
  process.stdout.write(
    'npm run backup:drill -- [--fill 100000] [--images 500] [--items 200]\n' +
      'Loads ended generations, makes images, and starts a campaign of so many items and 20 videos; then backs up, goes on for 15 s, and is lost.\n',
  );
  process.exit(0);
}

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'atelier-drill-'));
const place = join(folder, 'backup');
/** @param {string} name */
const homeOf = (name) => join(folder, name);
const strangers = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(ATELIER_|S3_|TEMPORAL_|DATABASE_URL|PORT$|HOST$)/.test(name)),
);
const figures = /** @type {Record<string, unknown>} */ ({});

/** @param {import('node:child_process').ChildProcessByStdio<null, import('node:stream').Readable, any>} child */
async function firstLine(child) {
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (said += text));
  const has = await until(() => said.includes('\n') || child.exitCode !== null, { withinMs: 300_000 });
  if (has === null || child.exitCode !== null) throw new Error('It did not start.');
  return JSON.parse(said.slice(0, said.indexOf('\n')));
}

const provider = spawn(process.execPath, [join(ROOT, 'test/support/fake-provider/process.cjs')], { stdio: ['ignore', 'pipe', 'inherit'] });
const { port } = await firstLine(provider);
/** @param {'GET' | 'POST'} method @param {string} path @param {object} [body] @returns {Promise<any>} */
const fake = async (method, path, body) =>
  (
    await fetch(`http://127.0.0.1:${port}/fake/${path}`, {
      method,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
  ).json();
await fake('POST', 'behaviour', { honoursKeys: true, thinkMs: 200, videoMs: 60_000 });
const config = join(folder, 'config.yaml');
writeFileSync(
  config,
  `providers:
  - { name: fake, kind: openai, base_url: "http://127.0.0.1:${port}/v1", honours_idempotency_key: true, max_concurrency: 32 }
models:
  - { name: image, modality: image, price: { per_image_usd: "0.01" }, routes: [{ provider: fake, model: fake-image }] }
  - { name: video, modality: video, price: { per_second_usd: "0.1" }, routes: [{ provider: fake, model: fake-video }] }
`,
);

/** @param {string} name */
async function start(name) {
  const begun = performance.now();
  const supervisor = spawn(process.execPath, [join(ROOT, 'bin/atelier.js'), 'up', '--json'], {
    env: { ...strangers, ATELIER_HOME: homeOf(name), ATELIER_CONFIG: config, PORT: '0' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const welcome = await firstLine(supervisor);
  const origin = new URL(welcome.base_url).origin;
  const { keys } = JSON.parse(readFileSync(join(homeOf(name), 'credentials.json'), 'utf8'));
  /** @param {string} method @param {string} path @param {object} [body] @param {string} [prefer] @returns {Promise<any>} */
  const call = async (method, path, body, prefer = 'respond-async') => {
    const response = await fetch(`${origin}${path}`, {
      method,
      headers: { authorization: `Bearer ${keys.production}`, 'content-type': 'application/json', prefer },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (response.status >= 300) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.headers.get('content-type')?.startsWith('application/json') === true ? response.json() : response.arrayBuffer();
  };
  return { supervisor, call, startSeconds: (performance.now() - begun) / 1000 };
}

/** @param {string} name @param {readonly string[]} args */
function atelier(name, args) {
  const begun = performance.now();
  const run = spawnSync(process.execPath, [join(ROOT, 'bin/atelier.js'), ...args, '--json'], {
    env: { ...strangers, ATELIER_HOME: homeOf(name) },
    encoding: 'utf8',
    maxBuffer: 1024 ** 3,
  });
  const report = JSON.parse(run.stdout);
  if (run.status !== 0) throw new Error(`atelier ${args.join(' ')}: ${run.stdout}${run.stderr}`);
  return { report, seconds: Number(((performance.now() - begun) / 1000).toFixed(1)) };
}

/** @param {(n: number) => Promise<unknown>} work @param {number} count @param {number} width */
async function inParallel(work, count, width) {
  let next = 0;
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (let n = next++; n < count; n = next++) await work(n);
    }),
  );
}

let isRight = false;
/** @type {import('node:child_process').ChildProcess | null} */
let running = null;
try {
  const old = await start('old');
  running = old.supervisor;
  if (Number(options.fill) > 0) say(`filled in ${(await fill(databaseUrlOf(homeOf('old')), Number(options.fill), say)).toFixed(0)} s`);
  /** @param {string} type @param {string} prompt */
  const task = (type, prompt) => ({ type, model: type, input: { prompt }, output: type === 'video' ? { duration_s: 4 } : {} });
  await inParallel((n) => old.call('POST', '/v1/tasks', task('image', `made ${n}`), 'wait=30'), Number(options.images), 16);
  say(`${options.images} images are made`);
  const items = Array.from({ length: Number(options.items) }, (_, n) => ({
    key: `item-${n}`,
    type: 'image',
    model: 'image',
    input: { prompt: `item ${n}` },
  }));
  const campaign = await old.call('POST', '/v1/campaigns', { name: 'drill', concurrency: 4, items });
  for (let n = 0; n < 20; n += 1) await old.call('POST', '/v1/tasks', task('video', `video ${n}`));
  let isLoading = true;
  const load = (async () => {
    for (let n = 0; isLoading; n += 1)
      await old.call('POST', '/v1/tasks', task('image', `load ${n}`)).then(
        () => pause(100),
        () => undefined,
      );
  })();
  await pause(3_000);

  const made = spawn(process.execPath, [join(ROOT, 'bin/atelier.js'), 'backup', 'create', '--to', place, '--json'], {
    env: { ...strangers, ATELIER_HOME: homeOf('old') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const begun = performance.now();
  const backup = await firstLine(made);
  figures['backup'] = {
    seconds: Number(((performance.now() - begun) / 1000).toFixed(1)),
    rows: backup.rows,
    objects: backup.objects,
    mib: Number((backup.bytes / 1024 ** 2).toFixed(1)),
    missing_objects: backup.missing_objects,
  };
  say(`backup: ${JSON.stringify(figures['backup'])}`);
  await pause(15_000);
  copyFileSync(join(homeOf('old'), 'master.key'), join(folder, 'master.key'));
  isLoading = false;
  old.supervisor.kill('SIGKILL');
  await load;
  // The guardian ends the rest.
  await pause(3_000);
  rmSync(homeOf('old'), { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
  const atLoss = await fake('GET', 'counts');
  say('the machine is lost');

  mkdirSync(homeOf('new'), { recursive: true });
  copyFileSync(join(folder, 'master.key'), join(homeOf('new'), 'master.key'));
  figures['verify'] = { seconds: atelier('new', ['backup', 'verify', '--from', place]).seconds };
  const restored = atelier('new', ['backup', 'restore', '--from', place]);
  figures['restore'] = { seconds: restored.seconds, taken_up: restored.report.taken_up };
  say(`restore: ${JSON.stringify(figures['restore'])}`);
  const next = await start('new');
  running = next.supervisor;
  const goesOn = performance.now();
  const isOver = async () => {
    const { counts } = await next.call('GET', `/v1/campaigns/${campaign.id}`);
    const open = await next.call('GET', '/v1/tasks?status=running&limit=1');
    const queued = await next.call('GET', '/v1/tasks?status=queued&limit=1');
    return counts.succeeded + counts.failed === items.length && open.data.length + queued.data.length === 0;
  };
  const ended = await until(isOver, { withinMs: 600_000, everyMs: 1_000 });
  const { counts } = await next.call('GET', `/v1/campaigns/${campaign.id}`);
  const bought = await fake('GET', 'counts');
  const twice = Object.entries(bought.createsByPrompt).filter(([, count]) => Number(count) > 1);
  let results = 0;
  let gone = 0;
  for (const model of ['image', 'video']) {
    for (let after = ''; ;) {
      const page = await next.call('GET', `/v1/tasks?status=succeeded&model=${model}&limit=100${after}`);
      for (const { id } of page.data) {
        results += 1;
        await next.call('GET', `/v1/tasks/${id}/outputs/0/content`).catch(() => (gone += 1));
      }
      if (page.has_more !== true) break;
      after = `&after=${page.last_id}`;
    }
  }
  const ledger = atelier('new', ['ledger', 'verify']).report;
  figures['after'] = {
    ready_seconds: Number(next.startSeconds.toFixed(1)),
    all_ended_seconds: ended === null ? null : Number(((performance.now() - goesOn) / 1000).toFixed(1)),
    campaign: counts,
    bought_before_the_loss: atLoss.creates,
    bought: bought.creates,
    bought_twice: twice.length,
    results,
    results_gone: gone,
    ledger_ok: ledger.ok,
    ledger_entries: ledger.entries,
  };
  isRight = ended !== null && twice.length === 0 && gone === 0 && ledger.ok && counts.succeeded === items.length;
  process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);
} finally {
  if (running !== null) {
    const supervisor = running;
    supervisor.kill('SIGTERM');
    await until(() => supervisor.exitCode !== null || supervisor.signalCode !== null, { withinMs: 60_000 });
  }
  provider.kill('SIGTERM');
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
}
process.exitCode = isRight ? 0 : 1;
