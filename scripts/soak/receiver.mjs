/** The caller's server for callbacks: verifies every signature and notes under which ids each event came. */
import { createServer } from 'node:http';
import { messageOf } from '../lib/failure.mjs';
import { Webhook } from 'standardwebhooks';

/**
 * @param {string} secret
 * @param {() => boolean} refuses - asked for each delivery; true answers it with 500
 * @returns {Promise<import('./types.d.ts').Receiver>}
 */
export async function startReceiver(secret, refuses) {
  const webhook = new Webhook(secret);
  /** @type {Map<string, { taken: import('./types.d.ts').Delivery[], tries: number }>} */
  const events = new Map();
  /** @type {string[]} */
  const faults = [];

  /** @param {string} text @param {import('node:http').IncomingHttpHeaders} headers */
  function take(text, headers) {
    const id = String(headers['webhook-id']);
    try {
      webhook.verify(text, /** @type {Record<string, string>} */ (headers));
    } catch (error) {
      faults.push(`${id}: the signature does not verify (${messageOf(error)})`);
      return 400;
    }
    const { type, data, id: inBody } = JSON.parse(text);
    if (inBody !== id) faults.push(`${id}: the body says ${inBody}`);
    const subject = events.get(data.id) ?? { taken: [], tries: 0 };
    events.set(data.id, subject);
    subject.tries += 1;
    if (refuses()) return 500;
    subject.taken.push({ id, type, status: data.status });
    return 204;
  }

  const server = createServer((request, response) => {
    /** @type {Buffer[]} */
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => response.writeHead(take(Buffer.concat(chunks).toString('utf8'), request.headers)).end());
  });
  await new Promise((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', () => resolve(null)));

  return {
    url: `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}/callbacks`,
    /** By task or campaign: the deliveries that were answered with success, and how many tries came in all. */
    events,
    faults,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
