import { createServer } from 'node:http';
import { Webhook } from 'standardwebhooks';

/** @typedef {Awaited<ReturnType<typeof startReceiver>>} Receiver */

/**
 * Receives callbacks on a free port of this machine and believes only those that are signed with the team's secret. Each event is
 * kept once: a repeated delivery has the same webhook-id.
 * @param {string} secret
 */
export async function startReceiver(secret) {
  const webhook = new Webhook(secret);
  /** @type {Map<unknown, { id: string, type: string, data: any }>} */
  const events = new Map();
  let changed = () => {};

  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    try {
      const event = /** @type {{ id: string, type: string, data: object }} */ (
        webhook.verify(body, /** @type {Record<string, string>} */ (request.headers))
      );
      events.set(request.headers['webhook-id'], event);
      response.writeHead(204).end();
      changed();
    } catch {
      response.writeHead(401).end();
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(null)));

  return {
    url: `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}/callbacks`,

    /** The event of that type about that campaign or task. @param {string} type @param {string} id */
    async wait(type, id, withinMs = 60_000) {
      const deadline = Date.now() + withinMs;
      for (;;) {
        const found = [...events.values()].find((event) => event.type === type && event.data.id === id);
        if (found) return found;
        const leftMs = deadline - Date.now();
        if (leftMs <= 0) throw new Error(`The callback ${type} of ${id} did not come within ${withinMs / 1_000} s.`);
        await new Promise((resolve) => {
          const timer = setTimeout(resolve, leftMs);
          changed = () => {
            clearTimeout(timer);
            resolve(null);
          };
        });
      }
    },

    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
