/**
 * `npm run bench:sheets`: what large files cost: a spreadsheet checked, created and run, 64 MiB of one coming in, a ZIP of all its files going out,
 * and a batch in the course of which api and worker are killed. See docs/benchmarks.md.
 */
import { createWriteStream, mkdtempSync, openAsBlob, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import yauzl from 'yauzl';
import { say } from '../lib/say.mjs';
import { pidOf, residentOf, startInstallation } from './installation.mjs';

const { values: options } = parseArgs({
  options: {
    rows: { type: 'string', default: '10000' },
    mib: { type: 'string', default: '64' },
    lines: { type: 'string', default: '50000' },
    'batch-mb': { type: 'string', default: '200' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (options.help) {
  process.stdout.write(
    'npm run bench:sheets -- [--rows 10000] [--mib 64] [--lines 50000] [--batch-mb 200]\n' +
      'Starts a mock provider and an installation of its own on loopback. Ends with 1 when a row, a file or a line is missing or there twice.\n',
  );
  process.exit(0);
}
const rows = Number(options.rows);
const lines = Number(options.lines);
const SAMPLE_EVERY_MS = 100;
const LOOK_EVERY_MS = 1_000;

const folder = mkdtempSync(join(tmpdir(), 'atelier-bench-sheets-'));
const installation = await startInstallation();
const faults = /** @type {string[]} */ ([]);

/**
 * @param {string} method @param {string} path @param {any} [body] a form, or an object that goes as JSON
 * @returns {Promise<Response>}
 */
async function send(method, path, body) {
  const isForm = body instanceof FormData;
  const answer = await fetch(`${installation.origin}/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${installation.key}`,
      ...(body === undefined || isForm ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: HTTP ${answer.status} ${(await answer.text()).slice(0, 500)}`);
  return answer;
}

/** @param {string} method @param {string} path @param {any} [body] @returns {Promise<any>} */
const call = async (method, path, body) => (await send(method, path, body)).json();

/** Runs something, and tells how long it took and what the api held before it and at most. @template T @param {string} what @param {() => Promise<T>} run */
async function measured(what, run) {
  const beforeMb = residentOf(installation, 'atelier api').mb;
  let mostMb = beforeMb;
  const sampler = setInterval(() => {
    try {
      mostMb = Math.max(mostMb, residentOf(installation, 'atelier api').mb);
    } catch {
      // It was killed and is not back yet.
    }
  }, SAMPLE_EVERY_MS);
  const begun = performance.now();
  const result = await run().finally(() => clearInterval(sampler));
  const seconds = (performance.now() - begun) / 1_000;
  say(`${what}: ${seconds.toFixed(1)} s; the api held ${beforeMb.toFixed(0)} MB before, ${mostMb.toFixed(0)} MB at most`);
  return { result, seconds };
}

/** @param {string} file @param {object} campaign */
async function sheetForm(file, campaign) {
  const form = new FormData();
  form.append('campaign', JSON.stringify(campaign));
  form.append('items', await openAsBlob(file, { type: 'text/csv' }), 'items.csv');
  return form;
}

/** A spreadsheet with prompts of so many bytes. @param {string} name @param {number} count @param {number} promptBytes */
async function sheet(name, count, promptBytes) {
  const file = join(folder, name);
  const prompt = 'a cup on a table, '.repeat(Math.ceil(promptBytes / 18)).slice(0, promptBytes);
  await pipeline(
    Readable.from(
      (function* () {
        yield 'key,input.prompt,output.seed\n';
        for (let row = 1; row <= count; row += 1) yield `sku-${row},"${prompt}",${row}\n`;
      })(),
    ),
    createWriteStream(file),
  );
  return file;
}

/** @param {string} path @param {(state: any) => boolean} isOver @param {(state: any) => Promise<void>} [onLook] */
async function until(path, isOver, onLook = async () => undefined) {
  for (;;) {
    const state = await call('GET', path).catch(() => null);
    if (state !== null) await onLook(state);
    if (state !== null && isOver(state)) return state;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

async function spreadsheet() {
  const file = await sheet('rows.csv', rows, 60);
  const campaign = { name: 'rows', defaults: { type: 'image', model: 'mock-image' }, concurrency: 200 };
  const estimate = await measured(`${rows} rows of CSV checked`, async () =>
    call('POST', '/campaigns/estimate', await sheetForm(file, campaign)),
  );
  if (estimate.result.valid !== rows) faults.push(`${estimate.result.valid} of ${rows} rows were valid`);
  const created = await measured(`${rows} rows created`, async () => call('POST', '/campaigns', await sheetForm(file, campaign)));
  const id = created.result.id;
  const run = await measured(`${rows} rows run`, () => until(`/campaigns/${id}`, ({ status }) => status === 'completed'));
  say(`   ${(rows / run.seconds).toFixed(1)} items a second`);
  if (run.result.counts.succeeded !== rows) faults.push(`${run.result.counts.succeeded} of ${rows} items succeeded`);

  const zip = join(folder, 'results.zip');
  await measured(`a ZIP of ${rows} files`, async () => {
    const answer = await send('GET', `/campaigns/${id}/results?format=zip`);
    await pipeline(Readable.fromWeb(/** @type {any} */ (answer.body)), createWriteStream(zip));
  });
  const names = await namesIn(zip);
  if (names.size !== rows) faults.push(`the ZIP has ${names.size} different names, not ${rows}`);
}

/** @param {string} zip @returns {Promise<Set<string>>} */
const namesIn = (zip) =>
  new Promise((resolve, reject) => {
    yauzl.open(zip, { lazyEntries: true }, (error, opened) => {
      if (error) return reject(error);
      const names = new Set();
      opened.on('entry', ({ fileName }) => {
        names.add(fileName);
        opened.readEntry();
      });
      opened.on('end', () => resolve(names));
      opened.on('error', reject);
      opened.readEntry();
    });
  });

async function large() {
  const bytes = Number(options.mib) * 1024 * 1024;
  const count = Math.min(rows, 10_000);
  const file = await sheet('large.csv', count, Math.floor(bytes / count) - 40);
  const campaign = { name: 'large', defaults: { type: 'image', model: 'mock-image' }, start: false };
  await measured(`${options.mib} MiB of CSV in`, async () => call('POST', '/campaigns', await sheetForm(file, campaign)));
}

async function batch() {
  const file = join(folder, 'batch.jsonl');
  const padding = 'x'.repeat(Math.max(1, Math.floor((Number(options['batch-mb']) * 1e6) / lines) - 180));
  const writer = await open(file, 'w');
  for (let line = 1; line <= lines; line += 1) {
    const body = { model: 'mock', messages: [{ role: 'user', content: padding }], max_tokens: 16 };
    await writer.appendFile(`${JSON.stringify({ custom_id: `line-${line}`, method: 'POST', url: '/v1/chat/completions', body })}\n`);
  }
  await writer.close();
  const form = new FormData();
  form.append('purpose', 'batch');
  form.append('file', await openAsBlob(file), 'batch.jsonl');
  const uploaded = await measured(`a batch file of ${options['batch-mb']} MB in`, async () => call('POST', '/files', form));
  const order = { input_file_id: uploaded.result.id, endpoint: '/v1/chat/completions', completion_window: '24h' };
  const { id } = await call('POST', '/batches', order);
  let killed = false;
  const { result, seconds } = await measured(`a batch of ${lines} lines, api and worker killed on the way`, () =>
    until(
      `/batches/${id}`,
      ({ status }) => ['completed', 'failed', 'expired', 'cancelled'].includes(status),
      async ({ request_counts: counts }) => {
        if (killed || counts.completed < lines / 3) return;
        killed = true;
        say(`   killed at ${counts.completed} lines`);
        for (const title of ['atelier api', 'atelier worker']) process.kill(pidOf(installation, title), 'SIGKILL');
      },
    ),
  );
  say(`   ${(lines / seconds).toFixed(0)} lines a second; ${JSON.stringify(result.request_counts)}`);
  /** @type {Map<string, number>} */
  const seen = new Map();
  for (const outcome of [result.output_file_id, result.error_file_id]) {
    if (!outcome) continue;
    const answer = await send('GET', `/files/${outcome}/content`);
    for await (const line of createInterface({ input: Readable.fromWeb(/** @type {any} */ (answer.body)) })) {
      const { custom_id: key } = JSON.parse(line);
      seen.set(key, (seen.get(key) ?? 0) + 1);
    }
  }
  const twice = [...seen.values()].filter((times) => times > 1).length;
  say(`   ${seen.size} of ${lines} ids in the output, ${twice} of them more than once`);
  if (result.status !== 'completed' || seen.size !== lines || twice > 0)
    faults.push(`the batch ended ${result.status} with ${seen.size} ids, ${twice} twice`);
}

try {
  if (rows > 0) await spreadsheet();
  if (Number(options.mib) > 0) await large();
  if (lines > 0) await batch();
  const ledger = installation.verify();
  say(`ledger ${ledger.ok ? 'right' : 'WRONG'}`);
  if (!ledger.ok) faults.push('the ledger does not add up');
} finally {
  await installation.stop();
  rmSync(folder, { recursive: true, force: true });
}
for (const fault of faults) say(`✗ ${fault}`);
process.exitCode = faults.length > 0 ? 1 : 0;
