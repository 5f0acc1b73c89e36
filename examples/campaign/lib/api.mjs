import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createParser } from 'eventsource-parser';

/** The few calls of the API that this example makes; any HTTP client does the same. */
export function createApi({ baseUrl, key }) {
  async function open(path, options = {}) {
    const response = await fetch(`${baseUrl}${path}`, { ...options, headers: { authorization: `Bearer ${key}`, ...options.headers } });
    if (response.ok) return response;
    const { error } = await response.json().catch(() => ({ error: { message: `${path} answered ${response.status}` } }));
    for (const fault of error.details ?? []) console.error(`  item ${fault.index} (${fault.key}), ${fault.param}: ${fault.message}`);
    throw new Error(error.message);
  }

  const json = async (path, options) => (await open(path, options)).json();

  return {
    json,
    post: (path, body) => json(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),

    /** Sends a campaign with its items as JSONL. */
    createCampaign(campaign, items) {
      const form = new FormData();
      form.append('campaign', JSON.stringify(campaign));
      form.append('items', new Blob(items.map((item) => `${JSON.stringify(item)}\n`)), 'items.jsonl');
      return json('/campaigns', { method: 'POST', body: form });
    },

    /** All items, page by page. */
    async items(id) {
      const items = [];
      for (let after = ''; ;) {
        const page = await json(`/campaigns/${id}/items?limit=100${after}`);
        items.push(...page.data);
        if (!page.has_more) return items;
        after = `&after=${encodeURIComponent(page.last_id)}`;
      }
    },

    /** Follows a campaign by server-sent events to its end; a broken connection is taken up where it broke. */
    async follow(id, onProgress) {
      let last = null;
      let lastEventId = '0';
      while (last === null || (last.status !== 'completed' && last.status !== 'cancelled')) {
        const response = await open(`/campaigns/${id}/events`, { headers: { 'last-event-id': lastEventId } });
        if (response.status === 204) return json(`/campaigns/${id}`);
        const parser = createParser({
          onEvent(event) {
            lastEventId = event.id ?? lastEventId;
            last = JSON.parse(event.data);
            onProgress(last);
          },
        });
        const text = response.body.pipeThrough(new TextDecoderStream());
        try {
          for await (const chunk of text) parser.feed(chunk);
        } catch {
          // Broken: the loop asks again.
        }
      }
      return last;
    },

    async download(path, file) {
      const { body } = await open(path);
      await pipeline(Readable.fromWeb(body), createWriteStream(file));
    },
  };
}
