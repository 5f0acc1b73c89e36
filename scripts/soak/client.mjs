/** HTTP to the installation, as a client that is not put off: what it asks, what it was told, and what it knows to be accepted. */
import { performance } from 'node:perf_hooks';
import { codeOf } from '../lib/failure.mjs';
import { pause } from './wait.mjs';

const ANSWER_MS = 90_000;
const ASK_AGAIN_MS = 500;
const GIVE_UP_MS = 150_000;

/** @param {unknown} error */
const reasonOf = (error) => codeOf(error) ?? (error instanceof Error ? error.name : String(error));

/**
 * @typedef {ReturnType<typeof createClient>} Client
 * @typedef {import('./types.d.ts').Answer} Answer
 * @typedef {import('./types.d.ts').Accepted} Accepted
 */

/** @param {{ origin: string, key: string, adminKey: string }} installation */
export function createClient({ origin, key, adminKey }) {
  /** By run: what it is, and its final record once seen. @type {Map<string, Accepted>} */
  const accepted = new Map();
  /** By status (`0`: the connection broke or nothing came) and error code. @type {Map<string, number>} */
  const answers = new Map();
  /** Requests that named a model and were answered whole, by id. @type {Map<string, string>} */
  const requests = new Map();
  /** @type {string[]} */
  const faults = [];
  const slowest = { ms: 0, what: '' };

  /** @param {string} method @param {string} path @param {import('./types.d.ts').CallOptions} [options] @returns {Promise<Answer>} */
  async function call(method, path, { body, headers = {}, admin = false, patienceMs = ANSWER_MS, raw = false } = {}) {
    const begun = performance.now();
    try {
      const response = await fetch(`${origin}${path}`, {
        method,
        signal: AbortSignal.timeout(patienceMs),
        headers: {
          authorization: `Bearer ${admin ? adminKey : key}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const { status } = response;
      const runId = response.headers.get('x-atelier-run-id');
      const requestId = response.headers.get('x-request-id');
      try {
        const bytes = Buffer.from(await response.arrayBuffer());
        const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
        return { status, runId, requestId, bytes, isWhole: true, body: isJson && !raw ? JSON.parse(bytes.toString('utf8')) : undefined };
      } catch (error) {
        return { status, runId, isWhole: false, reason: reasonOf(error), bytes: Buffer.alloc(0) };
      }
    } catch (error) {
      return { status: 0, runId: null, isWhole: false, reason: reasonOf(error), bytes: Buffer.alloc(0) };
    } finally {
      const ms = performance.now() - begun;
      if (ms > slowest.ms) Object.assign(slowest, { ms: Math.round(ms), what: `${method} ${path}` });
    }
  }

  /** @param {string} kind @param {Answer} answer */
  function note(kind, answer) {
    const { requestId, isWhole, status } = answer;
    // While the database is away nobody knows who asks, and nothing can be written down.
    const isAway = answer.body?.error?.code === 'service_unavailable';
    if (kind !== 'campaign' && isWhole && !isAway && typeof requestId === 'string') requests.set(requestId, `${kind}, answered ${status}`);
    const code = answer.body?.error?.code ?? answer.reason ?? null;
    const label = `${answer.status}${code === null ? '' : ` ${code}`}`;
    answers.set(label, (answers.get(label) ?? 0) + 1);
    if (answer.status >= 500 && answer.isWhole && answer.body?.error?.message === undefined)
      faults.push(`${kind}: a bare ${answer.status}: ${answer.bytes.toString('utf8').slice(0, 200)}`);
    if (answer.body?.error?.code === 'internal') faults.push(`${kind}: answered 'internal' (run ${answer.runId ?? 'none'})`);
  }

  /** @param {string} id @param {Omit<Accepted, 'id' | 'ended'>} entry */
  const accept = (id, entry) => {
    if (!accepted.has(id)) accepted.set(id, { id, ended: null, ...entry });
    return accepted.get(id);
  };

  return {
    call,
    accepted,
    requests,
    answers,
    faults,
    slowest,
    accept,
    /**
     * One request without a second try. `isGood` says whether the whole answer was the promised one.
     * @param {string} kind @param {string} path @param {object} body @param {(answer: Answer) => boolean} isGood
     */
    async once(kind, path, body, isGood) {
      const answer = await call('POST', path, { body });
      note(kind, answer);
      const isServed = answer.isWhole && answer.status < 300 && isGood(answer);
      if (answer.runId !== null) accept(answer.runId, { kind, isServed });
      return answer;
    },
    /**
     * A request with an Idempotency-Key, sent again until it is known what became of it.
     * @param {string} kind @param {string} path @param {object} body
     * @param {{ key: string, idOf?: (answer: Answer) => string | null | undefined }} options
     * @returns {Promise<string | null>} the id, or null
     */
    async surely(kind, path, body, { key, idOf = ({ body: object }) => object?.id }) {
      for (const deadline = performance.now() + GIVE_UP_MS; ;) {
        const answer = await call('POST', path, { body, headers: { 'idempotency-key': key } });
        note(kind, answer);
        const isServed = answer.isWhole && answer.status < 300;
        const id = (isServed ? idOf(answer) : null) ?? answer.runId;
        if (id !== null && id !== undefined) {
          accept(id, { kind, isServed: isServed && answer.runId !== null && kind === 'image' });
          // Cut off in the middle of an answer: the key tells what became of it.
          if (answer.isWhole) return id;
        } else if (answer.status >= 400 && answer.status < 500 && answer.status !== 429) {
          faults.push(`${kind}: refused with ${answer.status} ${JSON.stringify(answer.body?.error)}`);
          return null;
        }
        if (performance.now() > deadline) return id ?? null;
        await pause(ASK_AGAIN_MS);
      }
    },
  };
}
