import { connectionFailure } from '../http/connection-failure';
import { asList, asObject, asText, parseJson } from '../json-value';
import { bad, end, good, goodBut, skipped, type Finding, type Patient } from './step';
import { speaksTls } from './tls';

/** Does the api live? */
export async function lookAtHealthz({ base, root, ask }: Patient): Promise<Finding> {
  const url = `${root}/healthz`;
  let response: Response;
  try {
    response = await ask(url);
  } catch (error) {
    const { message, facts } = connectionFailure(error, url);
    if (root.startsWith('http:') && (await speaksTls(new URL(base)))) {
      return end('The server speaks TLS, but the base URL says http://.', `Use ${base.replace(/^http:/i, 'https:')} instead.`);
    }
    return end(message, ...(facts.advice ?? []));
  }
  const text = await response.text();
  const health = asObject(parseJson(text));
  if (response.ok && health?.['status'] === 'ok') {
    return goodBut(`Atelier ${asText(health['version']) ?? ''} is up.`.replace('  ', ' '), ...cdnAdvice(response.headers));
  }
  if (/https? port|plain http/i.test(text)) {
    return end('The server requires TLS, but the base URL says http://.', `Use ${base.replace(/^http:/i, 'https:')} instead.`);
  }
  const location = response.headers.get('location');
  if (location !== null) return end(`${url} redirects to ${location}`, 'Use that address as the base URL, ending in /v1.');
  return bad(
    `${url} answered with status ${response.status}: there is no Atelier, or a proxy in front of it does not forward this path.`,
    'Check host and port of the base URL.',
  );
}

/** A network in front that ends long answers by itself. */
function cdnAdvice(headers: Headers): readonly string[] {
  const isCloudflare = headers.has('cf-ray') || headers.get('server')?.toLowerCase() === 'cloudflare';
  return isCloudflare
    ? [
        'Cloudflare is in between and ends an answer that has not begun after about 100 s (524): for images and videos send tasks (`atelier tasks submit`), or stream.',
      ]
    : [];
}

/** Are all parts there? */
export async function lookAtReadyz({ root, ask }: Patient): Promise<Finding> {
  const url = `${root}/readyz`;
  const response = await ask(url);
  const body = asObject(parseJson(await response.text()));
  if (response.ok && body?.['status'] === 'ready') return good('Postgres, Temporal, S3 and at least one worker respond.');
  if (response.status !== 503 || body === null) return skipped(`${url} answered with status ${response.status}.`);
  const missing = asList(body['missing']).map((part) => {
    const { name, reason } = asObject(part) ?? {};
    return `${asText(name) ?? '?'} (${asText(reason) ?? 'does not answer'})`;
  });
  return bad(
    missing.length === 0 ? 'The installation is stopping.' : `Not everything responds: ${missing.join(', ')}.`,
    'Operators: check the logs, $ATELIER_HOME/logs under `npm start`. It recovers by itself when the service is back.',
  );
}
