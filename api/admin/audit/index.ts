import type { Request, Response } from 'express';
import type { z } from 'zod';
import { csv, type CsvCell } from '../../../domain/csv';
import { placeOf, type ShownEntry } from '../../../domain/audit/entry';
import { ANCHOR_KEY, anchorText, readAnchor, type AuditAnchor, type AuditFilter, type AuditPage } from '../../../domain/audit/store';
import { toAppError } from '../../../domain/errors';
import { given } from '../../../lib/given';
import type { ApiContext } from '../../deps';
import { parseWith } from '../../http/faults';
import type { Routes } from '../../http/routes';
import { sendJson, sendList } from '../../http/send';
import { sendPages } from '../../http/send-pages';
import { auditQuery, type auditHeadAnswer } from './schema';

export type AuditDeps = Pick<ApiContext, 'audit' | 'auditSigner' | 'objects'>;

/** Entries that a file is written from at once. */
const FILE_PAGE = 500;

/** Routes of /admin/v1/audit. */
export function addAudit(routes: Routes<'/admin/v1'>, context: AuditDeps): void {
  routes.get('/audit', (request, response) => sendEntries(context, request, response));
  routes.get('/audit/head', async (_request, response) => {
    const [head, anchors] = [await context.audit.head(), await anchorsOf(context)];
    const answer: z.output<typeof auditHeadAnswer> = {
      object: 'audit_head',
      id: head.seq === 0 ? null : `audit_${String(head.seq)}`,
      hash: head.hash,
      anchors,
    };
    sendJson(response, 200, answer);
  });
}

async function sendEntries(context: AuditDeps, request: Request, response: Response): Promise<void> {
  const { limit, after, order, format, from, to, ...same } = parseWith(auditQuery, request.query);
  const filter = given({
    ...same,
    from: from === undefined ? undefined : new Date(from),
    to: to === undefined ? undefined : new Date(to),
  });
  const first = after === undefined ? undefined : (placeOf(after) ?? undefined);
  if (format === 'json') {
    const page: AuditPage = { limit, order: order === 'asc' ? 'oldest' : 'newest', ...given({ after: first }) };
    const { data, hasMore } = await context.audit.list(filter, page);
    sendList(response, data, ({ id }) => id, hasMore);
    return;
  }
  const pages = pagesOf(context, filter, first);
  await sendPages(response, { name: 'audit', format }, format === 'csv' ? csvOf(pages) : jsonlOf(pages));
}

async function* pagesOf({ audit }: AuditDeps, filter: AuditFilter, first: number | undefined): AsyncGenerator<readonly ShownEntry[]> {
  for (let after = first; ;) {
    const { data, hasMore } = await audit.list(filter, { limit: FILE_PAGE, order: 'oldest', ...given({ after }) });
    if (data.length > 0) yield data;
    if (!hasMore) return;
    after = placeOf(data.at(-1)?.id ?? '') ?? undefined;
  }
}

const COLUMNS: Readonly<Record<string, (entry: ShownEntry) => CsvCell>> = {
  id: ({ id }) => id,
  at: ({ at }) => at,
  actor: ({ actor }) => actor,
  actor_name: (entry) => entry.actor_name,
  via: ({ via }) => via,
  action: ({ action }) => action,
  object: ({ object }) => object,
  before: ({ before }) => (before === null ? null : JSON.stringify(before)),
  after: ({ after }) => (after === null ? null : JSON.stringify(after)),
  ip: ({ ip }) => ip,
  request_id: (entry) => entry.request_id,
  prev_hash: (entry) => entry.prev_hash,
  hash: ({ hash }) => hash,
};

async function* csvOf(pages: AsyncGenerator<readonly ShownEntry[]>): AsyncGenerator<string> {
  yield csv([Object.keys(COLUMNS)]);
  for await (const entries of pages) yield csv(entries.map((entry) => Object.values(COLUMNS).map((cellOf) => cellOf(entry))));
}

async function* jsonlOf(pages: AsyncGenerator<readonly ShownEntry[]>): AsyncGenerator<string> {
  for await (const entries of pages) yield entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
}

/** The signed heads, wherever they are kept. */
async function anchorsOf({ audit, auditSigner, objects }: AuditDeps) {
  const kept: (readonly ['database' | 'object_store', AuditAnchor | null])[] = [
    ['database', await audit.anchor()],
    ['object_store', readAnchor(await objects.read(ANCHOR_KEY).catch(nullIfMissing))],
  ];
  return kept.flatMap(([place, anchor]) =>
    anchor === null
      ? []
      : {
          kept_in: place,
          id: `audit_${String(anchor.seq)}`,
          hash: anchor.hash,
          signed_at: anchor.signedAt.toISOString(),
          genuine: auditSigner.verify(anchorText(anchor), anchor.signature),
        },
  );
}

function nullIfMissing(error: unknown): null {
  if (toAppError(error).code === 'not_found') return null;
  throw error;
}
