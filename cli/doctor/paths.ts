import { asList, asObject, parseJson } from '../json-value';
import { bad, good, type Finding, type Patient } from './step';

/**
 * Clients get addresses wrong in known ways. Atelier answers them all; a proxy in front may redirect, which drops keys and bodies, or not
 * pass them on. The key has to arrive in the header of Anthropic's clients as well.
 */
export async function lookAtPaths({ root, key, ask }: Patient): Promise<Finding> {
  for (const path of ['/v1/v1/models', '/models', '//v1//models', '/v1/models/']) {
    const response = await ask(`${root}${path}`);
    const isList = asList(asObject(parseJson(await response.text()))?.['data']).length > 0;
    if (response.ok && isList) continue;
    const location = response.headers.get('location');
    return bad(
      location === null
        ? `${path} answered with status ${response.status}: a proxy in between does not pass it on.`
        : `${path} redirects to ${location}: keys and bodies are lost on the way.`,
      'Let the proxy pass every path on as it is, without redirects (nginx: merge_slashes off; no rewrite). Clients add or double /v1 and slashes.',
    );
  }
  const response = await ask(`${root}/v1/models`, { headers: { 'x-api-key': key } });
  await response.body?.cancel();
  if (!response.ok) {
    return bad(
      `The key in the header x-api-key is refused (${response.status}), the same key as Bearer is not.`,
      'Let the proxy pass the header on: Claude Code and the Anthropic SDKs send it.',
    );
  }
  return good('A missing or doubled /v1, doubled slashes and x-api-key work.');
}
