import { KEYS } from './api';

export interface ServerEvent {
  readonly event: string;
  readonly id: string;
  readonly data: any;
}

/** Reads an event stream to its end, or until `until` says so. */
export async function readEvents(
  url: string,
  options: {
    readonly headers?: Readonly<Record<string, string>>;
    readonly onEvent?: (event: ServerEvent) => void | Promise<void>;
    readonly signal?: AbortSignal;
  } = {},
): Promise<readonly ServerEvent[]> {
  const { signal } = options;
  const headers = { authorization: `Bearer ${KEYS.site}`, ...options.headers };
  const response = await fetch(url, { headers, ...(signal === undefined ? {} : { signal }) });
  const events: ServerEvent[] = [];
  if (response.body === null) return events;
  let rest = '';
  for await (const bytes of response.body.pipeThrough(new TextDecoderStream())) {
    rest += bytes;
    const frames = rest.split('\n\n');
    rest = frames.pop() ?? '';
    for (const frame of frames.filter((text) => !text.startsWith(':'))) {
      const fields = Object.fromEntries(
        frame.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
      );
      const event = { event: fields['event'] ?? '', id: fields['id'] ?? '', data: JSON.parse(fields['data'] ?? 'null') };
      events.push(event);
      await options.onEvent?.(event);
    }
  }
  return events;
}
