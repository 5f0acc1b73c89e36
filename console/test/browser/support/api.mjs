/** The API as a program calls it, for what a test begins with. */

/** @param {string} origin @param {string} key */
export function apiOf(origin, key) {
  /** Whatever it answers. */
  async function ask(method, path, body, headers = {}) {
    const response = await fetch(`${origin}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json() };
  }
  /** What it answers, which must be no error. */
  async function call(method, path, body, headers) {
    const answer = await ask(method, path, body, headers);
    if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }
  /** Reads until the answer has what is waited for. @param {(answer: any) => any} find - null: not yet */
  async function until(path, find, withinMs = 120_000) {
    const end = Date.now() + withinMs;
    for (;;) {
      const answer = await call('GET', path);
      const found = find(answer);
      if (found !== null) return found;
      if (Date.now() > end) throw new Error(`GET ${path} never had it: ${JSON.stringify(answer).slice(0, 2_000)}`);
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
  return Object.assign(call, { ask, until });
}
