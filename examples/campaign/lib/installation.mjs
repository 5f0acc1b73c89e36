import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/**
 * Finds an installation as the command line does: ATELIER_BASE_URL and ATELIER_KEY, else the credentials that `npm start` keeps in
 * ATELIER_HOME (.atelier). The callback secret is there too, or in ATELIER_CALLBACK_SECRET.
 */
export async function findInstallation(env = process.env) {
  const file = join(resolve(env.ATELIER_HOME || '.atelier'), 'credentials.json');
  const kept = await readFile(file, 'utf8').then(JSON.parse, () => ({}));
  const baseUrl = (env.ATELIER_BASE_URL || kept.base_url || '').replace(/\/+$/, '');
  const key = env.ATELIER_KEY || (baseUrl === kept.base_url ? kept.keys?.production : undefined);
  const secret = env.ATELIER_CALLBACK_SECRET || kept.callback_secret;
  if (!baseUrl || !key) {
    throw new Error(`No installation of Atelier is known here (${file}). Start one in another terminal: npm start`);
  }
  if (!secret) {
    throw new Error('The secret that signs callbacks is not known. Give it: ATELIER_CALLBACK_SECRET=$(npx atelier teams secret TEAM)');
  }
  await expectReady(baseUrl);
  return { baseUrl, key, secret };
}

/** @param {string} baseUrl */
async function expectReady(baseUrl) {
  const root = baseUrl.replace(/\/v1$/, '');
  const ready = await fetch(`${root}/readyz`).catch(() => null);
  if (ready === null) throw new Error(`No installation of Atelier runs at ${root}. Start it in another terminal: npm start`);
  if (ready.status !== 200) throw new Error(`The installation at ${root} is not ready yet: ${await ready.text()}`);
}
