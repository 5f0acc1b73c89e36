import { AppError } from '../../../domain/errors';
import { describeBytes } from '../../uploads/limits';
import { CAMPAIGN_LIMITS } from './limits';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const SPACE = 0x20;
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

function isBlank(byte: number): boolean {
  return byte === SPACE || (byte >= 0x09 && byte <= 0x0d);
}

/** Takes a campaign's JSON apart while it comes in. */
export interface JsonSplitter {
  /** @returns the items that are complete now, each as JSON in one line, not parsed yet */
  push(chunk: Buffer): readonly string[];
  /** Everything but the items, whose list is left empty. */
  rest(): string;
}

/**
 * Cuts the elements of the top-level `items` out of a JSON object, so that a large campaign is never in memory as a whole.
 * It only counts brackets and quotes: whether the pieces are JSON is found when they are parsed.
 * @throws AppError `request_too_large`, `invalid_json`
 */
export function createJsonSplitter(): JsonSplitter {
  const rest = createCollector(CAMPAIGN_LIMITS.maxCampaignBytes, 'The campaign without its items');
  const item = createCollector(CAMPAIGN_LIMITS.maxItemBytes, 'An item');
  let depth = 0;
  let isInText = false;
  let isEscaped = false;
  let isInItems = false;
  let isItemsValue = false;
  let wereItemsSeen = false;
  let elements = 0;
  // The latest text of the outer object, which is a name when a colon follows.
  let name = '';
  let nameStart = -1;

  function openItems(): void {
    if (wereItemsSeen) throw new AppError('invalid_json', 'The body names items twice.', { param: 'items' });
    wereItemsSeen = true;
    isInItems = true;
    elements = 0;
  }

  function push(chunk: Buffer): readonly string[] {
    const done: string[] = [];
    let start = 0;
    const flush = (end: number): void => {
      (isInItems ? item : rest).add(chunk.subarray(start, end));
      start = end;
    };
    const endElement = (at: number, isLast: boolean): void => {
      flush(at);
      const text = item.take().trim();
      if (text === '' && isLast && elements === 0) return;
      elements += 1;
      if (text === '') throw new AppError('invalid_json', `The body is not valid JSON: item ${elements} is missing between two commas.`);
      done.push(text);
    };

    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at] ?? 0;
      if (isInText) {
        if (isEscaped) isEscaped = false;
        else if (byte === BACKSLASH) isEscaped = true;
        else if (byte === QUOTE) {
          isInText = false;
          if (nameStart !== -1) {
            flush(at + 1);
            name = rest.textSince(nameStart);
            nameStart = -1;
          }
        } else if (byte < SPACE)
          throw new AppError('invalid_json', 'The body is not valid JSON: a string contains a raw line break or control character.');
        continue;
      }
      if (isBlank(byte)) {
        // Between tokens any blank is as good as another, and a line break would end the item's line.
        chunk[at] = SPACE;
        continue;
      }
      const opensItems = isItemsValue && byte === OPEN_LIST;
      isItemsValue = byte === COLON && depth === 1 && name === '"items"';
      if (byte === QUOTE) {
        isInText = true;
        if (depth === 1) {
          flush(at);
          nameStart = rest.parts();
        }
      } else if (opensItems) {
        depth += 1;
        flush(at + 1);
        openItems();
      } else if (byte === OPEN_LIST || byte === OPEN_OBJECT) depth += 1;
      else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
        if (isInItems && depth === 2) {
          endElement(at, true);
          start = at;
          isInItems = false;
        }
        depth -= 1;
      } else if (byte === COMMA && isInItems && depth === 2) {
        endElement(at, false);
        start = at + 1;
      }
    }
    flush(chunk.length);
    return done;
  }

  return { push, rest: () => rest.take() };
}

function createCollector(maxBytes: number, what: string) {
  let parts: Buffer[] = [];
  let bytes = 0;
  return {
    add(part: Buffer): void {
      if (part.length === 0) return;
      bytes += part.length;
      if (bytes > maxBytes)
        throw new AppError('request_too_large', `${what} is larger than ${describeBytes(maxBytes)}.`, { param: 'items' });
      // A copy: the chunk belongs to the connection, and a small piece must not hold a large one in memory.
      parts.push(Buffer.from(part));
    },
    parts: () => parts.length,
    textSince: (part: number) => Buffer.concat(parts.slice(part)).toString('utf8'),
    take(): string {
      const text = Buffer.concat(parts).toString('utf8');
      parts = [];
      bytes = 0;
      return text;
    },
  };
}
