/** What a desktop client takes from an import link, decoded as that client does it (facts: each client's own decoder). */
export interface Imported {
  readonly baseUrl: unknown;
  readonly apiKey: unknown;
}

type Decoder = (link: URL) => Imported;

const fromBase64 = (text: string | null): Record<string, unknown> =>
  JSON.parse(Buffer.from((text ?? '').replaceAll('_', '+').replaceAll('-', '/'), 'base64').toString('utf8')) as Record<string, unknown>;

const DECODERS: Readonly<Record<string, Decoder>> = {
  // Cherry Studio turns ' into " and deletes round brackets before it reads the JSON.
  'cherrystudio:': (link) => {
    const plain = JSON.stringify(fromBase64(link.searchParams.get('data')))
      .replaceAll("'", '"')
      .replace(/[()]/g, '');
    const { baseUrl, apiKey } = JSON.parse(plain) as Record<string, unknown>;
    return { baseUrl, apiKey };
  },
  'chatbox:': (link) => {
    const settings = fromBase64(link.searchParams.get('config'))['settings'] as Record<string, unknown>;
    return { baseUrl: settings['apiHost'], apiKey: settings['apiKey'] };
  },
  'ccswitch:': (link) => ({ baseUrl: link.searchParams.get('endpoint'), apiKey: link.searchParams.get('apiKey') }),
  // NextChat is a web page that reads its own fragment.
  'https:': (link) => {
    const { url, key } = JSON.parse(decodeURIComponent(link.hash.replace('#/?settings=', ''))) as Record<string, unknown>;
    return { baseUrl: url, apiKey: key };
  },
};

/** Import links in what a snippet printed. */
export function importedFrom(output: string): readonly Imported[] {
  const links = output.match(/^(?:cherrystudio|chatbox|ccswitch):\/\/\S+$|^https:\/\/\S+#\/\?settings=\S+$/gm) ?? [];
  return links.map((text) => {
    const link = new URL(text);
    return DECODERS[link.protocol]?.(link) ?? { baseUrl: null, apiKey: null };
  });
}
