import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

/**
 * What a team learned once becomes a button: the settings of the best image are kept as a template, a spreadsheet of twelve rows
 * becomes a campaign of it, and the results come as one ZIP. Two cells of the spreadsheet are wrong; both are named before anything
 * runs, and put right.
 *
 * @typedef {import('./api.mjs').Api} Api
 * @typedef {import('./api.mjs').Campaign} Campaign
 */

const SHEET = join(import.meta.dirname, '..', 'autumn.csv');
/** What somebody at the bakery puts right by hand: the cell that is empty, and the light that the template doesn't know. */
const CORRECTIONS = [
  { line: 6, from: 'onion-tart,,', to: 'onion-tart,an onion tart with thyme,' },
  { line: 9, from: ',evening,', to: ',soft,' },
];
const LIGHTS = ['soft', 'bright'];

/**
 * @param {Api} api
 * @param {{ taskId: string, look: string }} best the task of the best image, and the words in its prompt that stand for the product
 * @param {string} folder where the files go
 * @param {(campaign: Campaign) => Promise<void>} finish shows a campaign to its end
 * @returns {Promise<string>} the ZIP
 */
export async function secondAct(api, best, folder, finish) {
  const template = await makeTemplate(api, best);
  console.log(`5. The spreadsheet ${basename(SHEET)} is checked against ${template}, before anything runs:`);
  const sheet = await readFile(SHEET, 'utf8');
  const campaign = {
    name: 'Autumn',
    defaults: { template },
    mapping: { Product: 'inputs.product', Light: 'inputs.light', Seed: 'output.seed' },
    concurrency: 4,
  };
  const before = await api.sendSheet('/campaigns/estimate', campaign, sheet);
  for (const { line, column, message } of before.faults) console.log(`   line ${line}, ${column ?? 'row'}: ${message}`);

  const mended = join(folder, 'autumn.csv');
  await writeFile(mended, correct(sheet));
  const after = await api.sendSheet('/campaigns/estimate', campaign, await readFile(mended, 'utf8'));
  console.log(`   Both put right: ${after.valid} of ${after.total} rows fit, ${after.cost.estimated} USD at most.`);
  if (after.invalid > 0) throw new Error(`${after.invalid} rows of ${mended} are still wrong: ${after.faults[0].message}`);

  console.log(`6. The campaign of the spreadsheet runs.`);
  const created = await api.sendSheet('/campaigns', campaign, await readFile(mended, 'utf8'));
  await finish(created);
  const zip = join(folder, 'autumn.zip');
  await api.download(`/campaigns/${created.id}/results?format=zip`, zip);
  return zip;
}

/**
 * The settings of the task as a template, published, with a second input that the task didn't have. Each run of the example makes
 * one of its own.
 * @param {Api} api @param {{ taskId: string, look: string }} best
 */
async function makeTemplate(api, { taskId, look }) {
  const name = `bakery-${Date.now().toString(36)}`;
  const made = await api.post('/templates/from-task', { task_id: taskId, name, inputs: { product: look } });
  const { id, inputs, prompt, model, type, output } = made;
  const body = {
    type,
    model,
    prompt: `${prompt}, {{light}} light`,
    inputs: { product: { type: inputs.product.type, required: true }, light: { type: 'enum', values: LIGHTS, default: LIGHTS[0] } },
    output,
    overridable: ['output.seed'],
  };
  const { version } = await api.post(`/templates/${id}/versions`, body);
  await api.post(`/templates/${id}/publish`, { version });
  console.log(`4. The settings of the best image are the template ${name} now (version ${version}): "${body.prompt}".`);
  return name;
}

/** @param {string} sheet */
function correct(sheet) {
  const lines = sheet.split('\n');
  for (const { line, from, to } of CORRECTIONS) lines[line - 1] = (lines[line - 1] ?? '').replace(from, to);
  return lines.join('\n');
}
