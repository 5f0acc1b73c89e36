import { bad, good, goodBut, type Finding, type Patient } from './step';

/** A page that nobody has, for "any page". */
const ANY_PAGE = 'https://a-page.example';
/** What browsers of known clients ask leave for. */
const HEADERS = ['authorization', 'content-type', 'x-api-key', 'anthropic-version', 'x-stainless-os', 'http-referer', 'x-title'];
const SETTING = 'ATELIER_CORS_ORIGINS';

/** May pages of other origins call, in the eyes of a browser? */
export async function lookAtCors({ base, root, pageOrigin, ask }: Patient): Promise<Finding> {
  const origin = pageOrigin ?? ANY_PAGE;
  const preflight = await ask(`${base}/chat/completions`, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': HEADERS.join(','),
    },
  });
  await preflight.body?.cancel();
  if (!preflight.ok) {
    return bad(
      `A browser's preflight (OPTIONS, without a key) is answered with status ${preflight.status}.`,
      'Let the proxy pass OPTIONS on without asking for a key.',
    );
  }
  if (!allows(preflight, origin)) {
    return pageOrigin === null
      ? good(`Only certain pages may call from a browser (${SETTING}); --origin URL looks at yours.`)
      : bad(`Pages of ${origin} may not call.`, `Operators: add it to ${SETTING}.`);
  }
  const allowed = (preflight.headers.get('access-control-allow-headers') ?? '').toLowerCase();
  const missing = HEADERS.filter((name) => !allowed.split(/\s*,\s*/).includes(name));
  if (missing.length > 0) {
    return bad(`Browsers may not send ${missing.join(', ')}.`, 'If a proxy answers preflights itself, let Atelier do it.');
  }
  // An error without the header is shown to a page as "Failed to fetch", whatever it says.
  const refused = await ask(`${root}/v1/models`, { headers: { origin, authorization: 'Bearer sk-of-nobody' } });
  await refused.body?.cancel();
  if (!allows(refused, origin)) {
    return bad(
      'Errors come without access-control-allow-origin: pages only see "Failed to fetch".',
      'Let the proxy pass the headers of error answers on (nginx: add_header … always).',
    );
  }
  const isMixed = pageOrigin?.startsWith('https:') === true && base.startsWith('http:');
  return goodBut(
    pageOrigin === null ? 'Pages of any origin may call from a browser.' : `Pages of ${origin} may call from a browser.`,
    ...(isMixed ? ['A page with https cannot call http: give Atelier a certificate, or a proxy with one.'] : []),
  );
}

function allows({ headers }: Response, origin: string): boolean {
  const allowed = headers.get('access-control-allow-origin');
  return allowed === '*' || allowed === origin;
}
