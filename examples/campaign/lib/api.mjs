import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createParser } from 'eventsource-parser';

/**
 * @typedef {import('../../../domain/task/object.js').TaskObject} Task
 * @typedef {ReturnType<typeof import('../../../domain/campaign/object.js').campaignObject>} Campaign
 * @typedef {{ key: string, status: string, task_id: string, error: { code: string, message: string } | null, outputs: { id: string }[] }} Item
 * @typedef {ReturnType<typeof createApi>} Api
 */

/**
 * The few calls of the API that this example makes; any HTTP client does the same.
 * @param {{ baseUrl: string, key: string }} installation
 */
export function createApi({ baseUrl, key }) {
  /** @param {string} path @param {RequestInit & { headers?: Record<string, string> }} [options] */
  async function open(path, options = {}) {
    const response = await fetch(`${baseUrl}${path}`, { ...options, headers: { authorization: `Bearer ${key}`, ...options.headers } });
    if (response.ok) return response;
    /** @type {any} */
    const body = await response.json().catch(() => ({ error: { message: `${path} answered ${response.status}` } }));
    for (const fault of body.error.details ?? []) console.error(`  item ${fault.index} (${fault.key}), ${fault.param}: ${fault.message}`);
    throw new Error(body.error.message);
  }

  /** @param {string} path @param {RequestInit & { headers?: Record<string, string> }} [options] @returns {Promise<any>} the answer's JSON */
  const json = async (path, options) => (await open(path, options)).json();

  return {
    json,
    /** @param {string} path @param {object} body */
    post: (path, body) => json(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),

    /** Sends a campaign with its items as JSONL. @param {object} campaign @param {readonly object[]} items @returns {Promise<Campaign>} */
    createCampaign(campaign, items) {
      const form = new FormData();
      form.append('campaign', JSON.stringify(campaign));
      form.append('items', new Blob(items.map((item) => `${JSON.stringify(item)}\n`)), 'items.jsonl');
      return json('/campaigns', { method: 'POST', body: form });
    },

    /** Sends a campaign with its items as CSV, to be created or to be estimated. @param {string} path @param {object} campaign @param {string} csv */
    sendSheet(path, campaign, csv) {
      const form = new FormData();
      form.append('campaign', JSON.stringify(campaign));
      form.append('items', new Blob([csv], { type: 'text/csv' }), 'items.csv');
      return json(path, { method: 'POST', body: form });
    },

    /** All items, page by page. @param {string} id */
    async items(id) {
      /** @type {Item[]} */
      const items = [];
      for (let after = ''; ;) {
        const page = await json(`/campaigns/${id}/items?limit=100${after}`);
        items.push(...page.data);
        if (!page.has_more) return items;
        after = `&after=${encodeURIComponent(page.last_id)}`;
      }
    },

    /** Follows a campaign by server-sent events to its end; a broken connection is taken up where it broke. @param {string} id @param {(campaign: Campaign) => void} onProgress */
    async follow(id, onProgress) {
      /** @type {Campaign | null} */
      let last = null;
      let lastEventId = '0';
      /** @returns {boolean} */
      const hasEnded = () => last !== null && ['completed', 'cancelled'].includes(/** @type {Campaign} */ (last).status);
      while (!hasEnded()) {
        const response = await open(`/campaigns/${id}/events`, { headers: { 'last-event-id': lastEventId } });
        if (response.status === 204) return json(`/campaigns/${id}`);
        const parser = createParser({
          onEvent(event) {
            lastEventId = event.id ?? lastEventId;
            const campaign = JSON.parse(event.data);
            last = campaign;
            onProgress(campaign);
          },
        });
        const text = /** @type {any} */ (response.body).pipeThrough(new TextDecoderStream());
        try {
          for await (const chunk of text) parser.feed(chunk);
        } catch {
          // Broken: the loop asks again.
        }
      }
      return last;
    },

    /** @param {string} path @param {string} file */
    async download(path, file) {
      const { body } = await open(path);
      await pipeline(Readable.fromWeb(/** @type {import('node:stream/web').ReadableStream} */ (body)), createWriteStream(file));
    },
  };
}
