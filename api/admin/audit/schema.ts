import { z } from 'zod';
import { ACT_WAYS } from '../../../domain/audit/act';
import { listOf, pageLimit } from '../../fields/list';

const time = z.iso.datetime({ offset: true, error: 'must be a time such as 2026-11-24T12:00:00Z' });
const text = z.string().min(1).max(400);

/** Query of `GET /admin/v1/audit`. */
export const auditQuery = z.strictObject({
  actor: text.optional().describe('`admin_key`, `user:user_…`, `config_file`, `system`, or the e-mail of a person.'),
  action: text.optional().describe('Such as `key.rotate`; `key` for everything that was done to keys.'),
  object: text.optional().describe('Such as `key:studio/site`; `key:studio/*` for all that begin so.'),
  from: time.optional().describe('At this time or later.'),
  to: time.optional().describe('Before this time.'),
  limit: pageLimit,
  after: z
    .string()
    .regex(/^audit_[1-9]\d{0,15}$/, 'must be the id of an entry: last_id of the page before')
    .optional(),
  order: z.enum(['asc', 'desc']).default('desc').describe('desc: the newest first. Files are always in the order of the chain.'),
  format: z
    .enum(['json', 'csv', 'jsonl'])
    .default('json')
    .describe('csv, jsonl: all that the filters choose, as a file. jsonl holds what `atelier audit verify --file` needs.'),
});

const fields = z.record(z.string(), z.unknown()).nullable();

/** An entry of the audit log. */
export const auditEntryAnswer = z
  .object({
    id: z.string().describe('`audit_` and the place in the chain, from 1 on and without gaps.'),
    at: z.string().meta({ format: 'date-time' }).describe('UTC, to the microsecond.'),
    actor: z.string().describe('`admin_key`, `user:…`, `config_file`, `system`, or `database:…` for SQL by hand.'),
    actor_name: z.string().nullable().describe('E-mail of the person; null: none, or one who was erased.'),
    via: z.enum(ACT_WAYS),
    action: z.string(),
    object: z.string(),
    before: fields.describe('Of a change what was different. Names and e-mails of people are commitments, secrets never stand here.'),
    after: fields,
    request_id: z.string().nullable(),
    ip: z.string().nullable().describe('null: none, or forgotten with the person.'),
    ip_salt: z.string().nullable(),
    ip_hash: z.string().nullable().describe('`sha256:` and the hex SHA-256 of ip_salt and ip: what the hash covers.'),
    prev_hash: z.string(),
    hash: z
      .string()
      .describe('Hex SHA-256 of the canonical JSON of action, actor, after, at, before, id, ip_hash, object, prev_hash, request_id, via.'),
  })
  .meta({ id: 'AuditEntry' });

export const auditListAnswer = listOf(auditEntryAnswer).meta({ id: 'AuditLog' });

export const auditHeadAnswer = z
  .object({
    object: z.literal('audit_head'),
    id: z.string().nullable().describe('The last entry; null: there is none.'),
    hash: z.string(),
    anchors: z
      .array(
        z.object({
          kept_in: z.enum(['database', 'object_store']),
          id: z.string(),
          hash: z.string(),
          signed_at: z.string().meta({ format: 'date-time' }),
          genuine: z.boolean().describe("It was signed with this installation's master key."),
        }),
      )
      .describe('Heads that were signed: the chain must reach them.'),
  })
  .meta({ id: 'AuditHead' });
