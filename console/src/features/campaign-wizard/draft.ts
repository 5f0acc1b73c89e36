import { useCallback, useEffect, useRef, useState } from 'react';
import type { CampaignBody, Proposed } from '../../api/campaigns';
import { newKey } from '../../api/client';
import { useMe, useTeam } from '../../api/session';
import { onLeave } from '../../lib/leave-guard';
import { readKept, writeKept, writeKeptNow } from '../../lib/kept';
import { personalName, readStored, writeStored } from '../../lib/preferences';
import { cronOf, type Recurrence } from '../../lib/recurrence';
import { csvOf, type Table } from '../../lib/table';

/** How a campaign repeats, and by whose clock. */
export interface Repeat extends Recurrence {
  /** IANA name. */
  readonly zone: string;
}

export type Kind = 'image' | 'video' | 'text';

/** A campaign that is being prepared, with its whole file. It is kept by the browser until it was started. */
export interface WizardDraft {
  /** Changes with the file: it stands for it in the cache. */
  readonly revision: string;
  readonly name: string;
  /** null: the items say everything themselves, for the model below. */
  readonly template: string | null;
  readonly type: Kind;
  readonly model: string | null;
  readonly fileName: string | null;
  readonly encoding: string | null;
  readonly delimiter: string | null;
  readonly table: Table | null;
  /** JSON lines, in place of a table. */
  readonly lines: string | null;
  /** From titles to places of an item; null leaves a column out. */
  readonly mapping: Readonly<Record<string, string | null>>;
  /** US dollars as typed; empty: none. */
  readonly budget: string;
  readonly concurrency: number;
  readonly callbackUrl: string;
  /** As `<input type=datetime-local>` has it; empty: at once. */
  readonly startAt: string;
  /** In place of a start: a campaign is made at each of these times; null: it does not repeat. */
  readonly repeat: Repeat | null;
  /** Under which it is created: a second click finds the first campaign. */
  readonly key: string;
  /** The campaign whose first items run as a trial. */
  readonly trialId: string | null;
}

const emptyDraft = (): WizardDraft => ({
  revision: newKey(),
  name: '',
  template: null,
  type: 'image',
  model: null,
  fileName: null,
  encoding: null,
  delimiter: null,
  table: null,
  lines: null,
  mapping: {},
  budget: '',
  concurrency: 8,
  callbackUrl: '',
  startAt: '',
  repeat: null,
  key: newKey(),
  trialId: null,
});

const KEPT_AFTER_MS = 300;

/** What was typed last before the page was left, without the file: a database may not get to write then, and this storage does. */
const leftName = (name: string): string => `${name}.left`;

function leave(name: string, draft: WizardDraft | undefined): void {
  writeKeptNow(name, draft);
  if (draft === undefined) writeStored(leftName(name), null);
  else writeStored(leftName(name), JSON.stringify({ ...draft, table: undefined, lines: undefined }));
}

/** A draft as it was kept, with what was typed last. A draft of an earlier version may lack what is new. */
function resumed(name: string, kept: Partial<WizardDraft>): WizardDraft {
  const left = JSON.parse(readStored(leftName(name)) ?? '{}') as Partial<WizardDraft>;
  // Words that belong to a file that was not kept are words for nothing.
  const isOfKept = left.revision === kept.revision || (kept.revision === undefined && left.fileName === null);
  return { ...emptyDraft(), ...kept, ...(isOfKept ? left : {}) };
}

export interface Wizard {
  /** null: it is being read. */
  readonly draft: WizardDraft | null;
  readonly change: (change: Partial<WizardDraft>) => void;
  readonly reset: () => void;
}

/** The draft of the team's next campaign, which survives a reload. */
export function useWizard(): Wizard {
  const me = useMe();
  const team = useTeam();
  const name = personalName(me.user.id, team, 'campaign');
  const [draft, setDraft] = useState<WizardDraft | null>(null);
  const latest = useRef<WizardDraft | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const unkept = useRef<(() => void) | null>(null);
  useEffect(() => {
    let isHere = true;
    void readKept(name).then((kept) => {
      if (!isHere || latest.current !== null) return;
      latest.current = resumed(name, typeof kept === 'object' ? (kept as Partial<WizardDraft>) : {});
      setDraft(latest.current);
    });
    return () => {
      isHere = false;
    };
  }, [name]);
  const set = useCallback(
    (next: WizardDraft, kept: WizardDraft | undefined) => {
      latest.current = next;
      setDraft(next);
      clearTimeout(timer.current);
      unkept.current = () => leave(name, kept);
      timer.current = setTimeout(() => {
        unkept.current = null;
        void writeKept(name, kept).then(() => writeStored(leftName(name), null));
      }, KEPT_AFTER_MS);
    },
    [name],
  );
  useEffect(() => {
    // Who leaves within the pause loses nothing either.
    const flush = (): void => {
      clearTimeout(timer.current);
      unkept.current?.();
      unkept.current = null;
    };
    const stop = onLeave(flush);
    return () => {
      stop();
      flush();
    };
  }, []);
  const change = useCallback(
    (part: Partial<WizardDraft>) => {
      if (latest.current === null) return;
      const hasNewFile = 'table' in part || 'lines' in part;
      const next = { ...latest.current, ...part, ...(hasNewFile ? { revision: newKey() } : {}) };
      set(next, next);
    },
    [set],
  );
  const reset = useCallback(() => set(emptyDraft(), undefined), [set]);
  return { draft, change, reset };
}

/** Whatever was typed that is no amount is left out of the price, and said at the field. */
export const isAmount = (text: string): boolean => /^\d{1,9}(\.\d{1,6})?$/.test(text.trim()) && Number(text) > 0;

/** What is sent; null: something is missing. */
export function proposedOf(draft: WizardDraft, options: { readonly trial?: number; readonly isStart?: boolean } = {}): Proposed | null {
  const { template, model, type, table, lines, mapping } = draft;
  if (template === null && model === null) return null;
  const items =
    table !== null
      ? { text: csvOf(table), type: 'text/csv' as const }
      : lines !== null
        ? { text: lines, type: 'application/x-ndjson' as const }
        : null;
  if (items === null) return null;
  const body: CampaignBody = {
    ...(draft.name.trim() === '' ? {} : { name: draft.name.trim() }),
    defaults: template === null ? { type, model } : { template },
    ...(table === null
      ? {}
      : { mapping: Object.fromEntries(table.titles.map((title) => [title, mapping[title] ?? null])), delimiter: ',' }),
    concurrency: draft.concurrency,
    start: true,
    ...(isAmount(draft.budget) ? { budget: { max_cost_usd: draft.budget.trim() } } : {}),
    ...(draft.callbackUrl.trim() === '' ? {} : { callback_url: draft.callbackUrl.trim() }),
    ...(options.trial === undefined ? {} : { trial: options.trial }),
    ...(options.isStart === true ? scheduleOf(draft) : {}),
  };
  return { revision: `${draft.revision} ${JSON.stringify(body)}`, body, items };
}

/** When it starts, or repeats; nothing: at once. */
function scheduleOf({ startAt, repeat }: WizardDraft): Pick<CampaignBody, 'schedule'> {
  if (repeat !== null) {
    const cron = cronOf(repeat);
    return cron === null ? {} : { schedule: { cron, time_zone: repeat.zone } };
  }
  return startAt === '' ? {} : { schedule: { start_at: new Date(startAt).toISOString() } };
}
