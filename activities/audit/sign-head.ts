import type { TextSigner } from '../../domain/access/secrets';
import { ANCHOR_KEY, anchorText, writeAnchor, type AuditAnchor, type AuditStore } from '../../domain/audit/store';
import type { Logger } from '../../domain/log';
import type { ObjectStore } from '../../domain/storage';

export interface AuditSigningDeps {
  readonly audit: Pick<AuditStore, 'anchor' | 'hashAt' | 'head' | 'setAnchor'>;
  readonly signer: Pick<TextSigner, 'sign'>;
  readonly objects: Pick<ObjectStore, 'put'>;
  readonly logger: Logger;
  readonly now: () => Date;
}

/**
 * Signs the head of the audit log where it has grown, and keeps it in the database and in the object store: entries that somebody cuts off at
 * the end are then missed. A log that does not hold the head signed before is not signed again, so that the old one goes on to prove it.
 * Repeating is harmless; several processes at once too.
 */
export async function signAuditHead({ audit, signer, objects, logger, now }: AuditSigningDeps): Promise<void> {
  const [head, before] = [await audit.head(), await audit.anchor()];
  if (head.seq === 0 && before === null) return;
  if (before !== null) {
    if (before.seq === head.seq && before.hash === head.hash) return;
    if (before.seq > head.seq || (await audit.hashAt(before.seq)) !== before.hash) {
      logger.error(
        { signed: before.seq, head: head.seq },
        'the audit log is not the one whose head was signed: run "atelier audit verify"',
      );
      return;
    }
  }
  const anchor: AuditAnchor = { ...head, signedAt: now(), signature: signer.sign(anchorText(head)) };
  // The object first: if this process ends here, the next turn writes both again.
  await objects.put(ANCHOR_KEY, writeAnchor(anchor), 'application/json');
  await audit.setAnchor(anchor);
}
