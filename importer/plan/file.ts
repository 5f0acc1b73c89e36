import {
  appendFileSync,
  closeSync,
  createReadStream,
  createWriteStream,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { stringify } from 'yaml';
import { PLAN_LISTS, type PlanHead, type PlanList, type PlanSink } from './plan';

/** A plan that is being written: its lists grow side by side, each in a file of its own, so that none has to be held. */
export interface PlanWriter {
  readonly sink: PlanSink;
  /** Puts the lists together. */
  finish(head: PlanHead): Promise<void>;
  /** Leaves nothing behind. */
  discard(): void;
}

export function createPlanWriter(file: string): PlanWriter {
  const part = (list: string): string => `${file}.${list}.part`;
  const parts = new Map<PlanList, PartFile>();
  const partOf = (list: PlanList): PartFile => {
    const open = parts.get(list) ?? openPart(part(list));
    parts.set(list, open);
    return open;
  };
  const remove = (): void => [...PLAN_LISTS, 'whole'].forEach((list) => rmSync(part(list), { force: true }));
  return {
    // One entry on one line: JSON is YAML.
    sink: (list, entry) => partOf(list).write(`  - ${JSON.stringify(entry)}\n`),
    async finish(head) {
      for (const open of parts.values()) open.close();
      const whole = part('whole');
      writeFileSync(whole, `${INTRODUCTION}${stringify(head)}`, { mode: 0o600 });
      for (const list of PLAN_LISTS) {
        appendFileSync(whole, parts.has(list) ? `${list}:\n` : `${list}: []\n`);
        if (parts.has(list)) await pipeline(createReadStream(part(list)), createWriteStream(whole, { flags: 'a' }));
      }
      renameSync(whole, file);
      remove();
    },
    discard() {
      for (const open of parts.values()) open.close();
      remove();
    },
  };
}

interface PartFile {
  write(text: string): void;
  close(): void;
}

const BUFFER_CHARACTERS = 65_536;

/** Written at once and not in turn: a source is read faster than a disk takes it, and what waits would have to be held. */
function openPart(file: string): PartFile {
  const handle = openSync(file, 'w', 0o600);
  let buffer = '';
  const flush = (): void => {
    writeSync(handle, buffer);
    buffer = '';
  };
  return {
    write(text) {
      buffer += text;
      if (buffer.length > BUFFER_CHARACTERS) flush();
    },
    close() {
      flush();
      closeSync(handle);
    },
  };
}

const INTRODUCTION = `# The plan of a move to Atelier. Read it, change it, then: atelier migrate apply plan.yaml
# Any entry may get \`include: false\` and stays behind. Providers are disabled until somebody has tested them.
# It holds no secret: apply reads those from the source (MIGRATE_SOURCE or MIGRATE_SOURCE_PASSWORD gives its password again).
`;
